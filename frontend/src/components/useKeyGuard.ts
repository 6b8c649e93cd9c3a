/** Keys that were meant for what is no longer there: they do nothing, instead of something else. */
import { useEffect, useMemo } from "preact/hooks";
import { isTextField } from "./fields";

/** How long a run of typing goes on after its last key. */
const RUN_MS = 1000;
/** How long keys do nothing after what had focus has vanished. */
const QUIET_MS = 500;

const MODIFIERS = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Fn"]);
/** Who presses one of these wants to leave the field. */
const LEAVING = new Set(["Tab", "Escape", "F6"]);

export interface KeyGuard {
  /** What had focus is gone: the press that was meant for it must not reach what stands there now. */
  keepQuiet(): void;
}

export function useKeyGuard(): KeyGuard {
  const guard = useMemo(createKeyGuard, []);
  useEffect(() => guard.listen(), [guard]);
  return guard;
}

function createKeyGuard() {
  // Times are those of events, in milliseconds: a page that was busy gets a key long after it was pressed.
  let typedAt = -Infinity;
  let quietUntil = -Infinity;
  let swallowed = "";

  /** Whoever moves on by hand has seen what stands there now. */
  function end(): void {
    typedAt = quietUntil = -Infinity;
  }

  function isStray(event: KeyboardEvent): boolean {
    if (LEAVING.has(event.key)) end();
    if (MODIFIERS.has(event.key) || LEAVING.has(event.key)) return false;
    const field = document.activeElement;
    if (isTextField(field)) {
      // Enter is a letter of a note, and the end of a line of any other field.
      typedAt = event.key === "Enter" && field instanceof HTMLInputElement ? -Infinity : event.timeStamp;
      return false;
    }
    const typing = event.timeStamp - typedAt < RUN_MS;
    if (!typing && event.timeStamp > quietUntil) return false;
    // Keys that move, and Control + Enter, are meant as they are.
    const acts = event.key.length === 1 || event.key === "Enter";
    if (!acts || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (typing) typedAt = event.timeStamp;
    return true;
  }

  function onKeyDown(event: KeyboardEvent): void {
    swallowed = isStray(event) ? event.key : "";
    if (swallowed) swallow(event);
  }

  /** Firefox presses a button when Space is let go. */
  function onKeyUp(event: KeyboardEvent): void {
    if (swallowed && event.key === swallowed) swallow(event);
  }

  return {
    keepQuiet() {
      quietUntil = performance.now() + QUIET_MS;
    },
    listen() {
      document.addEventListener("keydown", onKeyDown, true);
      document.addEventListener("keyup", onKeyUp, true);
      document.addEventListener("pointerdown", end, true);
      return () => {
        document.removeEventListener("keydown", onKeyDown, true);
        document.removeEventListener("keyup", onKeyUp, true);
        document.removeEventListener("pointerdown", end, true);
      };
    },
  };
}

function swallow(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
