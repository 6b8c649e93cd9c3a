import { CALLS } from "./callStates";
import { drawAll } from "./drawAll";

drawAll(CALLS);
