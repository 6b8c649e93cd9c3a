/** The contact that is looked at: loaded, edited, and never half written over somebody else. */
import { createContactDrafts } from "./contactDrafts";
import { changeOf, type Draft, draftOf, emptyDraft } from "./draft";
import type { Consents, ContactFailure, ContactPage, ContactsApi, TimelinePage } from "./ports";
import { t } from "../i18n/i18n";

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
  /** Null while they are loaded, and when they could not be. */
  consents: Consents | null;
  consentsFailed: boolean;
  /** What was just done, for ears and eyes. */
  said: string;
}

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
    consentsFailed: false,
    said: "",
  };
}

/** `onChange`: it is another, or another one. */
export function createOpenContact(api: ContactsApi, onChange: () => void) {
  const drafts = createContactDrafts();
  let open: OpenContact | null = null;
  let etag = "";
  /** The version on which the draft was begun. */
  let draftEtag = "";
  /** What the draft that is being saved was begun with: it may be left, and come back to, meanwhile. */
  let savingFrom: Draft | null = null;
  /** Counts contacts that were opened: an answer about any but the last is not heard. */
  let turn = 0;

  function put(next: OpenContact | null): void {
    open = next;
    onChange();
  }

  function set(change: Partial<OpenContact>): void {
    if (open) put({ ...open, ...change });
  }

  /** Whether this contact is still the one that is looked at. */
  function watch(): () => boolean {
    const mine = turn;
    return () => mine === turn;
  }

  function take({ page, etag: version }: { page: ContactPage; etag: string }): void {
    etag = version;
    set({ page, loading: "ready" });
  }

  async function load(): Promise<void> {
    const id = open?.id;
    if (!id) return;
    const mine = turn;
    set({ loading: open?.page ? "ready" : "loading" });
    try {
      const read = await api.page(id);
      if (mine !== turn) return;
      take(read);
    } catch (failure) {
      if (mine !== turn) return;
      if ((failure as ContactFailure).status === 404) set({ loading: "gone" });
      else if (!open?.page) set({ loading: "failed" });
      return;
    }
    const consents = await api.consents(id).catch(() => null);
    if (mine === turn) set({ consents, consentsFailed: consents === null });
  }

  /** Does something to the contact that is open. False when it could not be done: why stands in `problem`. */
  async function act(work: (id: number) => Promise<void>): Promise<boolean> {
    const id = open?.id;
    if (id === null || id === undefined || open?.saving) return false;
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

  /** The page as it was saved, null when it was not. `over`: over what somebody else has made of it meanwhile. */
  async function save(over = false): Promise<ContactPage | null> {
    if (!open?.draft || !open.before || open.saving || (open.theirs && !over)) return null;
    const mine = turn;
    const { id, draft, before } = open;
    const isShown = () => mine === turn || open?.before === before;
    const change = changeOf(draft, id === null ? { ...emptyDraft(), numbers: [] } : before);
    set({ saving: true, problem: "", wrong: {}, theirs: null });
    savingFrom = before;
    try {
      const read = await (id === null ? api.create(change) : api.change(id, change, over ? etag : draftEtag));
      drafts.drop(id, before);
      if (!isShown()) return read.page;
      set({ id: read.page.id, draft: null, before: null, saving: false, said: t("contact.saved") });
      take(read);
      return read.page;
    } catch (failure) {
      if (isShown()) await refused(failure as ContactFailure, id);
      return null;
    } finally {
      if (savingFrom === before) savingFrom = null;
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

  async function read(id: number): Promise<void> {
    const mine = turn;
    const found = await api.page(id);
    if (mine === turn) take(found);
  }

  /** What is being written is kept for when it is come back to. */
  function leave(): void {
    turn++;
    if (open?.draft && open.before) {
      const { id, page, draft, before } = open;
      drafts.keep(id, { page, etag: draftEtag, draft, before });
    }
  }

  function begin(id: number | null, number?: string): boolean {
    leave();
    etag = draftEtag = "";
    const kept = drafts.of(id, number);
    if (!kept) {
      put(fresh(id));
      return false;
    }
    const { page, draft, before } = kept;
    etag = draftEtag = kept.etag;
    drafts.drop(id, before);
    put({ ...fresh(id), loading: "ready", page, draft, before, saving: savingFrom === before });
    return true;
  }

  return {
    get: () => open,
    set,
    watch,
    etag: () => etag,
    /** Whether it was left half written, and stands there as it was. `number`: of one that is added. */
    begin,
    close(): void {
      leave();
      put(null);
    },
    hasUnsaved: () => drafts.hasUnsaved(),
    clear(): void {
      turn++;
      drafts.clear();
      put(null);
    },
    take,
    load,
    read,
    act,
    save,
    edit(): void {
      if (!open?.page) return;
      const draft = draftOf(open.page);
      draftEtag = etag;
      set({ draft, before: draft, problem: "", wrong: {}, theirs: null, said: "" });
    },
    takeTheirs(): void {
      if (!open?.theirs) return;
      const draft = draftOf(open.theirs);
      draftEtag = etag;
      set({ page: open.theirs, draft, before: draft, theirs: null, wrong: {}, problem: "" });
    },
  };
}
