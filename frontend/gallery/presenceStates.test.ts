import { PRESENCE_STATES } from "./presenceStates";
import { drawAll } from "./drawAll";

drawAll(PRESENCE_STATES);
