/** What the desk's shortcuts do. */
import type { SoftphoneEvent } from "../softphone/events";
import { isTalk, type State } from "../softphone/state";
import { useShortcuts } from "./useShortcuts";

interface Desk {
  state: State;
  /** Single keys can be turned off. */
  enabled: boolean;
  /** Which panels are open in the call area. */
  keypad: boolean;
  help: boolean;
  send(event: SoftphoneEvent): void;
  mute(): void;
  hangUp(): void;
  openKeypad(open: boolean): void;
  closeHelp(): void;
  /** Shows the call log, in whose field focus goes. */
  search(): void;
  toDial(): void;
  writeNote(): void;
  openAvailability(): void;
  openShortcuts(): void;
}

export function useDeskKeys(desk: Desk): void {
  const { state, keypad, help, send } = desk;
  const { focus } = state.calls;
  const inOpenCall = focus?.state === "open";
  useShortcuts(
    {
      answer: () => {
        send({ type: "agent.answered" });
        return focus?.state === "pending";
      },
      reject: () => send({ type: "agent.rejected" }),
      toggleMute: desk.mute,
      toggleKeypad: () => inOpenCall && desk.openKeypad(!keypad),
      digit: (key) => {
        if (!keypad || !inOpenCall) return false;
        send({ type: "agent.pressed", digit: key });
        return true;
      },
      hangUp: () => isTalk(focus) && desk.hangUp(),
      search: () => {
        desk.search();
        setTimeout(() => document.querySelector<HTMLElement>("#search")?.focus());
      },
      dial: desk.toDial,
      note: desk.writeNote,
      availability: desk.openAvailability,
      help: desk.openShortcuts,
      escape: () => {
        if (keypad) desk.openKeypad(false);
        else if (help) desk.closeHelp();
        else return false;
        return true;
      },
    },
    desk.enabled,
  );
}
