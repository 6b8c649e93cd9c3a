/** On a phone: which of the views fills the screen. */
import { Icon } from "./Icon";
import type { View } from "./WorkArea";
import { t } from "../i18n/i18n";

export type Pane = "call" | "work";

interface Props {
  pane: Pane;
  /** What the caller's view shows, if there is anything to show. */
  callerView: View | null;
  unseen: boolean;
  onPane(pane: Pane, view?: View): void;
  /** Null in another view than the desk. */
  view: View | null;
  /** Threads with something to read. */
  toRead: number;
}

/** Which of the entries a view belongs to. */
function entryOf(view: View | null): "log" | "messages" | "contacts" | "caller" | null {
  if (view === null) return null;
  if (view === "messages" || view === "contacts") return view;
  return view === "log" || view === "team" ? "log" : "caller";
}

export function MobileNav({ pane, callerView, unseen, onPane, view, toRead }: Props) {
  const current = pane === "call" ? "call" : entryOf(view);
  return (
    <nav class="mobile-nav" aria-label={t("app.views")}>
      <button
        type="button"
        aria-current={current === "call" ? "page" : undefined}
        onClick={() => onPane("call")}
      >
        <Icon name="phone" /> {t("nav.call")}
      </button>
      {callerView && (
        <button
          type="button"
          aria-current={current === "caller" ? "page" : undefined}
          onClick={() => onPane("work", callerView)}
        >
          <Icon name="person" />
          <span>
            {t("nav.caller")}
            {unseen && (
              <>
                <span class="tab-dot" aria-hidden="true" />{" "}
                <span class="visually-hidden">{t("common.new")}</span>
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
        <Icon name="list" /> {t("nav.log")}
      </button>
      <button
        type="button"
        aria-current={current === "messages" ? "page" : undefined}
        onClick={() => onPane("work", "messages")}
      >
        <Icon name="message" />
        <span>
          {t("nav.messages")}
          {toRead > 0 && (
            <>
              {" "}
              <span class="count count-small" aria-hidden="true">
                {toRead}
              </span>
              <span class="visually-hidden">{t("threads.toRead", { count: toRead })}</span>
            </>
          )}
        </span>
      </button>
      <button
        type="button"
        aria-current={current === "contacts" ? "page" : undefined}
        onClick={() => onPane("work", "contacts")}
      >
        <Icon name="people" /> {t("nav.contacts")}
      </button>
    </nav>
  );
}
