/** A row that moves keeps its focus: browsers take it from whatever is put elsewhere in the page. */
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { focusIsLost } from "./regions";

export function useFocusKept(root: RefObject<HTMLElement | null>): void {
  const active = document.activeElement;
  const held = active instanceof HTMLElement && root.current?.contains(active) ? active : null;
  useLayoutEffect(() => {
    if (held?.isConnected && focusIsLost()) held.focus();
  });
}
