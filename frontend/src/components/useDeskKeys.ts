/** What the desk's shortcuts do. */
import type { SoftphoneEvent } from "../softphone/events";
import { callKeys } from "../softphone/room";
import { secondRing } from "../softphone/secondCall";
import { isSupervising, isTalk, type State } from "../softphone/state";
import type { CallPanel } from "./useCallPanels";
import { useShortcuts } from "./useShortcuts";

interface Desk {
  state: State;
  /** Single keys can be turned off. */
  enabled: boolean;
  /** What is open in the call area. */
  panel: CallPanel | null;
  send(event: SoftphoneEvent): void;
  mute(): void;
  hangUp(): void;
  show(panel: CallPanel | null): void;
  /** Shows the call log, in whose field focus goes. */
  search(): void;
  toDial(): void;
  writeNote(): void;
  /** Whether anybody waits, who is shown then. */
  showWaiting(): boolean;
  openAvailability(): void;
  openShortcuts(): void;
}

export function useDeskKeys(desk: Desk): void {
  const { state, panel, send } = desk;
  const { focus } = state.calls;
  const keys = callKeys(state);
  const toggle = (name: "keypad" | "transfer") => keys[name] && desk.show(panel === name ? null : name);
  useShortcuts(
    {
      answer: () => {
        if (secondRing(state)) {
          send({ type: "agent.held-and-answered" });
          return true;
        }
        send({ type: "agent.answered" });
        return focus?.state === "pending";
      },
      reject: () => send({ type: secondRing(state) ? "agent.declined-second" : "agent.rejected" }),
      toggleMute: desk.mute,
      toggleHold: () =>
        keys.hold && send({ type: "agent.acted", act: { do: keys.held ? "resume" : "hold" } }),
      toggleKeypad: () => toggle("keypad"),
      toggleTransfer: () => toggle("transfer"),
      toggleHelp: () =>
        keys.help && send({ type: "agent.acted", act: { do: "help", wanted: !keys.helpAsked } }),
      digit: (key) => {
        if (panel !== "keypad" || !keys.keypad) return false;
        send({ type: "agent.pressed", digit: key });
        return true;
      },
      hangUp: () => (isTalk(focus) || isSupervising(focus)) && desk.hangUp(),
      search: () => {
        desk.search();
        setTimeout(() => document.querySelector<HTMLElement>("#search")?.focus());
      },
      dial: desk.toDial,
      note: desk.writeNote,
      waiting: desk.showWaiting,
      availability: desk.openAvailability,
      help: desk.openShortcuts,
      escape: () => {
        if (panel === null) return false;
        desk.show(null);
        return true;
      },
    },
    desk.enabled,
  );
}
