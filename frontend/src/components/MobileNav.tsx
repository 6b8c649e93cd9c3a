/** On a phone: which of the views fills the screen. */
import { Icon } from "./Icon";
import type { View } from "./WorkArea";

export type Pane = "call" | "work";

interface Props {
  pane: Pane;
  /** What the caller's view shows, if there is anything to show. */
  callerView: View | null;
  unseen: boolean;
  onPane(pane: Pane, view?: View): void;
  view: View;
}

export function MobileNav({ pane, callerView, unseen, onPane, view }: Props) {
  const current = pane === "call" ? "call" : view === "log" ? "log" : "caller";
  return (
    <nav class="mobile-nav" aria-label="Views">
      <button
        type="button"
        aria-current={current === "call" ? "page" : undefined}
        onClick={() => onPane("call")}
      >
        <Icon name="phone" /> Call
      </button>
      {callerView && (
        <button
          type="button"
          aria-current={current === "caller" ? "page" : undefined}
          onClick={() => onPane("work", callerView)}
        >
          <Icon name="person" />
          <span>
            Caller
            {unseen && (
              <>
                <span class="tab-dot" aria-hidden="true" /> <span class="visually-hidden">new</span>
              </>
            )}
          </span>
        </button>
      )}
      <button
        type="button"
        aria-current={current === "log" ? "page" : undefined}
        onClick={() => onPane("work", "log")}
      >
        <Icon name="list" /> Log
      </button>
    </nav>
  );
}
