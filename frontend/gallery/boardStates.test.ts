import { BOARD_STATES } from "./boardStates";
import { drawAll } from "./drawAll";

drawAll(BOARD_STATES);
