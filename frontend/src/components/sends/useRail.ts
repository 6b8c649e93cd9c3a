/** Beside Group sends and the board the call area is a rail, as long as nothing happens in it. */
import { useEffect, useState } from "preact/hooks";

/** `quiet`: no call, and nothing to tell or to ask. Returns whether it is folded, and how to open it. */
export function useRail(active: boolean, quiet: boolean): [boolean, () => void] {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!quiet) setOpen(true);
    else if (!focusIsInside()) setOpen(false);
  }, [quiet]);
  useEffect(() => {
    if (!active || !quiet || !open) return undefined;
    // After what was pressed has been pressed: folding moves it.
    const fold = () => {
      if (!focusIsInside()) setOpen(false);
    };
    document.addEventListener("click", fold);
    document.addEventListener("keyup", fold);
    return () => {
      document.removeEventListener("click", fold);
      document.removeEventListener("keyup", fold);
    };
  }, [active, quiet, open]);
  return [active && quiet && !open, () => setOpen(true)];
}

function focusIsInside(): boolean {
  return document.activeElement?.closest(".call-area") != null;
}
