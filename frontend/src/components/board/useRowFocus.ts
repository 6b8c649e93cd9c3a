/** A push that takes away the row that has focus moves focus to the next one, else to the heading of its list. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { focusIsLost } from "../regions";

interface Place {
  list: Element;
  row: Element;
  at: number;
}

export function useRowFocus(root: RefObject<HTMLElement | null>): void {
  const last = useRef<Place | null>(null);
  useLayoutEffect(() => {
    const page = root.current;
    if (!page) return undefined;
    const remember = (event: FocusEvent) => {
      const row = (event.target as Element).closest("[data-row-key]");
      const list = row?.closest("[data-rows]");
      last.current = row && list ? { list, row, at: rowsOf(list).indexOf(row) } : null;
    };
    page.addEventListener("focusin", remember);
    return () => page.removeEventListener("focusin", remember);
  }, [root]);

  useLayoutEffect(() => {
    const place = last.current;
    if (!place || place.row.isConnected) return;
    last.current = null;
    if (!focusIsLost() || !place.list.isConnected) return;
    const rows = rowsOf(place.list);
    const next = rows[Math.min(place.at, rows.length - 1)]?.querySelector<HTMLElement>("button");
    if (next) {
      next.focus();
      return;
    }
    const heading = place.list.querySelector<HTMLElement>("h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus();
  });
}

function rowsOf(list: Element): Element[] {
  return [...list.querySelectorAll("[data-row-key]")];
}
