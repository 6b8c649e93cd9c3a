/** The call log: search, filters, rows by day, and a button to call back. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { CallLogStore } from "../callLog/callLog";
import { foundIn } from "../callLog/foundIn";
import { dayName } from "../format";
import type { Call, Line } from "../messages";
import type { LogScope } from "../ports";
import type { Correspondent } from "../threads/correspondent";
import type { ContactToOpen } from "./CallerTab";
import { EmptyState, Loading } from "./EmptyState";
import { CallRow } from "./CallRow";
import { focusIsLost, isShown } from "./regions";
import { useStore } from "./useStore";
import { t } from "../i18n/i18n";
import { LoadMore } from "./LoadMore";
import { serverNow } from "../serverClock";
import { SearchBox } from "./SearchBox";

const SCOPES: LogScope[] = ["all", "mine", "missed", "voicemail"];

interface Props {
  log: CallLogStore;
  canDial: boolean;
  onCall(call: Call): void;
  onOpen(call: Call): void;
  /** From which a text is sent to who called none of ours. */
  line: Line | null;
  onText(whom: Correspondent): void;
  onContact(contact: ContactToOpen): void;
  /** The agent's own id. */
  me: number;
}

export function CallLog({ log, ...row }: Props) {
  const { query, rows, next, status, more, stale } = useStore(log);
  const { scope, search } = query;
  return (
    <div class="log">
      <h2 class="visually-hidden" tabIndex={-1} data-home>
        {t("tab.log")}
      </h2>
      <div class="log-tools">
        <SearchBox
          id="search"
          label={t("log.search")}
          hint={t("log.placeholder")}
          text={search}
          onSearch={(text) => log.search(text)}
        >
          <kbd aria-hidden="true">/</kbd>
        </SearchBox>
        <div class="segments" role="radiogroup" aria-label={t("log.show")}>
          {SCOPES.map((value) => (
            <label key={value}>
              <input type="radio" name="scope" checked={scope === value} onChange={() => log.filter(value)} />
              <span>{t(`log.${value}`)}</span>
            </label>
          ))}
        </div>
      </div>
      <p class="visually-hidden" role="status">
        {status === "ready" &&
          search.trim() !== "" &&
          (next ? t("log.orMore", { count: rows.length }) : t("log.found", { count: rows.length }))}
      </p>
      {status === "loading" && <Loading />}
      {status === "ready" && stale && (
        <p class="log-stale" role="status">
          {t("log.stale")}{" "}
          <button type="button" class="text-button" onClick={() => log.refresh()}>
            {t("common.tryAgain")}
          </button>
        </p>
      )}
      {status === "failed" && (
        <EmptyState icon="alert" title={t("log.notLoaded")} text={t("common.callsUnaffected")}>
          <button type="button" class="small-button" onClick={() => log.load()}>
            {t("common.tryAgain")}
          </button>
        </EmptyState>
      )}
      {status === "ready" && rows.length === 0 && <Nothing log={log} />}
      {status === "ready" && rows.length > 0 && <Rows {...{ ...row, rows, search }} />}
      {status === "ready" && next && (
        <LoadMore more={more} text={t("log.earlier")} onMore={() => log.loadMore()} />
      )}
    </div>
  );
}

/** One stop of Tab: ↑ and ↓ go through the rows, ← and → through the buttons of a row. */
function Rows({ rows, search, ...row }: Omit<Props, "log"> & { rows: Call[]; search: string }) {
  const list = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState("");
  const days = byDay(rows, serverNow());
  const current = rows.some(({ sid }) => sid === chosen) ? chosen : rows[0]?.sid;
  const last = useFocusedRow(rows, list);

  // Buttons that a row has of its own, like Play, are reached by the arrows as well.
  useLayoutEffect(() => {
    for (const button of buttonsOf(list.current)) if (!button.matches(".row-open")) button.tabIndex = -1;
  });

  function onKeyDown(event: KeyboardEvent): void {
    const line = (event.target as Element).closest("[data-row]");
    const lines = [...(list.current?.querySelectorAll("[data-row]") ?? [])];
    const at = line ? lines.indexOf(line) : -1;
    const buttons = buttonsOf(line);
    const button = buttons.indexOf(event.target as HTMLElement);
    const to: Record<string, HTMLElement | undefined> = {
      ArrowDown: buttonsOf(lines[at + 1])[0],
      ArrowUp: buttonsOf(lines[Math.max(0, at - 1)])[0],
      ArrowRight: buttons[button + 1],
      ArrowLeft: buttons[Math.max(0, button - 1)],
    };
    if (at < 0 || button < 0 || !(event.key in to)) return;
    to[event.key]?.focus();
    event.preventDefault();
  }

  function onFocusIn(event: FocusEvent): void {
    const button = event.target as Element;
    const sid = button.closest("[data-row]")?.getAttribute("data-row");
    if (!sid) return;
    last.current = { at: rows.findIndex((each) => each.sid === sid), button };
    setChosen(sid);
  }

  return (
    <div class="card log-card" ref={list} onKeyDown={onKeyDown} onFocusIn={onFocusIn}>
      {days.map(([day, calls]) => (
        <section key={day} aria-label={day}>
          <h2 class="day">{day}</h2>
          <ul>
            {calls.map((call) => (
              <CallRow
                key={call.sid}
                {...row}
                call={call}
                found={foundIn(call.note, search)}
                reachable={call.sid === current}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** A row that goes while it has focus leaves it to the next one. */
function useFocusedRow(rows: Call[], list: { current: HTMLElement | null }) {
  const last = useRef<{ at: number; button: Element } | null>(null);
  useLayoutEffect(() => {
    if (!last.current || last.current.button.isConnected || !focusIsLost()) return;
    const lines = [...(list.current?.querySelectorAll("[data-row]") ?? [])];
    buttonsOf(lines[Math.min(last.current.at, lines.length - 1)])[0]?.focus();
  }, [rows]);
  return last;
}

/** What can be pressed in a row, the button that opens it first. */
function buttonsOf(row: Element | null | undefined): HTMLElement[] {
  return [...(row?.querySelectorAll<HTMLElement>("button:not(:disabled)") ?? [])].filter(isShown);
}

function byDay(rows: Call[], now: number): [string, Call[]][] {
  const days = new Map<string, Call[]>();
  for (const row of rows) {
    const day = dayName(row.start_time, now);
    days.set(day, [...(days.get(day) ?? []), row]);
  }
  return [...days];
}

function Nothing({ log }: { log: CallLogStore }) {
  const { scope, search } = log.get().query;
  if (!search.trim() && scope === "all") {
    return <EmptyState icon="list" title={t("log.empty")} text={t("log.emptyText")} />;
  }
  const title = search.trim() ? t("log.nothingFor", { text: search.trim() }) : t("log.nothing");
  return (
    <EmptyState icon="search" title={title} text={t("log.nothingText")}>
      <button
        type="button"
        class="small-button"
        onClick={() => {
          log.ask({ scope: "all", search: "" });
        }}
      >
        {t("log.clear")}
      </button>
    </EmptyState>
  );
}
