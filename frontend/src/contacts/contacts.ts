/** The contact that is looked at, and the list of all: loaded, edited, and never half written over somebody else. */
import { type PagedList, pagedList } from "../lists/pagedList";
import type { Call } from "../messages";
import { changeOf, type Draft, draftOf, emptyDraft, isChanged } from "./draft";
import { createNoteDrafts, type NoteDrafts } from "./noteDrafts";
import type {
  Consents,
  ConsentInput,
  ContactFailure,
  ContactPage,
  ContactRow,
  ContactsApi,
  Entry,
  EntryKind,
  Group,
  OwnField,
  TimelinePage,
} from "./ports";
import { t } from "../i18n/i18n";

type Timeline = PagedList<Entry, { kind: EntryKind | null }>;

export interface OpenContact {
  /** Null for one that is being added. */
  id: number | null;
  loading: "loading" | "ready" | "failed" | "gone";
  page: ContactPage | null;
  /** While it is edited. */
  draft: Draft | null;
  before: Draft | null;
  saving: boolean;
  /** Why something could not be done, as a sentence, and what is wrong with single fields. */
  problem: string;
  wrong: Record<string, string>;
  /** Somebody else changed it while it was being edited. */
  theirs: ContactPage | null;
  counts: TimelinePage["counts"];
  consents: Consents | null;
  /** What was just done, for ears and eyes. */
  said: string;
}

interface ContactsState {
  open: OpenContact | null;
  /** Contacts are being imported. */
  importing: boolean;
  ownFields: OwnField[];
  groups: Group[];
}

export interface ContactsStore {
  get(): ContactsState;
  subscribe(listener: () => void): () => void;
  list: PagedList<ContactRow, { search: string }>;
  search(text: string): void;
  /** Of the contact that is open. */
  timeline: Timeline;
  open(id: number): void;
  /** A new one, with what is known of it. */
  add(number?: string, name?: string): void;
  close(): void;
  load(): void;
  edit(): void;
  write(change: Partial<Draft>): void;
  cancelEdit(): void;
  save(): Promise<boolean>;
  /** Of two changes, the agent's own: it is saved over the other. */
  keepMine(): Promise<boolean>;
  takeTheirs(): void;
  addNote(text: string): Promise<boolean>;
  changeNote(note: number, text: string): Promise<boolean>;
  removeNote(note: number): Promise<boolean>;
  recordConsent(said: ConsentInput): Promise<boolean>;
  block(reason: string): Promise<boolean>;
  unblock(): Promise<boolean>;
  merge(other: ContactRow): Promise<boolean>;
  undoMerge(merge: number): Promise<boolean>;
  remove(): Promise<boolean>;
  import(importing: boolean): void;
  /** A push told of a call. */
  merged(call: Call): void;
  isUnsaved(): boolean;
  notes: NoteDrafts;
  clear(): void;
}

const TYPING_PAUSE = 250;
const NOTHING: ContactsState = { open: null, importing: false, ownFields: [], groups: [] };

function fresh(id: number | null): OpenContact {
  return {
    id,
    loading: id === null ? "ready" : "loading",
    page: null,
    draft: null,
    before: null,
    saving: false,
    problem: "",
    wrong: {},
    theirs: null,
    counts: {},
    consents: null,
    said: "",
  };
}

export function createContacts(api: ContactsApi): ContactsStore {
  let state = NOTHING;
  let etag = "";
  /** Counts contacts that were opened: an answer about any but the last is not heard. */
  let turn = 0;
  const listeners = new Set<() => void>();
  const notes = createNoteDrafts();

  function tell(change: Partial<ContactsState>): void {
    state = { ...state, ...change };
    listeners.forEach((listener) => listener());
  }

  function set(change: Partial<OpenContact>): void {
    if (state.open) tell({ open: { ...state.open, ...change } });
  }

  const list = pagedList<ContactRow, { search: string }>(
    { search: "" },
    {
      first: ({ search }) => api.list(search.trim()),
      at: (next) => api.listAt(next),
      key: (row) => String(row.id),
      compare: (one, other) => one.name.localeCompare(other.name) || one.id - other.id,
      revision: (row) => Date.parse(row.updated_at),
      shows: (_, { search }) => (search.trim() ? "ask" : true),
    },
  );

  const timeline: Timeline = pagedList<Entry, { kind: EntryKind | null }>(
    { kind: null },
    {
      first: async ({ kind }) => counted(await api.timeline(state.open?.id ?? 0, kind)),
      at: async (next) => counted(await api.timelineAt(state.open?.id ?? 0, next)),
      key: (entry) => `${entry.kind} ${entry.id}`,
      compare: (one, other) => other.at.localeCompare(one.at) || other.id.localeCompare(one.id),
      revision: () => 0,
      shows: () => "ask",
    },
  );

  /** Asks anew, also while an answer is on its way that may not know of what was just done. What is shown stays. */
  function reload(): void {
    timeline.ask({});
  }

  function counted(page: TimelinePage): TimelinePage {
    set({ counts: page.counts });
    return page;
  }

  function take({ page, etag: version }: { page: ContactPage; etag: string }): void {
    etag = version;
    set({ page, loading: "ready" });
  }

  async function load(id: number): Promise<void> {
    const mine = turn;
    set({ loading: state.open?.page ? "ready" : "loading" });
    try {
      const read = await api.page(id);
      if (mine !== turn) return;
      take(read);
    } catch (failure) {
      if (mine !== turn) return;
      if ((failure as ContactFailure).status === 404) set({ loading: "gone" });
      else if (!state.open?.page) set({ loading: "failed" });
      return;
    }
    const consents = await api.consents(id).catch(() => null);
    if (mine === turn) set({ consents });
  }

  /** What all contacts share, which seldom changes: asked for with each contact, and shown as it was until then. */
  async function loadShared(): Promise<void> {
    const [ownFields, groups] = await Promise.all([
      api.ownFields().catch(() => state.ownFields),
      api.groups().catch(() => state.groups),
    ]);
    tell({ ownFields, groups });
  }

  /** Does something to the contact that is open. False when it could not be done: why stands in `problem`. */
  async function act(work: (id: number) => Promise<void>): Promise<boolean> {
    const id = state.open?.id;
    if (id === null || id === undefined || state.open?.saving) return false;
    const mine = turn;
    set({ saving: true, problem: "", wrong: {}, said: "" });
    try {
      await work(id);
      return true;
    } catch (failure) {
      if (mine === turn) set({ problem: (failure as ContactFailure).message ?? t("failure.serverCouldNot") });
      return false;
    } finally {
      if (mine === turn) set({ saving: false });
    }
  }

  async function save(over = false): Promise<boolean> {
    const open = state.open;
    if (!open?.draft || !open.before || open.saving || (open.theirs && !over)) return false;
    const mine = turn;
    const { id, draft, before } = open;
    const change = changeOf(draft, id === null ? { ...emptyDraft(), numbers: [] } : before);
    set({ saving: true, problem: "", wrong: {}, theirs: null });
    try {
      const read = await (id === null ? api.create(change) : api.change(id, change, etag));
      list.merge(read.page);
      if (mine !== turn) return true;
      const adds = id === null;
      set({ id: read.page.id, draft: null, before: null, saving: false, said: t("contact.saved") });
      take(read);
      if (adds) {
        timeline.ask({ kind: null });
        void load(read.page.id);
      }
      return true;
    } catch (failure) {
      if (mine === turn) await refused(failure as ContactFailure, id);
      return false;
    }
  }

  async function refused({ status, message, fields }: ContactFailure, id: number | null): Promise<void> {
    const problem = message ?? t("failure.serverCouldNot");
    if (status !== 412 || id === null) {
      set({ saving: false, problem, wrong: fields ?? {} });
      return;
    }
    const mine = turn;
    try {
      const read = await api.page(id);
      if (mine !== turn) return;
      etag = read.etag;
      set({ saving: false, theirs: read.page });
    } catch {
      if (mine === turn) set({ saving: false, problem });
    }
  }

  function begin(id: number | null): void {
    turn++;
    etag = "";
    timeline.clear();
    tell({ open: fresh(id), importing: false });
    void loadShared();
  }

  async function read(id: number): Promise<void> {
    const mine = turn;
    const found = await api.page(id);
    if (mine === turn) take(found);
  }

  return {
    get: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    list,
    search: (search) => list.ask({ search }, TYPING_PAUSE),
    timeline,
    open(id) {
      if (state.open?.id === id && state.open.loading === "ready") return;
      begin(id);
      timeline.ask({ kind: null });
      timeline.load();
      void load(id);
    },
    add(number, name) {
      begin(null);
      const draft = emptyDraft(number, name);
      set({ draft, before: draft });
    },
    close() {
      turn++;
      timeline.clear();
      tell({ open: null });
    },
    load() {
      if (state.open?.id) {
        timeline.load();
        void load(state.open.id);
      }
    },
    edit() {
      const page = state.open?.page;
      if (!page) return;
      const draft = draftOf(page);
      set({ draft, before: draft, problem: "", wrong: {}, theirs: null, said: "" });
    },
    write(change) {
      if (state.open?.draft) set({ draft: { ...state.open.draft, ...change } });
    },
    cancelEdit: () => set({ draft: null, before: null, problem: "", wrong: {}, theirs: null }),
    save: () => save(),
    keepMine: () => save(true),
    takeTheirs() {
      const theirs = state.open?.theirs;
      if (!theirs) return;
      const draft = draftOf(theirs);
      set({ page: theirs, draft, before: draft, theirs: null, wrong: {}, problem: "" });
    },
    addNote: (text) =>
      act(async (id) => {
        await api.addNote(id, text);
        reload();
        set({ said: t("contact.noteSaved") });
      }),
    changeNote: (note, text) =>
      act(async (id) => {
        await api.changeNote(id, note, text);
        reload();
        set({ said: t("contact.noteSaved") });
      }),
    removeNote: (note) =>
      act(async (id) => {
        await api.removeNote(id, note);
        reload();
        set({ said: t("contact.noteRemoved") });
      }),
    recordConsent: (said) =>
      act(async (id) => {
        const mine = turn;
        const consents = await api.recordConsent(id, said);
        if (mine === turn) set({ consents, said: t("contact.consentSaved") });
      }),
    block: (reason) =>
      act(async (id) => {
        await api.block(id, reason);
        await read(id);
      }),
    unblock: () =>
      act(async (id) => {
        await api.unblock(id);
        await read(id);
        set({ said: t("contact.unblocked") });
      }),
    merge: (other) =>
      act(async (id) => {
        const mine = turn;
        const found = await api.merge(id, other.id, etag);
        list.refresh();
        if (mine !== turn) return;
        take(found);
        reload();
        const consents = await api.consents(id).catch(() => null);
        if (mine === turn) set({ consents, said: t("contact.merged", { name: other.name }) });
      }),
    undoMerge: (merge) =>
      act(async (id) => {
        const back = await api.undoMerge(id, merge);
        list.refresh();
        await read(id);
        reload();
        set({ said: t("contact.mergeUndone", { name: back.page.name }) });
      }),
    remove: () =>
      act(async (id) => {
        await api.remove(id, etag);
        list.refresh();
      }),
    import(importing) {
      tell({ importing });
      if (importing) void loadShared();
    },
    merged(call) {
      const page = state.open?.page;
      if (!page) return;
      const own =
        call.contact?.id === page.id || page.numbers.some((row) => row.number === call.party.number);
      if (own) reload();
    },
    isUnsaved() {
      const open = state.open;
      return Boolean(open?.draft && open.before && isChanged(open.draft, open.before));
    },
    notes,
    clear() {
      turn++;
      notes.clear();
      list.clear();
      timeline.clear();
      tell(NOTHING);
    },
  };
}
