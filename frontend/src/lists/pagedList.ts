/** A list that the server gives by pages and keeps fresh by pushes. */

export interface Page<Row> {
  results: Row[];
  /** Where the next page is; null when this is the last. */
  next: string | null;
}

interface ListState<Row, Query> {
  query: Query;
  rows: Row[];
  next: string | null;
  status: "loading" | "ready" | "failed";
  more: "idle" | "loading" | "failed";
  /** What is shown may be old: it could not be loaded again. */
  stale: boolean;
}

export interface PagedList<Row, Query> {
  get(): ListState<Row, Query>;
  subscribe(listener: () => void): () => void;
  /** Loads anew; also what to do after a failure. */
  load(): void;
  /** Loads the newest page behind what is shown: after a reconnect pushes may have been missed. */
  refresh(): void;
  /** Asks for other rows, after a pause in milliseconds. Those that are shown stay until the answer is there. */
  ask(change: Partial<Query>, pause?: number): void;
  loadMore(): void;
  /** A push told of a row. */
  merge(row: Row): void;
  /** Nothing stays: the session has ended. */
  clear(): void;
}

export interface ListOptions<Row, Query> {
  first(query: Query): Promise<Page<Row>>;
  at(next: string): Promise<Page<Row>>;
  key(row: Row): string;
  /** In the order in which they stand. */
  compare(one: Row, other: Row): number;
  /** Of two versions of a row, the newer has the higher number. */
  revision(row: Row): number;
  /** Whether a pushed row belongs to what was asked for; "ask" when only the server knows. */
  shows(row: Row, query: Query): boolean | "ask";
}

export function pagedList<Row, Query>(query: Query, options: ListOptions<Row, Query>): PagedList<Row, Query> {
  const { key, compare, revision, shows } = options;
  const nothing = { rows: [] as Row[], next: null, more: "idle" as const, stale: false };
  let state: ListState<Row, Query> = { ...nothing, query, status: "loading" };
  const listeners = new Set<() => void>();
  /** Counts questions: an answer to any but the last is not heard. */
  let turn = 0;
  let loading = false;
  /** Pushed since the last question, whose answer may not know of them yet. */
  let pushed: Row[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(change: Partial<ListState<Row, Query>>): void {
    state = { ...state, ...change };
    listeners.forEach((listener) => listener());
  }

  function supersede(): number {
    clearTimeout(timer);
    loading = false;
    return ++turn;
  }

  /** `quiet`: a failure leaves what is shown. `keep`: rows stay until the new ones are there, so nothing flickers. */
  async function fetchFirst({ quiet = false, keep = false }): Promise<void> {
    const mine = supersede();
    loading = true;
    pushed = [];
    set({ more: "idle", ...((keep || quiet) && state.status === "ready" ? {} : { status: "loading" }) });
    try {
      const page = await options.first(state.query);
      if (mine === turn) take(page);
    } catch {
      if (mine !== turn) return;
      loading = false;
      if (quiet && state.status === "ready") set({ stale: true });
      else set({ ...nothing, status: "failed" });
    }
  }

  function take({ results, next }: Page<Row>): void {
    loading = false;
    set({ ...nothing, rows: results, next, status: "ready" });
    pushed.splice(0).forEach(put);
  }

  async function fetchMore(): Promise<void> {
    if (!state.next || state.more === "loading") return;
    const mine = turn;
    set({ more: "loading" });
    try {
      const page = await options.at(state.next);
      if (mine !== turn) return;
      const known = new Set(state.rows.map(key));
      const rows = [...state.rows, ...page.results.filter((row) => !known.has(key(row)))];
      set({ rows, next: page.next, more: "idle" });
    } catch {
      if (mine === turn) set({ more: "failed" });
    }
  }

  function put(row: Row): void {
    const known = state.rows.find((each) => key(each) === key(row));
    if (known && revision(known) > revision(row)) return;
    const shown = shows(row, state.query);
    if (!known && shown === "ask") {
      void fetchFirst({ quiet: true });
      return;
    }
    const rows = state.rows.filter((each) => each !== known);
    const last = state.rows.at(-1);
    // After all that is shown, with more to load: it comes with its page.
    const beyond = !known && state.next !== null && last !== undefined && compare(row, last) > 0;
    if (shown && !beyond) rows.push(row);
    set({ rows: rows.sort(compare) });
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    load: () => void fetchFirst({}),
    refresh() {
      if (state.status !== "loading") void fetchFirst({ quiet: state.status === "ready" });
    },
    ask(change, pause = 0) {
      supersede();
      set({ query: { ...state.query, ...change } });
      if (pause) timer = setTimeout(() => void fetchFirst({ keep: true }), pause);
      else void fetchFirst({ keep: true });
    },
    loadMore: () => void fetchMore(),
    merge(row) {
      if (loading) pushed.push(row);
      if (state.status === "ready") put(row);
    },
    clear() {
      supersede();
      pushed = [];
      // What was searched for may name somebody.
      set({ ...nothing, query, status: "ready" });
    },
  };
}
