import { TEXTS } from "./textStates";
import { drawAll } from "./drawAll";

drawAll(TEXTS);
