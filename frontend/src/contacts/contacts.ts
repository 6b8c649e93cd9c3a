/** Contacts: the list of all, the one that is looked at, and what is done to it. */
import { type PagedList, pagedList } from "../lists/pagedList";
import type { Call } from "../messages";
import { type Draft, emptyDraft, isChanged } from "./draft";
import { createNoteDrafts, type NoteDrafts } from "./noteDrafts";
import { createOpenContact, type OpenContact } from "./openContact";
import type {
  ConsentInput,
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
  /** Whether something of a contact is written and not saved, of the one that is open or of another. */
  isUnsaved(): boolean;
  notes: NoteDrafts;
  clear(): void;
}

const TYPING_PAUSE = 250;
const NOTHING: ContactsState = { open: null, importing: false, ownFields: [], groups: [] };

export function createContacts(api: ContactsApi): ContactsStore {
  let state = NOTHING;
  const listeners = new Set<() => void>();
  const notes = createNoteDrafts();

  function tell(change: Partial<ContactsState>): void {
    state = { ...state, ...change };
    listeners.forEach((listener) => listener());
  }

  const opened = createOpenContact(api, () => tell({ open: opened.get() }));
  const { set, act } = opened;

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

  /** What all contacts share, which seldom changes: asked for with each contact, and shown as it was until then. */
  async function loadShared(): Promise<void> {
    const [ownFields, groups] = await Promise.all([
      api.ownFields().catch(() => state.ownFields),
      api.groups().catch(() => state.groups),
    ]);
    tell({ ownFields, groups });
  }

  /** Whether it is there as it was left, half written. */
  function begin(id: number | null, number?: string): boolean {
    timeline.clear();
    const isKept = opened.begin(id, number);
    if (state.importing) tell({ importing: false });
    void loadShared();
    return isKept;
  }

  async function save(over = false): Promise<boolean> {
    const adds = state.open?.id === null;
    const page = await opened.save(over);
    if (!page) return false;
    list.merge(page);
    if (adds && state.open?.id === page.id) {
      timeline.ask({ kind: null });
      void opened.load();
    }
    return true;
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
      void opened.load();
    },
    add(number, name) {
      if (begin(null, number)) return;
      const draft = emptyDraft(number, name);
      set({ draft, before: draft });
    },
    close() {
      timeline.clear();
      opened.close();
    },
    load() {
      if (state.open?.id) {
        timeline.load();
        void opened.load();
      }
    },
    edit: opened.edit,
    write(change) {
      if (state.open?.draft) set({ draft: { ...state.open.draft, ...change } });
    },
    cancelEdit: () => set({ draft: null, before: null, problem: "", wrong: {}, theirs: null }),
    save: () => save(),
    keepMine: () => save(true),
    takeTheirs: opened.takeTheirs,
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
        const isStill = opened.watch();
        const consents = await api.recordConsent(id, said);
        if (isStill()) set({ consents, said: t("contact.consentSaved") });
      }),
    block: (reason) =>
      act(async (id) => {
        await api.block(id, reason);
        await opened.read(id);
      }),
    unblock: () =>
      act(async (id) => {
        await api.unblock(id);
        await opened.read(id);
        set({ said: t("contact.unblocked") });
      }),
    merge: (other) =>
      act(async (id) => {
        const isStill = opened.watch();
        const found = await api.merge(id, other.id, opened.etag());
        list.refresh();
        if (!isStill()) return;
        opened.take(found);
        reload();
        const consents = await api.consents(id).catch(() => null);
        const said = t("contact.merged", { name: other.name });
        if (isStill()) set({ consents, consentsFailed: consents === null, said });
      }),
    undoMerge: (merge) =>
      act(async (id) => {
        const back = await api.undoMerge(id, merge);
        list.refresh();
        await opened.read(id);
        reload();
        set({ said: t("contact.mergeUndone", { name: back.page.name }) });
      }),
    remove: () =>
      act(async (id) => {
        await api.remove(id, opened.etag());
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
      const isWritten = Boolean(open?.draft && open.before && isChanged(open.draft, open.before));
      return isWritten || opened.hasUnsaved();
    },
    notes,
    clear() {
      notes.clear();
      list.clear();
      timeline.clear();
      opened.clear();
      tell(NOTHING);
    },
  };
}
