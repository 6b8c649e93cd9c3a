/** What an exhibit of the gallery is. */
import type { Board } from "../src/messages";
import type { ScreenFailure } from "../src/screens/screens";
import type { SoftphoneEvent } from "../src/softphone/events";
import type { ContactsMode } from "./contacts";
import type { DetailsMode, LogMode, TextsMode } from "./fakes";
import type { SendsMode } from "./sends";

export interface Exhibit {
  events: SoftphoneEvent[];
  log?: LogMode;
  details?: DetailsMode;
  contacts?: ContactsMode;
  role?: "agent" | "supervisor";
  texts?: TextsMode;
  sends?: SendsMode;
  /** What the server has told of the board. */
  board?: Board;
  /** The connection is lost. */
  boardIsOld?: boolean;
  /** How the screens fail that are loaded later. */
  screens?: ScreenFailure | "never";
  /** What the browser is like before the desk is drawn. */
  before?: () => void;
  /** What is pressed or typed afterwards. */
  act?: () => void;
}

export type Exhibits = Record<string, Exhibit>;
