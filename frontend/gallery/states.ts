/** Every state of the desk, reached by the events that lead there. */
import { BOARD_STATES } from "./boardStates";
import { CALLS } from "./callStates";
import { CONTACT_STATES } from "./contactStates";
import type { Exhibits } from "./exhibit";
import { LOG_STATES } from "./logStates";
import { PRESENCE_STATES } from "./presenceStates";
import { SEND_STATES } from "./sendStates";
import { SUPERVISE_STATES } from "./superviseStates";
import { TEXTS } from "./textStates";

export const EXHIBITS: Exhibits = {
  ...CALLS,
  ...PRESENCE_STATES,
  ...LOG_STATES,
  ...TEXTS,
  ...CONTACT_STATES,
  ...SEND_STATES,
  ...BOARD_STATES,
  ...SUPERVISE_STATES,
};
