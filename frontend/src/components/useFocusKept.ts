/** A row that moves keeps its focus: browsers take it from whatever is put elsewhere in the page. */
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { focusIsLost } from "./regions";

export function useFocusKept(root: RefObject<HTMLElement | null>): void {
  const active = document.activeElement as HTMLElement;
  const held = root.current?.contains(active);
  useLayoutEffect(() => {
    if (held && active.isConnected && focusIsLost()) active.focus();
  });
}
