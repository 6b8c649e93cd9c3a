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
  /** Loads the newest page into what is shown, further pages stay: after a reconnect pushes may have been missed. */
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
  /** What belongs to a pushed row, and is none itself, though it may have been one before. */
  holds?(row: Row): string[];
}

export function pagedList<Row, Query>(query: Query, options: ListOptions<Row, Query>): PagedList<Row, Query> {
  const { key, compare, revision, shows, holds = () => [] } = options;
  const nothing = { rows: [] as Row[], next: null, more: "idle" as const, stale: false };
  let state: ListState<Row, Query> = { ...nothing, query, status: "loading" };
  const listeners = new Set<() => void>();
  /** Counts questions: an answer to any but the last, or what belongs to it, is not heard. */
  let turn = 0;
  /** A question waits for its answer, or to be asked. What is shown may be the answer to another. */
  let asking = false;
  /** The newest page of the same question is on its way: never more than one. */
  let reloading = false;
  let again = false;
  /** Pushed meanwhile: the answer may not know of them yet. */
  let pushed: Row[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(change: Partial<ListState<Row, Query>>): void {
    state = { ...state, ...change };
    listeners.forEach((listener) => listener());
  }

  function supersede(): number {
    clearTimeout(timer);
    asking = reloading = again = false;
    pushed = [];
    return ++turn;
  }

  /** Its answer replaces what is shown, and so does its failure. `keep`: until then rows stay, so that nothing
   *  flickers. */
  async function question({ keep = false, pause = 0 }): Promise<void> {
    const mine = supersede();
    asking = true;
    set({ more: "idle", ...(keep && state.status === "ready" ? {} : { status: "loading" }) });
    if (pause) await new Promise((resolve) => (timer = setTimeout(resolve, pause)));
    if (mine !== turn) return;
    try {
      const { results, next } = await options.first(state.query);
      if (mine !== turn) return;
      asking = false;
      set({ ...nothing, rows: results, next, status: "ready" });
      caughtUp();
    } catch {
      if (mine !== turn) return;
      asking = again = false;
      set({ ...nothing, status: "failed" });
    }
  }

  /** Takes the newest page into what is shown. A failure leaves that, and says that it may be old. */
  async function reload(): Promise<void> {
    if (asking || reloading) {
      again = true;
      return;
    }
    reloading = true;
    pushed = [];
    const mine = turn;
    try {
      const page = await options.first(state.query);
      if (mine !== turn) return;
      reloading = false;
      absorb(page);
      caughtUp();
    } catch {
      if (mine !== turn) return;
      reloading = again = false;
      set({ stale: true });
    }
  }

  /** After an answer: what was pushed while it was on its way, and what was to be asked after it. */
  function caughtUp(): void {
    const asked = again;
    again = false;
    pushed.splice(0).forEach(put);
    if (asked) void reload();
  }

  /** As far as the page goes, it says what there is. Behind it stays what was loaded before, when the page reaches that:
   *  otherwise nobody knows what lies between. */
  function absorb({ results, next }: Page<Row>): void {
    const known = new Map(state.rows.map((row) => [key(row), row]));
    const end = results.at(-1);
    const fresh = results.map((row) => newer(known.get(key(row)), row));
    if (next === null || end === undefined || !known.has(key(end))) {
      // A page that was to follow what is not there any more is not heard.
      turn++;
      set({ ...nothing, rows: fresh, next });
      return;
    }
    const behind = state.rows.filter((row) => compare(row, end) > 0);
    set({ rows: [...fresh, ...behind], next: behind.length ? state.next : next, stale: false });
  }

  function newer(known: Row | undefined, row: Row): Row {
    return known && revision(known) > revision(row) ? known : row;
  }

  async function fetchMore(): Promise<void> {
    if (!state.next || state.more === "loading" || asking) return;
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

  function find(row: Row): Row | undefined {
    return state.rows.find((each) => key(each) === key(row));
  }

  function put(row: Row): void {
    const known = find(row);
    if (known && revision(known) > revision(row)) return;
    leave(holds(row));
    const shown = shows(row, state.query);
    if (!known && shown === "ask") {
      void reload();
      return;
    }
    const rows = state.rows.filter((each) => each !== known);
    const last = state.rows.at(-1);
    // After all that is shown, with more to load: it comes with its page.
    const beyond = !known && state.next !== null && last !== undefined && compare(row, last) > 0;
    if (shown && !beyond) rows.push(row);
    set({ rows: rows.sort(compare) });
  }

  function leave(keys: string[]): void {
    const rows = state.rows.filter((each) => !keys.includes(key(each)));
    if (rows.length < state.rows.length) set({ rows });
  }

  function merge(row: Row): void {
    if (asking || reloading) pushed.push(row);
    if (state.status !== "ready") return;
    const known = find(row);
    if (asking) {
      // What is shown answers another question: a row of it is kept fresh, and none is added.
      if (known) set({ rows: state.rows.map((each) => (each === known ? newer(known, row) : each)) });
    } else if (known || !reloading || shows(row, state.query) !== "ask") {
      put(row);
    }
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    load: () => void question({}),
    refresh() {
      if (state.status === "failed") void question({});
      else void reload();
    },
    ask(change, pause = 0) {
      set({ query: { ...state.query, ...change } });
      void question({ keep: true, pause });
    },
    loadMore: () => void fetchMore(),
    merge,
    clear() {
      supersede();
      // What was searched for may name somebody.
      set({ ...nothing, query, status: "ready" });
    },
  };
}
