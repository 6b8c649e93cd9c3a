/** The keyboard. Single keys work only outside text fields and can be turned off (WCAG 2.1.4). */
import { useEffect, useRef } from "preact/hooks";
import { isTextField } from "./fields";
import { focusNextRegion, focusRegion, regionOf } from "./regions";

export interface ShortcutActions {
  answer(): boolean;
  reject(): void;
  toggleMute(): void;
  toggleHold(): void;
  toggleKeypad(): void;
  toggleTransfer(): void;
  digit(key: string): boolean;
  toggleHelp(): void;
  hangUp(): void;
  search(): void;
  dial(): void;
  note(): void;
  waiting(): boolean;
  availability(): void;
  help(): void;
  escape(): boolean;
}

export function useShortcuts(actions: ShortcutActions, singleKeys: boolean): void {
  const latest = useRef({ actions, singleKeys });
  latest.current = { actions, singleKeys };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (handle(event, latest.current.actions, latest.current.singleKeys)) event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

function handle(event: KeyboardEvent, actions: ShortcutActions, singleKeys: boolean): boolean {
  if (event.defaultPrevented || event.isComposing || event.repeat) return false;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return actions.answer();
  if (event.key === "F6") return done(() => focusNextRegion(event.shiftKey ? -1 : 1));
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const field = isTextField(document.activeElement);
  const inDialog = document.querySelector("dialog[open]") !== null;
  if (event.key === "Escape") {
    // It closes the dialog, and nothing behind it.
    if (inDialog) return false;
    if (field) focusRegion(regionOf(document.activeElement));
    return actions.escape() || field;
  }
  // A dialog keeps the keyboard to itself.
  if (field || !singleKeys || inDialog || document.querySelector(".menu-list")) return false;
  return single(event, actions);
}

function single(event: KeyboardEvent, actions: ShortcutActions): boolean {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.shiftKey && key === "r") return done(actions.reject);
  if (event.shiftKey && key === "h") return done(actions.toggleHelp);
  if (event.shiftKey && key === "e") return done(actions.hangUp);
  if (key === "?") return done(actions.help);
  if (key === "/") return done(actions.search);
  if (/^[0-9*#]$/.test(key)) return actions.digit(key);
  if (event.shiftKey) return false;
  if (key === "m") return done(actions.toggleMute);
  if (key === "h") return done(actions.toggleHold);
  if (key === "k") return done(actions.toggleKeypad);
  if (key === "t") return done(actions.toggleTransfer);
  if (key === "d") return done(actions.dial);
  if (key === "n") return done(actions.note);
  if (key === "w") return actions.waiting();
  if (key === "a") return done(actions.availability);
  return false;
}

function done(act: () => void): true {
  act();
  return true;
}
