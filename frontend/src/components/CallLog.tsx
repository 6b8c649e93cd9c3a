/** The call log: search, filters, rows by day, and a key to call back. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { CallLogStore } from "../callLog/callLog";
import { dayName } from "../format";
import type { Call } from "../messages";
import type { LogScope } from "../ports";
import { CallRow } from "./CallRow";
import { Icon, type IconName } from "./Icon";
import { useStore } from "./useStore";

const SCOPES: [LogScope, string][] = [
  ["all", "All"],
  ["mine", "Mine"],
  ["missed", "Missed"],
  ["voicemail", "Voicemail"],
];

interface Props {
  log: CallLogStore;
  canDial: boolean;
  onCall(call: Call): void;
}

export function CallLog({ log, canDial, onCall }: Props) {
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
        {status === "ready" && search.trim() !== "" && `${rows.length}${next ? " or more" : ""} calls found.`}
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
      {status === "ready" && rows.length > 0 && <Rows rows={rows} canDial={canDial} onCall={onCall} />}
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

function Rows({ rows, canDial, onCall }: { rows: Call[]; canDial: boolean; onCall(call: Call): void }) {
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
                canDial={canDial}
                reachable={call.sid === rows[0]?.sid}
                onCall={onCall}
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

interface BlankProps {
  icon: IconName;
  title: string;
  text: string;
  children?: preact.ComponentChildren;
}

function Blank({ icon, title, text, children }: BlankProps) {
  return (
    <div class="card blank">
      <Icon name={icon} size={28} />
      <p class="blank-title">{title}</p>
      <p>{text}</p>
      {children}
    </div>
  );
}

/** Nothing for 300 ms, then grey bars; after 8 s a word. */
export function Loading() {
  const [late, setLate] = useState<"" | "bars" | "still">("");
  useEffect(() => {
    const bars = setTimeout(() => setLate("bars"), 300);
    const still = setTimeout(() => setLate("still"), 8000);
    return () => {
      clearTimeout(bars);
      clearTimeout(still);
    };
  }, []);
  if (!late) return null;
  return (
    <div class="card loading" aria-busy="true">
      <p class={late === "still" ? "small quiet" : "visually-hidden"} role="status">
        {late === "still" ? "Still loading…" : "Loading"}
      </p>
      {[1, 2, 3, 4].map((row) => (
        <div class="bones" key={row}>
          <span class="bone bone-dot" />
          <span class="bone" />
          <span class="bone bone-short" />
        </div>
      ))}
    </div>
  );
}
