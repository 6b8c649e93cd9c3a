/** When focus moves by itself: on a ring, after Answer, and when what had it is gone. Never on a push. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { lastEnding } from "../softphone/selectors";
import { goesBackTo } from "../softphone/secondCall";
import type { State } from "../softphone/state";
import { isWritingField } from "./fields";
import { focusIsLost, focusRegion, isShown, isUsable, regionOf } from "./regions";
import type { KeyGuard } from "./useKeyGuard";

export function focusOn(name: string): void {
  document.querySelector<HTMLElement>(`[data-focus="${name}"]`)?.focus();
}

export function useFocusRules(state: State, guard: KeyGuard): void {
  const { microphone } = state;
  const { focus } = state.calls;
  const callBack = focus === null ? (state.callBack?.sid ?? null) : null;
  const call = focus?.state ?? "closed";
  const ringing = focus?.state === "pending" ? focus.id : null;
  const last = useRef({ call, microphone, ringing, callBack });
  // Before the screen is painted: a key pressed at that moment already meets the new focus.
  useLayoutEffect(() => {
    const before = last.current;
    last.current = { call, microphone, ringing, callBack };
    if (ringing && ringing !== before.ringing) {
      if (!isWritingField(document.activeElement)) focusOn("answer");
    } else if (call === "open" && before.call !== "open" && before.call !== "reconnecting") {
      if (focusIsLost()) focusOn("mute");
    } else if (call === "supervising" && before.call !== "supervising") {
      // It was pressed beside the call area: what opens there is what is gone on with.
      focusOn("call-area");
    } else if (call === "closed" && before.call !== "closed") {
      if (!focusIsLost()) return;
      guard.keepQuiet();
      // Somebody waits: a press is quicker than the moment after which the desk goes back by itself.
      if (goesBackTo(state)) return focusOn("answer");
      const ending = lastEnding(state);
      const outcome = ending?.kind === "ended" ? outcomeOf(ending.root) : null;
      if (outcome && isShown(outcome)) outcome.focus();
      else focusOn(ending?.kind === "failed" ? "failed" : "call-area");
    } else if (call === "connecting" && before.call !== "connecting") {
      // Not to Cancel call: a second Enter would end what the first one began.
      if (focusIsLost()) focusOn("call-area");
      guard.keepQuiet();
    } else if (callBack && callBack !== before.callBack) {
      // It can wait for a moment, unlike a ring: only where nothing else has focus.
      if (focusIsLost()) focusOn("answer");
    } else if (microphone === "granted" && before.microphone === "requesting") {
      document.querySelector<HTMLElement>("#number")?.focus();
    } else if (microphone !== before.microphone && isCue(microphone) && focusIsLost()) {
      focusOn("cue");
    }
  }, [call, microphone, ringing, callBack]);
  useEffect(() => keepFocus(guard), [guard]);
}

/** Where the call's outcome is noted: null while the note of another call is in view. */
export function outcomeOf(root: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-note="${CSS.escape(root)}"] #outcome`);
}

function isCue(microphone: State["microphone"]): boolean {
  return microphone === "prompt" || microphone === "requesting";
}

/** What vanishes, is hidden or switched off while it has focus leaves it to its region: never to the page as a whole. */
function keepFocus(guard: KeyGuard): () => void {
  let last: Element | null = null;
  let region: string | null = null;

  function remember(event: FocusEvent): void {
    last = event.target as Element;
    region = regionOf(last);
  }

  function look(): void {
    if (!last || !focusIsLost()) return;
    // A press beside everything takes focus away, too, and is meant so.
    if (document.activeElement === document.body && isUsable(last)) return;
    guard.keepQuiet();
    last = null;
    if (!focusRegion(region) && !focusRegion(".call-area")) focusRegion(".work");
  }

  // Before any further key is heard.
  const observer = new MutationObserver(look);
  const attributeFilter = ["disabled", "hidden", "data-pane"];
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter });
  document.addEventListener("focusin", remember);
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", remember);
  };
}
