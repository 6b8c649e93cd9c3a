/** When focus moves by itself: on a ring, after Answer, and when what had it is gone. Never on a push. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { State } from "../softphone/state";
import { isTextField } from "./useShortcuts";

const QUIET_MS = 500;

export function focusOn(name: string): void {
  document.querySelector<HTMLElement>(`[data-focus="${name}"]`)?.focus();
}

/** Nothing the agent was using has focus: it was removed from under it. */
function focusIsLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

export function useFocusRules(state: State): void {
  const { call, microphone } = state;
  const ringing = call.state === "pending" ? call.ring.id : null;
  const last = useRef({ call: call.state, microphone, ringing });
  // Before the screen is painted: a key pressed at that moment already meets the new focus.
  useLayoutEffect(() => {
    const before = last.current;
    last.current = { call: call.state, microphone, ringing };
    if (ringing && ringing !== before.ringing) {
      if (!isTextField(document.activeElement)) focusOn("answer");
    } else if (call.state === "open" && before.call === "pending") {
      if (focusIsLost()) focusOn("mute");
    } else if (call.state === "closed" && before.call !== "closed") {
      if (!focusIsLost()) return;
      focusOn(call.ending?.kind === "failed" ? "failed" : "call-area");
      if (before.call === "pending") keepKeysQuiet();
    } else if (microphone === "granted" && before.microphone === "requesting") {
      document.querySelector<HTMLElement>("#number")?.focus();
    } else if (before.microphone === "unknown" && microphone === "prompt" && focusIsLost()) {
      focusOn("cue");
    }
  }, [call.state, microphone, ringing]);
}

/** The press that was meant for Answer must not reach what stands there now. */
function keepKeysQuiet(): void {
  const swallow = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("keydown", swallow, true);
  setTimeout(() => document.removeEventListener("keydown", swallow, true), QUIET_MS);
}
