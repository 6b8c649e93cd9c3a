/**
 * The thread that is open: what was written and said in it, and what the agent is writing. Text that may have been sent
 * is sent again under its own name, so that nobody gets it twice.
 */
import { t } from "../i18n/i18n";
import type { Call, ReadyText, Text, Thread, ThreadEntry } from "../messages";
import type { Api, TextCheck, ThreadEntryPage } from "../ports";
import { type Closed, type Correspondent, keyOf, whomOf } from "./correspondent";
import { type ChosenFile, createDrafts, type Draft, newKey } from "./drafts";

export interface Conversation extends Correspondent {
  /** Null until somebody has written. */
  thread: Thread | null;
  /** While there is no thread; later it is the thread that knows. */
  closed: Closed;
  /** What forbids texts just now, as a sentence, and whether a reason would do: said before anything is written. */
  forbidden: string;
  mayOverride: boolean;
  /** The oldest first. */
  entries: ThreadEntry[];
  next: string | null;
  status: "loading" | "ready" | "failed";
  more: "idle" | "loading" | "failed";
  draft: Draft;
  sending: boolean;
  /** Why it was not sent, or not done, as a sentence. */
  problem: string;
  /** A rule forbids the text, and a reason would do. */
  needsReason: boolean;
  /** A text that was to be sent once more, what became of that, and whether a reason would do. */
  again: Again | null;
  readyTexts: ReadyText[] | null;
}

interface Again {
  text: number;
  problem: string;
  needsReason: boolean;
}

export interface ConversationStore {
  get(): Conversation | null;
  subscribe(listener: () => void): () => void;
  open(thread: Thread): void;
  /** The thread with a number, which there may not be yet. */
  openWith(whom: Correspondent): void;
  close(): void;
  /** Whether it was opened just now, said once: then focus goes to it as soon as it is drawn. */
  isFresh(): boolean;
  load(): void;
  loadOlder(): void;
  /** Pushes may have been missed. */
  refresh(): void;
  write(text: string): void;
  choose(files: readonly File[]): void;
  discard(file: ChosenFile): void;
  /** Puts a ready-made text, filled in, where the draft ends. */
  put(text: string): void;
  loadReadyTexts(): void;
  /** `override`: why, though a rule forbids it. */
  send(override?: string): Promise<void>;
  /** The same text once more. `override`: as above. */
  retry(text: Text, override?: string): Promise<void>;
  /** Asks what became of a text of which nobody knows. */
  ask(text: Text): Promise<void>;
  assign(agent: number | null): Promise<void>;
  /** Whether the agent sees it: what is seen is read. */
  look(seen: boolean): void;
  mergeText(thread: Thread, text: Text): void;
  mergeThread(thread: Thread): void;
  mergeCall(call: Call): void;
  hasUnsent(): boolean;
  clear(): void;
}

type ConversationApi = Pick<
  Api,
  | "threads"
  | "checkText"
  | "threadTimeline"
  | "threadTimelineAt"
  | "sendText"
  | "askAbout"
  | "assignThread"
  | "readThread"
  | "uploadFile"
  | "readyTexts"
>;

interface Failure {
  message?: string;
  code?: string;
  fields?: Record<string, string>;
}

export const closedOf = ({ thread, closed }: Pick<Conversation, "thread" | "closed">): Closed =>
  thread ? thread.closed : closed;

const isOver = (call: Call): boolean => call.result !== "";

export function createConversation(api: ConversationApi): ConversationStore {
  const listeners = new Set<() => void>();
  const drafts = createDrafts(api, (key, draft) => {
    if (state && keyOf(state) === key) set({ draft });
  });
  /** Names of texts that are tried again: one that may have been sent keeps its own. */
  const againAs = new Map<number, string>();
  let state: Conversation | null = null;
  let turn = 0;
  /** The newest page is on its way: never more than one. */
  let reloading = false;
  let again = false;
  /** What came meanwhile: the answer may not know of it yet. */
  let pushed: ThreadEntry[] = [];
  let seen = false;
  let fresh = false;

  function tell(): void {
    listeners.forEach((listener) => listener());
  }

  function set(change: Partial<Conversation>): void {
    if (!state) return;
    state = { ...state, ...change };
    tell();
  }

  function show(whom: Correspondent, thread: Thread | null): void {
    fresh = true;
    state = {
      ...whom,
      thread,
      closed: "",
      forbidden: "",
      mayOverride: false,
      entries: [],
      next: null,
      status: "loading",
      more: "idle",
      draft: drafts.of(keyOf(whom)),
      sending: false,
      problem: "",
      needsReason: false,
      again: null,
      readyTexts: null,
    };
    tell();
    void load();
  }

  /** An answer to what was asked before is not heard any more. */
  function supersede(): number {
    reloading = again = false;
    pushed = [];
    return ++turn;
  }

  /** `quiet`: what is shown stays until the new is there, and when it does not come. */
  async function load(quiet = false): Promise<void> {
    if (!state) return;
    if (quiet && reloading) {
      again = true;
      return;
    }
    const mine = quiet ? turn : supersede();
    reloading = true;
    if (!quiet) set({ status: "loading", more: "idle" });
    const checking = check(state);
    try {
      const thread = state.thread ?? (await find(state));
      const page = thread ? await api.threadTimeline(thread.id) : { next: null, results: [] };
      if (mine !== turn || !state) return;
      reloading = false;
      if (thread) takeThread(thread);
      set({ ...absorbed(page, quiet), status: "ready" });
      pushed.splice(0).forEach(put);
      markRead();
      if (again) {
        again = false;
        void load(true);
      }
      const said = await checking;
      if (mine === turn && said) set(said);
    } catch {
      if (mine !== turn) return;
      reloading = again = false;
      pushed = [];
      if (!quiet) set({ status: "failed" });
    }
  }

  /** As far as the newest page goes, it says what there is. Behind it stays what was loaded before, when the page
   *  reaches that: otherwise nobody knows what lies between. */
  function absorbed(page: ThreadEntryPage, quiet: boolean): Partial<Conversation> {
    const fresh = page.results.toReversed();
    const before = quiet && state ? state : null;
    const reached = before?.entries.findIndex(({ id }) => id === fresh[0]?.id) ?? -1;
    if (!before || page.next === null || reached < 0)
      return { entries: fresh, next: page.next, more: "idle" };
    return {
      entries: [...before.entries.slice(0, reached), ...fresh],
      next: reached ? before.next : page.next,
    };
  }

  /** Null when the server does not say: it says so when a text is sent. */
  async function check({ line, number }: Correspondent): Promise<Partial<Conversation> | null> {
    const said: TextCheck | null = await api.checkText(line.id, number).catch(() => null);
    if (!said) return null;
    const { closed, message, may_override: mayOverride } = said;
    return { closed, forbidden: closed ? "" : message, mayOverride };
  }

  async function find({ line, number }: Correspondent): Promise<Thread | null> {
    const { results } = await api.threads({ search: "", scope: "all", line: line.id, number });
    return results[0] ?? null;
  }

  async function loadOlder(): Promise<void> {
    if (!state?.next || state.more === "loading") return;
    const mine = turn;
    const from = state.next;
    set({ more: "loading" });
    try {
      const page = await api.threadTimelineAt(from);
      // A page that was to follow what is not shown any more is not heard.
      if (mine !== turn || state?.next !== from) return;
      const known = new Set(state.entries.map(({ id }) => id));
      const older = page.results.filter(({ id }) => !known.has(id)).toReversed();
      set({ entries: [...older, ...state.entries], next: page.next, more: "idle" });
    } catch {
      if (mine === turn && state?.next === from) set({ more: "failed" });
    }
  }

  function put(entry: ThreadEntry): void {
    if (!state) return;
    if (reloading) pushed.push(entry);
    if (state.status !== "ready") return;
    const others = state.entries.filter(({ id }) => id !== entry.id);
    const at = others.findLastIndex((each) => Date.parse(each.at) <= Date.parse(entry.at)) + 1;
    set({ entries: others.toSpliced(at, 0, entry) });
  }

  /** Unless a newer state of it is known. */
  function takeThread(thread: Thread): void {
    if (!state?.thread || state.thread.revision <= thread.revision) set({ thread });
  }

  function markRead(): void {
    const thread = state?.thread;
    const newest = state?.entries.reduce((most, { message }) => Math.max(most, message?.id ?? 0), 0) ?? 0;
    if (!seen || !thread || thread.unread === 0 || newest === 0) return;
    // A later look tries again.
    api.readThread(thread.id, newest).catch(() => {});
  }

  function take(text: Text): void {
    put({ kind: "message", id: `message-${text.id}`, at: text.at, message: text, call: null, consent: null });
  }

  async function post(body: string, media: number[], key: string, override = ""): Promise<Text> {
    if (!state) throw new Error("No thread is open.");
    const { thread, line, number } = state;
    return api.sendText({
      thread: thread?.id ?? null,
      line: line.id,
      to: number,
      body,
      media,
      key,
      override,
    });
  }

  async function send(override = ""): Promise<void> {
    if (!state || state.sending || closedOf(state)) return;
    const key = keyOf(state);
    const text = drafts.named(key);
    if (!text) return;
    const { body } = text;
    set({ sending: true, problem: "", needsReason: false });
    try {
      const posted = await post(body, text.media, text.name, override);
      drafts.sent(key);
      // What it had no need to override is forbidden no more.
      if (!override && state && keyOf(state) === key) set({ forbidden: "" });
      sent(key, posted);
    } catch (failure) {
      if (state && keyOf(state) === key) set({ sending: false, ...refusal(failure) });
    }
  }

  function refusal(failure: unknown): { problem: string; needsReason: boolean } {
    return { problem: sentence(failure), needsReason: (failure as Failure).code === "text_needs_reason" };
  }

  async function retry({ id, body, media }: Text, override = ""): Promise<void> {
    if (!state || state.sending) return;
    const key = keyOf(state);
    const name = againAs.get(id) ?? newKey();
    againAs.set(id, name);
    set({ sending: true, again: null });
    try {
      const files = media.map((file) => file.id);
      const posted = await post(body, files, name, override);
      againAs.delete(id);
      sent(key, posted);
    } catch (failure) {
      if (state && keyOf(state) === key) set({ sending: false, again: { text: id, ...refusal(failure) } });
    }
  }

  function sent(key: string, text: Text): void {
    if (!state || keyOf(state) !== key) return;
    set({ sending: false, problem: "", needsReason: false });
    take(text);
    if (!state.thread) void load(true);
  }

  function sentence(failure: unknown): string {
    // What is wrong with a part of it says more than that something is.
    const [ofField] = Object.values((failure as Failure).fields ?? {});
    return ofField || (failure as Failure).message || t("threads.notSent");
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: (thread) => show(whomOf(thread), thread),
    openWith: (whom) => show(whom, null),
    close() {
      supersede();
      state = null;
      tell();
    },
    isFresh() {
      const was = fresh;
      fresh = false;
      return was;
    },
    load: () => void load(),
    loadOlder: () => void loadOlder(),
    refresh() {
      if (state && state.status !== "loading") void load(true);
    },
    write(text) {
      if (state) drafts.write(keyOf(state), text);
    },
    choose(files) {
      if (state) drafts.choose(keyOf(state), files);
    },
    discard(file) {
      if (state) drafts.discard(keyOf(state), file);
    },
    put(text) {
      if (state) drafts.put(keyOf(state), text);
    },
    loadReadyTexts() {
      if (!state || state.readyTexts) return;
      const mine = state.line.id;
      api
        .readyTexts(mine)
        .then((readyTexts) => state?.line.id === mine && set({ readyTexts }))
        .catch((failure: unknown) => set({ problem: sentence(failure) }));
    },
    send,
    retry,
    async ask({ id, thread }) {
      try {
        const text = await api.askAbout(id);
        if (state?.thread?.id !== thread) return;
        take(text);
        set({ problem: text.state === "unknown" ? t("threads.stillUnknown") : "" });
      } catch (failure) {
        set({ problem: sentence(failure) });
      }
    },
    async assign(agent) {
      const thread = state?.thread;
      if (!thread) return;
      try {
        const next = await api.assignThread(thread.id, agent);
        if (state?.thread?.id !== thread.id) return;
        takeThread(next);
        set({ problem: "" });
      } catch (failure) {
        set({ problem: sentence(failure) });
      }
    },
    look(now) {
      seen = now;
      if (now) markRead();
    },
    mergeText(thread, text) {
      if (!state || thread.number !== state.number || thread.line.id !== state.line.id) return;
      takeThread(thread);
      if (state.status === "failed") return;
      const known = state.entries.find(({ message }) => message?.id === text.id)?.message;
      const isOlder = known && state.thread && state.thread.revision > thread.revision;
      if (!isOlder) take(text);
      // A word that stops or allows texts is a line of its own, and only the server knows it.
      if (!known && text.direction === "inbound") void load(true);
      else markRead();
    },
    mergeThread(thread) {
      if (state?.thread?.id === thread.id) takeThread(thread);
    },
    mergeCall(call) {
      if (!state || call.party.number !== state.number || !isOver(call)) return;
      put({ kind: "call", id: `call-${call.sid}`, at: call.start_time, message: null, call, consent: null });
    },
    hasUnsent: drafts.hasUnsent,
    clear() {
      supersede();
      state = null;
      drafts.clear();
      againAs.clear();
      tell();
    },
  };
}
