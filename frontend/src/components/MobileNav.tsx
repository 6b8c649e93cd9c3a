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
  /** Callers: their list is beside the log. */
  waiting: number;
}

export function MobileNav({ pane, callerView, unseen, onPane, view, toRead, waiting }: Props) {
  const shown = pane === "call" ? "call" : view;
  return (
    <nav class="mobile-nav" aria-label={t("app.views")}>
      <button
        type="button"
        aria-current={shown === "call" ? "page" : undefined}
        onClick={() => onPane("call")}
      >
        <Icon name="phone" /> {t("nav.call")}
      </button>
      {callerView && (
        <button
          type="button"
          aria-current={shown === callerView ? "page" : undefined}
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
        aria-current={shown === "log" ? "page" : undefined}
        onClick={() => onPane("work", "log")}
      >
        <Icon name="list" />
        <span>
          {t("nav.log")}
          <Count of={waiting} said={`${t("tab.waiting")}: ${waiting}`} />
        </span>
      </button>
      <button
        type="button"
        aria-current={shown === "messages" ? "page" : undefined}
        onClick={() => onPane("work", "messages")}
      >
        <Icon name="message" />
        <span>
          {t("nav.messages")}
          <Count of={toRead} said={t("threads.toRead", { count: toRead })} />
        </span>
      </button>
      <button
        type="button"
        aria-current={shown === "contacts" ? "page" : undefined}
        onClick={() => onPane("work", "contacts")}
      >
        <Icon name="people" /> {t("nav.contacts")}
      </button>
    </nav>
  );
}

/** Said in words to whoever does not see it beside what. */
function Count({ of, said }: { of: number; said: string }) {
  if (of === 0) return null;
  return (
    <>
      {" "}
      <span class="count count-small" aria-hidden="true">
        {of}
      </span>
      <span class="visually-hidden">{said}</span>
    </>
  );
}
