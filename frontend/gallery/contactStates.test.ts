import { CONTACT_STATES } from "./contactStates";
import { drawAll } from "./drawAll";

drawAll(CONTACT_STATES);
