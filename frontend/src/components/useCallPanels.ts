/** What is open in the call area, one at a time, and only in a call. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { focusOn } from "./useFocusRules";

export type CallPanel = "keypad" | "transfer" | "help";

/** Where focus goes when a panel opens, and when it closes again. */
const FOCUS: Record<CallPanel, [opened: string, closed: string] | null> = {
  keypad: ["tones", "keypad"],
  transfer: ["transfer-search", "transfer"],
  help: null,
};

/** `usable`: which of them mean anything now. */
export function useCallPanels(usable: Record<CallPanel, boolean>) {
  const [chosen, setOpen] = useState<CallPanel | null>(null);
  const open = chosen && usable[chosen] ? chosen : null;
  useEffect(() => {
    // What had no meaning for a while does not come back by itself.
    if (chosen !== open) setOpen(null);
  }, [chosen, open]);
  const moves = useRef<string | null>(null);
  // Before anybody sees that what had focus is covered by the panel, or gone with it.
  useLayoutEffect(() => {
    if (moves.current) focusOn(moves.current);
    moves.current = null;
  }, [open]);
  return {
    open,
    /** The panel, or none. */
    show(next: CallPanel | null): void {
      setOpen(next);
      const [opened, closed] = FOCUS[next ?? open ?? "help"] ?? [];
      moves.current = (next ? opened : closed) ?? null;
    },
  };
}
