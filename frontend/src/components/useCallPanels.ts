/** What is open in the call area: the keypad, or what helps a weak connection. One at a time, and only in a call. */
import { useEffect, useState } from "preact/hooks";
import { focusOn } from "./useFocusRules";

export function useCallPanels(hasCall: boolean) {
  const [keypad, setKeypad] = useState(false);
  const [help, setHelp] = useState(false);
  useEffect(() => {
    if (hasCall) return;
    setKeypad(false);
    setHelp(false);
  }, [hasCall]);
  return {
    keypad,
    help,
    openKeypad(open: boolean): void {
      setKeypad(open);
      if (open) setHelp(false);
      // After the panel has been drawn.
      setTimeout(() => focusOn(open ? "tones" : "keypad"));
    },
    openHelp(open: boolean): void {
      setHelp(open);
      if (open) setKeypad(false);
    },
  };
}
