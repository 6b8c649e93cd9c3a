import { drawAll } from "./drawAll";
import { SUPERVISE_STATES } from "./superviseStates";

drawAll(SUPERVISE_STATES);
