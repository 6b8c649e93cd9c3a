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
          {waiting > 0 && (
            <>
              {" "}
              <span class="count count-small" aria-hidden="true">
                {waiting}
              </span>
              <span class="visually-hidden">{`${t("tab.waiting")}: ${waiting}`}</span>
            </>
          )}
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
        aria-current={shown === "contacts" ? "page" : undefined}
        onClick={() => onPane("work", "contacts")}
      >
        <Icon name="people" /> {t("nav.contacts")}
      </button>
    </nav>
  );
}
