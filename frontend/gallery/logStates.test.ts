import { LOG_STATES } from "./logStates";
import { drawAll } from "./drawAll";

drawAll(LOG_STATES);
