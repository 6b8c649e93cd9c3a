/** All group sends: how each stands, who sends it, when, and to how many. */
import { sendsPathOf } from "../../groupSends/address";
import type { GroupSendsStore } from "../../groupSends/groupSends";
import type { SendRow } from "../../groupSends/ports";
import { countWord, STATES, stateWord } from "../../groupSends/words";
import { shortWhen } from "../../format";
import { t } from "../../i18n/i18n";
import { isolated } from "../../names";
import { EmptyState, Loading } from "../EmptyState";
import { Icon } from "../Icon";
import { useStore } from "../useStore";
import { LoadMore } from "../LoadMore";
import { serverNow } from "../../serverClock";

interface Props {
  groupSends: GroupSendsStore;
  mayWrite: boolean;
}

export function SendList({ groupSends, mayWrite }: Props) {
  const { rows, next, status, more, stale } = useStore(groupSends.list);
  const now = serverNow();
  const compose = mayWrite && (
    <button type="button" class="accent-button" onClick={() => groupSends.go("new")}>
      <Icon name="plus" size={18} /> {t("sends.new")}
    </button>
  );
  return (
    <div class="sends-page">
      <div class="sends-head">
        <h1 tabIndex={-1} data-home>
          {t("sends.title")}
        </h1>
        {rows.length > 0 && <div class="sends-keys">{compose}</div>}
      </div>
      {status === "loading" && <Loading />}
      {status === "failed" && (
        <EmptyState icon="alert" title={t("sends.listNotLoaded")} text={t("common.callsUnaffected")}>
          <button type="button" class="small-button" onClick={() => groupSends.list.load()}>
            {t("common.tryAgain")}
          </button>
        </EmptyState>
      )}
      {status === "ready" && rows.length === 0 && (
        <EmptyState
          icon="send"
          title={t("sends.none")}
          text={mayWrite ? t("sends.noneText") : t("sends.noneForAgents")}
        >
          {compose}
        </EmptyState>
      )}
      {stale && (
        <p class="small quiet" role="status">
          {t("sends.mayBeOld")}
        </p>
      )}
      {status === "ready" && rows.length > 0 && (
        <ul class="card send-list">
          {rows.map((send) => (
            <li key={send.id}>
              <a
                href={sendsPathOf(send.id, location.pathname)}
                onClick={(event) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  groupSends.go(send.id);
                }}
              >
                <span class="send-what">
                  <strong title={send.title}>{isolated(send.title)}</strong>
                  <span class="quiet small">{whoAndWhen(send, now)}</span>
                </span>
                <span class="send-count small">{countWord(send, now)}</span>
                <StateTag send={send} />
              </a>
            </li>
          ))}
        </ul>
      )}
      {status === "ready" && next && (
        <LoadMore more={more} text={t("sends.moreSends")} onMore={() => groupSends.list.loadMore()} />
      )}
    </div>
  );
}

function whoAndWhen(send: SendRow, now: number): string {
  const who = isolated((send.started_by ?? send.written_by)?.name ?? "");
  const when = shortWhen(send.scheduled_for ?? send.started_at ?? send.created_at, now);
  return [when, who, `${send.line.name} ${send.line.display}`].filter(Boolean).join(" · ");
}

/** The way back, above what was opened. */
export function BackToSends({ groupSends }: Pick<Props, "groupSends">) {
  return (
    <p class="sends-back">
      <a
        class="text-button"
        href={sendsPathOf("list", location.pathname)}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          groupSends.go("list");
          setTimeout(() => document.querySelector<HTMLElement>(".sends h1")?.focus());
        }}
      >
        <Icon name="chevron-down" size={16} /> {t("sends.all")}
      </a>
    </p>
  );
}

/** What waits for a limit to be raised, and then goes on by itself, had not to stop. */
export function StateTag({ send }: { send: Pick<SendRow, "state" | "goes_on_by_itself"> }) {
  const state = send.goes_on_by_itself ? "paused" : send.state;
  const { icon, tone } = STATES[state];
  return (
    <span class={`tag tag-${tone} send-state`}>
      <Icon name={icon} size={14} /> {stateWord(state)}
    </span>
  );
}
