/** The call log: search, filters, rows by day, and a key to call back. */
import { useRef } from "preact/hooks";
import type { CallDetailsStore } from "../callDetails/callDetails";
import type { CallLogStore } from "../callLog/callLog";
import type { Config } from "../config";
import { counted, dayName } from "../format";
import type { Call } from "../messages";
import type { LogScope } from "../ports";
import { Blank, Loading } from "./Blank";
import { CallDetails } from "./CallDetails";
import { CallRow } from "./CallRow";
import { Icon } from "./Icon";
import { useStore } from "./useStore";

const SCOPES: [LogScope, string][] = [
  ["all", "All"],
  ["mine", "Mine"],
  ["missed", "Missed"],
  ["voicemail", "Voicemail"],
];

interface Props {
  log: CallLogStore;
  details: CallDetailsStore;
  me: Pick<Config["agent"], "id" | "role">;
  canDial: boolean;
  onCall(call: Call): void;
}

/** The list, or in its place the call that was opened from it. */
export function CallLog({ details, me, ...list }: Props) {
  const open = useStore(details);
  if (!open) return <CallList {...list} me={me.id} onOpen={(call) => openDetails(details, call)} />;
  return <CallDetails {...{ open, details, me }} onClose={() => closeDetails(details)} />;
}

/** Focus goes into what was opened, and back to the row that opened it, after each has been drawn. */
function openDetails(details: CallDetailsStore, call: Call): void {
  details.open(call);
  setTimeout(() => document.getElementById("details-title")?.focus());
}

function closeDetails(details: CallDetailsStore): void {
  const sid = details.get()?.sid ?? "";
  details.close();
  setTimeout(() => document.querySelector<HTMLElement>(`[data-row="${CSS.escape(sid)}"]`)?.focus());
}

interface ListProps extends Omit<Props, "details" | "me"> {
  me: number;
  onOpen(call: Call): void;
}

function CallList({ log, me, canDial, onCall, onOpen }: ListProps) {
  const { scope, search, rows, next, status, more } = useStore(log);
  return (
    <div class="log">
      <div class="log-tools">
        <div class="search">
          <Icon name="search" />
          <label class="visually-hidden" for="search">
            Search the call log
          </label>
          <input
            id="search"
            type="search"
            placeholder="Search name or number"
            autocomplete="off"
            value={search}
            onInput={(event) => log.search(event.currentTarget.value)}
          />
          <kbd aria-hidden="true">/</kbd>
        </div>
        <div class="segments" role="radiogroup" aria-label="Show">
          {SCOPES.map(([value, label]) => (
            <label key={value}>
              <input type="radio" name="scope" checked={scope === value} onChange={() => log.filter(value)} />
              <span>{label}</span>
            </label>
          ))}
        </div>
      </div>
      <p class="visually-hidden" role="status">
        {status === "ready" &&
          search.trim() !== "" &&
          `${next ? `${rows.length} or more calls` : counted(rows.length, "call")} found.`}
      </p>
      {status === "loading" && <Loading />}
      {status === "failed" && (
        <Blank icon="alert" title="The call log did not load" text="Your calls are not affected.">
          <button type="button" class="small-key" onClick={() => log.load()}>
            Try again
          </button>
        </Blank>
      )}
      {status === "ready" && rows.length === 0 && <Nothing log={log} />}
      {status === "ready" && rows.length > 0 && <Rows {...{ rows, me, canDial, onCall, onOpen }} />}
      {status === "ready" && next && (
        <div class="log-more">
          <button
            type="button"
            class="small-key"
            disabled={more === "loading"}
            onClick={() => log.loadMore()}
          >
            {more === "loading"
              ? "Loading…"
              : more === "failed"
                ? "That did not load. Try again"
                : "Earlier calls"}
          </button>
        </div>
      )}
    </div>
  );
}

function Rows({ rows, me, canDial, onCall, onOpen }: Omit<ListProps, "log"> & { rows: Call[] }) {
  const list = useRef<HTMLDivElement>(null);
  const days = byDay(rows, Date.now());

  function onKeyDown(event: KeyboardEvent): void {
    const lines = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const at = lines.findIndex((line) => line.contains(document.activeElement));
    if (event.key === "ArrowDown") lines[at + 1]?.focus();
    else if (event.key === "ArrowUp") lines[Math.max(0, at - 1)]?.focus();
    else return;
    event.preventDefault();
  }

  return (
    <div class="card log-card" ref={list} onKeyDown={onKeyDown}>
      {days.map(([day, calls]) => (
        <section key={day} aria-label={day}>
          <h2 class="day">{day}</h2>
          <ul>
            {calls.map((call) => (
              <CallRow
                key={call.sid}
                call={call}
                me={me}
                canDial={canDial}
                reachable={call.sid === rows[0]?.sid}
                onCall={onCall}
                onOpen={onOpen}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
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
  const { scope, search } = log.get();
  if (!search.trim() && scope === "all") {
    return <Blank icon="list" title="No calls yet" text="Calls you make and take appear here." />;
  }
  const title = search.trim() ? `Nothing found for “${search.trim()}”` : "Nothing here";
  return (
    <Blank icon="search" title={title} text="Check the spelling or clear the filters.">
      <button
        type="button"
        class="small-key"
        onClick={() => {
          log.filter("all");
          log.search("");
        }}
      >
        Clear filters
      </button>
    </Blank>
  );
}
