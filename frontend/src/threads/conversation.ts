/**
 * The thread that is open: what was written and said in it, and what the agent is writing. Text that is not sent outlives
 * everything; text that may have been sent is sent again under its own name, so that nobody gets it twice.
 */
import { t } from "../i18n/i18n";
import type { Call, Contact, Line, ReadyText, Text, TextFile, Thread, ThreadEntry } from "../messages";
import type { Api } from "../ports";

/** Whom a thread is with, also before anything was written. */
export interface Correspondent {
  line: Line;
  number: string;
  display: string;
  contact: Contact | null;
}

/** A file that was chosen: on its way to the server, there, or refused. */
export interface ChosenFile {
  name: string;
  size: number;
  state: "sending" | "ready" | "failed";
  file: TextFile | null;
  problem: string;
}

interface Draft {
  text: string;
  files: ChosenFile[];
  /** Fields of a ready-made text that somebody has to fill in. */
  fields: string[];
  /** The name under which it is sent, and what was sent under it. */
  key: string;
  sentAs: string;
}

/** Why a number gets no texts from a line; "" when it gets them. */
export type Closed = Thread["closed"];

export interface Conversation extends Correspondent {
  /** Null until somebody has written. */
  thread: Thread | null;
  /** While there is no thread; later it is the thread that knows. */
  closed: Closed;
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
  readyTexts: ReadyText[] | null;
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
  /** The same text once more. */
  retry(text: Text): Promise<void>;
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
  | "threadClosed"
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
}

const EMPTY: Draft = { text: "", files: [], fields: [], key: "", sentAs: "" };
const FIELD = /\{([^{}\n]{1,40})\}/g;

let names = 0;

function newKey(): string {
  return globalThis.crypto?.randomUUID?.() ?? `${Date.now()}-${++names}-${Math.random()}`;
}

/** The fields of a ready-made text that are still to be filled in. */
export function emptyFields({ text, fields }: Pick<Draft, "text" | "fields">): string[] {
  return fields.filter((field) => text.includes(`{${field}}`));
}

/** A ready-made text with what is known put into its fields. */
export function filledIn(text: string, values: Record<string, string>): string {
  return text.replaceAll(FIELD, (whole, name: string) => values[name.trim().toLowerCase()] || whole);
}

export const closedOf = ({ thread, closed }: Pick<Conversation, "thread" | "closed">): Closed =>
  thread ? thread.closed : closed;

const keyOf = ({ line, number }: Correspondent): string => `${line.id} ${number}`;
const whomOf = ({ line, number, display, contact }: Thread): Correspondent => ({
  line,
  number,
  display,
  contact,
});
const isOver = (call: Call): boolean => call.result !== "";

export function createConversation(api: ConversationApi): ConversationStore {
  const listeners = new Set<() => void>();
  const drafts = new Map<string, Draft>();
  let state: Conversation | null = null;
  let turn = 0;
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

  function setDraft(key: string, change: Partial<Draft>): void {
    const draft = { ...(drafts.get(key) ?? EMPTY), ...change };
    if (draft.text || draft.files.length) drafts.set(key, draft);
    else drafts.delete(key);
    if (state && keyOf(state) === key) set({ draft });
  }

  function show(whom: Correspondent, thread: Thread | null): void {
    fresh = true;
    state = {
      ...whom,
      thread,
      closed: "",
      entries: [],
      next: null,
      status: "loading",
      more: "idle",
      draft: drafts.get(keyOf(whom)) ?? EMPTY,
      sending: false,
      problem: "",
      needsReason: false,
      readyTexts: null,
    };
    tell();
    void load();
  }

  /** `quiet`: what is shown stays until the new is there, and when it does not come. */
  async function load(quiet = false): Promise<void> {
    if (!state) return;
    const mine = ++turn;
    if (!quiet) set({ status: "loading" });
    try {
      const thread = state.thread ?? (await find(state));
      const page = thread ? await api.threadTimeline(thread.id) : { next: null, results: [] };
      const closed = thread || !state ? "" : await api.threadClosed(state.line.id, state.number);
      if (mine !== turn) return;
      const entries = page.results.toReversed();
      set({ thread, closed, entries, next: page.next, status: "ready", more: "idle" });
      markRead();
    } catch {
      if (mine === turn && !quiet) set({ status: "failed" });
    }
  }

  async function find({ line, number }: Correspondent): Promise<Thread | null> {
    const { results } = await api.threads({ search: "", scope: "all", line: line.id, number });
    return results[0] ?? null;
  }

  async function loadOlder(): Promise<void> {
    if (!state?.next || state.more === "loading") return;
    const mine = turn;
    set({ more: "loading" });
    try {
      const page = await api.threadTimelineAt(state.next);
      if (mine !== turn || !state) return;
      const known = new Set(state.entries.map(({ id }) => id));
      const older = page.results.filter(({ id }) => !known.has(id)).toReversed();
      set({ entries: [...older, ...state.entries], next: page.next, more: "idle" });
    } catch {
      if (mine === turn) set({ more: "failed" });
    }
  }

  function put(entry: ThreadEntry): void {
    if (!state) return;
    const others = state.entries.filter(({ id }) => id !== entry.id);
    const at = others.findLastIndex((each) => Date.parse(each.at) <= Date.parse(entry.at)) + 1;
    set({ entries: others.toSpliced(at, 0, entry) });
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
    const { draft } = state;
    const files = draft.files.flatMap(({ file }) => file ?? []);
    const body = draft.text.trim();
    const waits = draft.files.some((file) => file.state === "sending") || emptyFields(draft).length > 0;
    if ((!body && files.length === 0) || waits) return;
    const media = files.map(({ id }) => id);
    const sentAs = JSON.stringify([body, media]);
    // The very same once more may have been sent already; anything else is another text.
    const name = draft.sentAs === sentAs ? draft.key : newKey();
    setDraft(key, { key: name, sentAs });
    set({ sending: true, problem: "", needsReason: false });
    try {
      const text = await post(body, media, name, override);
      const now = drafts.get(key);
      if (now && now.text.trim() === body) setDraft(key, EMPTY);
      sent(key, text);
    } catch (failure) {
      const needsReason = (failure as Failure).code === "text_needs_reason";
      if (state && keyOf(state) === key) set({ sending: false, problem: sentence(failure), needsReason });
    }
  }

  function sent(key: string, text: Text): void {
    if (!state || keyOf(state) !== key) return;
    set({ sending: false, problem: "", needsReason: false });
    take(text);
    if (!state.thread) void load(true);
  }

  function sentence(failure: unknown): string {
    return (failure as Failure).message || t("threads.notSent");
  }

  async function upload(key: string, source: File, chosen: ChosenFile): Promise<void> {
    const settle = (change: Partial<ChosenFile>) => {
      const draft = drafts.get(key);
      if (!draft) return;
      setDraft(key, {
        files: draft.files.map((each) =>
          each.name === chosen.name && each.size === chosen.size ? { ...each, ...change } : each,
        ),
      });
    };
    try {
      settle({ state: "ready", file: await api.uploadFile(source) });
    } catch (failure) {
      settle({ state: "failed", problem: sentence(failure) });
    }
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
      turn++;
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
      if (state) setDraft(keyOf(state), { text });
    },
    choose(files) {
      if (!state) return;
      const key = keyOf(state);
      const chosen = files.map(({ name, size }): ChosenFile => ({
        name,
        size,
        state: "sending",
        file: null,
        problem: "",
      }));
      setDraft(key, { files: [...state.draft.files, ...chosen] });
      chosen.forEach((each, at) => void upload(key, files[at] as File, each));
    },
    discard(file) {
      if (state) setDraft(keyOf(state), { files: state.draft.files.filter((each) => each !== file) });
    },
    put(text) {
      if (!state) return;
      const { draft } = state;
      const fields = [...text.matchAll(FIELD)].map(([, name = ""]) => name);
      setDraft(keyOf(state), {
        text: draft.text.trim() ? `${draft.text.trimEnd()} ${text}` : text,
        fields: [...new Set([...draft.fields, ...fields])],
      });
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
    async retry({ body, media }) {
      if (!state || state.sending) return;
      const key = keyOf(state);
      set({ sending: true, problem: "" });
      try {
        sent(
          key,
          await post(
            body,
            media.map(({ id }) => id),
            newKey(),
          ),
        );
      } catch (failure) {
        if (state && keyOf(state) === key) set({ sending: false, problem: sentence(failure) });
      }
    },
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
        if (state?.thread?.id === thread.id) set({ thread: next, problem: "" });
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
      if (!state.thread || state.thread.revision <= thread.revision) set({ thread });
      if (state.status !== "ready") return;
      const known = state.entries.find(({ message }) => message?.id === text.id)?.message;
      const isOlder = known && state.thread && state.thread.revision > thread.revision;
      if (!isOlder) take(text);
      // A word that stops or allows texts is a line of its own, and only the server knows it.
      if (!known && text.direction === "inbound") void load(true);
      else markRead();
    },
    mergeThread(thread) {
      if (state?.thread?.id === thread.id && state.thread.revision <= thread.revision) set({ thread });
    },
    mergeCall(call) {
      if (state?.status !== "ready" || call.party.number !== state.number || !isOver(call)) return;
      put({ kind: "call", id: `call-${call.sid}`, at: call.start_time, message: null, call, consent: null });
    },
    hasUnsent: () => drafts.size > 0,
    clear() {
      turn++;
      state = null;
      drafts.clear();
      tell();
    },
  };
}
