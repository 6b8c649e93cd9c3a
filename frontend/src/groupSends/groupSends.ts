/** Group sends: the list, the one that is looked at, and the one that is written. Nothing written is lost by a call. */
import { type PagedList, pagedList } from "../lists/pagedList";
import type { Line } from "../messages";
import type { ContactFailure } from "../contacts/ports";
import { t } from "../i18n/i18n";
import type { SendsPlace } from "./address";
import type { SendDraft } from "./draft";
import type { ChoosableGroup, GroupSend, GroupSendsApi, Recipient, SendPart, SendRow, Shown } from "./ports";
import { createWriter, reasonOf, type Writing } from "./writing";

type People = PagedList<Recipient, { show: Shown; search: string }>;

interface OpenSend {
  id: number;
  loading: "loading" | "ready" | "failed" | "gone";
  send: GroupSend | null;
}

interface GroupSendsState {
  place: SendsPlace;
  open: OpenSend | null;
  /** Whose people the list has. */
  peopleOf: number | null;
  writing: Writing | null;
  groups: ChoosableGroup[] | null;
  /** What is being done just now. */
  busy: boolean;
  problem: string;
  /** What was just done, for ears and eyes. */
  said: string;
}

export interface GroupSendsStore {
  get(): GroupSendsState;
  subscribe(listener: () => void): () => void;
  list: PagedList<SendRow, object>;
  /** The people of the send that is looked at. */
  people: People;
  go(place: SendsPlace): void;
  reload(): void;
  show(shown: Shown): void;
  search(text: string): void;
  /** Begins a text, unless one is being written. */
  write(change: Partial<SendDraft>, line?: Line | null): void;
  discard(): Promise<boolean>;
  start(): Promise<boolean>;
  toMyself(number: string): Promise<boolean>;
  pause(): Promise<boolean>;
  resume(): Promise<boolean>;
  cancel(): Promise<boolean>;
  retry(recipient?: Recipient): Promise<boolean>;
  ask(recipient: Recipient): Promise<boolean>;
  loadGroups(): void;
  /** A push told of a send. */
  merge(part: SendPart): void;
  /** Pushes may have been missed. */
  refresh(): void;
  hasUnsaved(): boolean;
  clear(): void;
}

const TYPING_PAUSE = 250;
/** Rows of people follow a running send this often. */
const ROWS_PAUSE = 2000;
const PAGE = 50;
const NOTHING: GroupSendsState = {
  place: "elsewhere",
  open: null,
  peopleOf: null,
  writing: null,
  groups: null,
  busy: false,
  problem: "",
  said: "",
};

export function createGroupSends(api: GroupSendsApi): GroupSendsStore {
  let state = NOTHING;
  const listeners = new Set<() => void>();
  /** Counts what was opened: an answer about any but the last is not heard. */
  let turn = 0;
  let rows: ReturnType<typeof setTimeout> | undefined;
  /** A new text that the server has not taken yet, while another draft is looked at. */
  let unkept: Writing | null = null;

  function set(change: Partial<GroupSendsState>): void {
    state = { ...state, ...change };
    listeners.forEach((listener) => listener());
  }

  const list = pagedList<SendRow, object>(
    {},
    {
      first: () => api.list(),
      at: (next) => api.listAt(next),
      key: ({ id }) => String(id),
      compare: (one, other) => other.created_at.localeCompare(one.created_at) || other.id - one.id,
      revision: ({ revision }) => revision,
      shows: () => true,
    },
  );

  const people: People = pagedList<Recipient, { show: Shown; search: string }>(
    { show: "all", search: "" },
    {
      async first({ show, search }) {
        const id = state.open?.id ?? 0;
        const page = await api.recipients(id, { show, search: search.trim() });
        if (state.open?.id === id) set({ peopleOf: id });
        return page;
      },
      at: (next) => api.recipientsAt(state.open?.id ?? 0, next),
      key: ({ id, number }) => `${id} ${number}`,
      compare: (one, other) => (one.id ?? 0) - (other.id ?? 0),
      revision: () => 0,
      shows: () => true,
    },
  );

  const writer = createWriter(api, {
    get: () => state.writing,
    set: (writing) => set({ writing }),
    kept(send, before) {
      // Its address is one to come back to, from now on.
      if (before !== send.id && state.place === (before ?? "new")) {
        set({ place: send.id, open: { id: send.id, loading: "ready", send } });
        if (before !== null) set({ said: t("sends.keptAnew") });
      }
      put(send);
    },
  });

  function open(id: number): void {
    const mine = ++turn;
    set({ open: { id, loading: "loading", send: null }, peopleOf: null, problem: "", said: "" });
    api.send(id).then(
      (send) => {
        if (mine !== turn) return;
        if (send.state === "draft" && state.writing?.id !== id) {
          if (state.writing?.id === null) unkept = state.writing;
          writer.take(send);
        }
        set({ open: { id, loading: "ready", send } });
        if (send.state !== "draft") people.ask({ show: firstShown(send), search: "" });
      },
      ({ status }: ContactFailure) => {
        if (mine !== turn) return;
        set({ open: { id, loading: status === 404 ? "gone" : "failed", send: null } });
      },
    );
  }

  function put(send: GroupSend): void {
    if (state.open?.id === send.id) set({ open: { id: send.id, loading: "ready", send } });
    list.merge(send);
  }

  /** Does one thing at a time; a failure is a sentence. */
  async function act(work: () => Promise<void>): Promise<boolean> {
    if (state.busy) return false;
    set({ busy: true, problem: "", said: "" });
    try {
      await work();
      return true;
    } catch (error) {
      set({ problem: (error as ContactFailure).message || t("failure.serverCouldNot") });
      return false;
    } finally {
      set({ busy: false });
    }
  }

  /** What to say of a draft that somebody has thrown away, once it is kept as another; or else what was to be said. */
  async function anewIfGone(id: number, failure: ContactFailure): Promise<Error> {
    if (failure.status !== 404) return failure as unknown as Error;
    writer.anew(id);
    await writer.keep();
    return new Error(t("sends.keptAnew"));
  }

  const step = (name: "pause" | "resume" | "cancel") => () =>
    act(async () => {
      if (state.open) put(await api[name](state.open.id));
      refreshRows();
    });

  /** Rows are loaded again, unless somebody has gone on to further pages of them. */
  function refreshRows(): void {
    if (state.open && people.get().rows.length <= PAGE) people.refresh();
  }

  function rowsSoon(): void {
    rows ??= setTimeout(() => {
      rows = undefined;
      refreshRows();
    }, ROWS_PAUSE);
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    list,
    people,
    go(place) {
      if (place === state.place) return;
      turn++;
      if (state.writing?.counting) void writer.keep();
      set({ place, problem: "", said: "", ...(typeof place !== "number" && { open: null }) });
      if (place === "list") list.load();
      if (place === "new") {
        // A text that was not sent yet is gone on with; a kept one has its own address.
        if (state.writing?.id != null) set({ writing: unkept });
        unkept = null;
      }
      if (typeof place === "number") {
        const { writing } = state;
        if (writing?.id === place && writing.kept) {
          set({ open: { id: place, loading: "ready", send: writing.kept } });
        } else {
          open(place);
        }
      }
    },
    reload() {
      if (state.place === "list") list.load();
      else if (typeof state.place === "number") open(state.place);
    },
    show(show) {
      if (people.get().query.show !== show) people.ask({ show });
    },
    search: (search) => people.ask({ search }, TYPING_PAUSE),
    write(change, line = null) {
      writer.write(change, line);
      set({ said: "" });
    },
    discard: () =>
      act(async () => {
        await writer.stop();
        const id = state.writing?.id ?? null;
        if (id !== null) {
          await api.remove(id).catch((failure: ContactFailure) => {
            // Somebody was quicker.
            if (failure.status !== 404) throw failure;
          });
        }
        set({ writing: null, open: null, place: "list" });
        list.load();
      }),
    start: () =>
      act(async () => {
        if (!(await writer.keep()) || !state.writing?.id) {
          throw new Error(reasonOf(state.writing));
        }
        const { id, kept } = state.writing;
        const send = await api.start(id, kept?.revision ?? 0).catch(async (error: ContactFailure) => {
          if (error.status === 409) await writer.readAgain(id);
          throw await anewIfGone(id, error);
        });
        set({ writing: null, place: send.id, open: { id: send.id, loading: "ready", send }, peopleOf: null });
        list.merge(send);
        people.ask({ show: "all", search: "" });
      }),
    toMyself: (number) =>
      act(async () => {
        if (!(await writer.keep()) || !state.writing?.id) throw new Error(reasonOf(state.writing));
        const { id } = state.writing;
        await api.toMyself(id, number).catch(async (error: ContactFailure) => {
          throw await anewIfGone(id, error);
        });
        set({ said: t("sends.sentToMyself", { number }) });
      }),
    pause: step("pause"),
    resume: step("resume"),
    cancel: step("cancel"),
    retry: (recipient) =>
      act(async () => {
        if (!state.open) return;
        const { id } = state.open;
        if (recipient?.id) {
          await api.retryOne(id, recipient.id);
          put(await api.send(id));
        } else put(await api.retry(id));
        people.ask({ show: "all" });
      }),
    ask: (recipient) =>
      act(async () => {
        if (!state.open || !recipient.id) return;
        const answer = await api.ask(state.open.id, recipient.id);
        people.merge(answer);
        set({ said: answer.outcome === "unknown" ? t("sends.stillUnknown") : answer.outcome_text });
      }),
    loadGroups() {
      api.groups().then(
        (groups) => set({ groups }),
        () => set({ groups: state.groups ?? [] }),
      );
    },
    merge(part) {
      const row = list.get().rows.find(({ id }) => id === part.id);
      if (row) {
        if (row.revision < part.revision) list.merge({ ...row, ...part });
      } else if (state.place === "list") list.refresh();
      const { open: shown } = state;
      if (shown?.id !== part.id || !shown.send || shown.send.revision >= part.revision) return;
      const wasDraft = shown.send.state === "draft";
      set({ open: { ...shown, send: { ...shown.send, ...part } } });
      // Somebody else has started it.
      if (wasDraft && part.state !== "draft") {
        const { writing, busy } = state;
        if (writing?.id === part.id) set({ writing: null });
        open(part.id);
        if (writing?.id === part.id && !busy) {
          if (writing.counting) set({ problem: t("sends.startedMeanwhile") });
          else set({ said: t("sends.startedElsewhere") });
        }
      } else rowsSoon();
    },
    refresh() {
      if (state.place === "list") list.refresh();
      const { open: shown } = state;
      if (!shown || shown.send?.state === "draft") return;
      const mine = turn;
      api.send(shown.id).then(
        (send) => mine === turn && put(send),
        () => undefined,
      );
      refreshRows();
    },
    hasUnsaved: () =>
      unkept !== null ||
      state.writing?.counting === true ||
      (state.writing !== null && state.writing.id === null),
    clear() {
      void writer.stop();
      unkept = null;
      clearTimeout(rows);
      turn++;
      list.clear();
      people.clear();
      set({ ...NOTHING, place: state.place });
    },
  };
}

/** Who is to be looked at, if anybody is. */
function firstShown({ progress }: GroupSend): Shown {
  return progress && progress.to_look_at > 0 ? "to-look-at" : "all";
}
