import { SEND_STATES } from "./sendStates";
import { drawAll } from "./drawAll";

drawAll(SEND_STATES);
