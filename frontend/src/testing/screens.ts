/** The screens that are loaded later, at once. */
import * as board from "../components/board/screens";
import * as contacts from "../components/contact/screens";
import * as messages from "../components/Messages";
import * as sends from "../components/sends/GroupSends";
import * as settings from "../components/settings";
import { createScreens, type ScreenFailure, type ScreenModules, type Screens } from "../screens/screens";

export const SCREENS: ScreenModules = { board, contacts, messages, sends, settings };

export const readyScreens = (): Screens => createScreens(() => Promise.reject(new Error()), SCREENS);

/** None of them comes: the page is older than what the server has, or nothing is answered. */
export function failingScreens(failure: ScreenFailure | "never"): Screens {
  return createScreens(() => (failure === "never" ? new Promise(() => {}) : Promise.reject(failure)));
}
