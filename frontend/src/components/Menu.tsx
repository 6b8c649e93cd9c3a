/** A button that opens a list of choices. Arrow keys move, Escape closes, focus comes back to the button. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { isShown } from "./regions";

interface Props {
  label: string;
  buttonClass: string;
  listClass?: string;
  open: boolean;
  onOpen(open: boolean): void;
  face: ComponentChildren;
  focusId: string;
  children: ComponentChildren;
}

export function Menu({ label, buttonClass, listClass = "", open, onOpen, face, focusId, children }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return undefined;
    const items = itemsIn(root.current);
    items[0]?.focus();
    // Of a long one, opened far down, the end would be out of sight.
    root.current?.querySelector(".menu-list")?.scrollIntoView?.({ block: "nearest" });
    const away = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) onOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);

  function onKeyDown(event: KeyboardEvent): void {
    if (!open) return;
    const items = itemsIn(root.current);
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
    const next = to[event.key];
    if (next !== undefined) items.at(next % items.length)?.focus();
    else if (event.key === "Escape") {
      onOpen(false);
      button.current?.focus();
    } else if (event.key === "Tab") {
      // From the button the browser goes on to what comes after it, or before it.
      button.current?.focus();
      onOpen(false);
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div class="menu" ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        class={buttonClass}
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        data-focus={focusId}
        onClick={() => onOpen(!open)}
      >
        {face}
      </button>
      {open && (
        <div
          class={`menu-list ${listClass}`}
          role="menu"
          aria-label={label}
          onClick={() => {
            onOpen(false);
            button.current?.focus();
          }}
        >
          {children}
        </div>
      )}
    </div>
  );
}

function itemsIn(root: HTMLElement | null): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])].filter(isShown);
}
