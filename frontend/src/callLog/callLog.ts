/** The call log: what is shown of it, loaded by pages and kept fresh by pushes. */
import type { Call } from "../messages";
import type { Api, CallPage, LogScope } from "../ports";

export interface LogState {
  scope: LogScope;
  search: string;
  rows: Call[];
  next: string | null;
  status: "loading" | "ready" | "failed";
  more: "idle" | "loading" | "failed";
}

export interface CallLogStore {
  get(): LogState;
  subscribe(listener: () => void): () => void;
  load(): void;
  /** Loads the newest page behind what is shown: after a reconnect pushes may have been missed. */
  refresh(): void;
  filter(scope: LogScope): void;
  search(text: string): void;
  loadMore(): void;
  merge(call: Call): void;
  /** Nothing of any call stays: the session has ended. */
  clear(): void;
}

const TYPING_PAUSE = 250;

export function createCallLog(api: Pick<Api, "calls" | "callsAt">, agentId: number): CallLogStore {
  let state: LogState = { scope: "all", search: "", rows: [], next: null, status: "loading", more: "idle" };
  const listeners = new Set<() => void>();
  let turn = 0;
  let typing: ReturnType<typeof setTimeout> | undefined;

  function set(change: Partial<LogState>): void {
    state = { ...state, ...change };
    listeners.forEach((listener) => listener());
  }

  /** `quiet`: a failure leaves what is shown. `keep`: rows stay until the new ones are there, so nothing flickers. */
  async function fetchPage({ quiet = false, keep = false }): Promise<void> {
    const mine = ++turn;
    if (!quiet && !(keep && state.status === "ready")) set({ status: "loading", more: "idle" });
    try {
      const page = await api.calls({ search: state.search.trim(), scope: state.scope });
      if (mine === turn) take(page);
    } catch {
      if (mine === turn && !quiet) set({ status: "failed", rows: [], next: null });
    }
  }

  function take(page: CallPage): void {
    set({ status: "ready", rows: page.results, next: page.next, more: "idle" });
  }

  async function loadMore(): Promise<void> {
    if (!state.next || state.more === "loading") return;
    const mine = turn;
    set({ more: "loading" });
    try {
      const page = await api.callsAt(state.next);
      if (mine !== turn) return;
      const known = new Set(state.rows.map((row) => row.sid));
      const rows = [...state.rows, ...page.results.filter((row) => !known.has(row.sid))];
      set({ rows, next: page.next, more: "idle" });
    } catch {
      if (mine === turn) set({ more: "failed" });
    }
  }

  function merge(call: Call): void {
    if (state.status !== "ready") return;
    const known = state.rows.find((row) => row.sid === call.sid);
    if (known && known.revision > call.revision) return;
    if (!known && state.search.trim()) {
      // Only the server knows whether it matches.
      void fetchPage({ quiet: true });
      return;
    }
    const rows = state.rows.filter((row) => row.sid !== call.sid);
    const oldest = state.rows.at(-1);
    // Older than all that is shown, with more to load: it comes with its page.
    const beyond = !known && state.next !== null && oldest && call.start_time < oldest.start_time;
    if (shows(state.scope, call, agentId) && !beyond) rows.push(call);
    rows.sort((a, b) => b.start_time.localeCompare(a.start_time) || b.sid.localeCompare(a.sid));
    set({ rows });
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    load: () => void fetchPage({}),
    refresh() {
      if (state.status !== "loading") void fetchPage({ quiet: state.status === "ready" });
    },
    filter(scope) {
      if (scope === state.scope) return;
      set({ scope });
      void fetchPage({ keep: true });
    },
    search(text) {
      clearTimeout(typing);
      set({ search: text });
      typing = setTimeout(() => void fetchPage({ keep: true }), TYPING_PAUSE);
    },
    loadMore: () => void loadMore(),
    merge,
    clear() {
      turn++;
      clearTimeout(typing);
      set({ search: "", rows: [], next: null, status: "ready", more: "idle" });
    },
  };
}

function shows(scope: LogScope, call: Call, agentId: number): boolean {
  if (scope === "mine") return call.agent?.id === agentId;
  return scope === "all" || call.result === scope;
}
