/**
 * Calls that are looked at: what happened in the one that was opened from the log, and what is noted of it and of those
 * that are talked on. Text that is not saved outlives everything.
 */
import type { Call } from "../messages";
import type { Api, CallNote, CallQuality, TimelineEntry } from "../ports";
import { t } from "../i18n/i18n";

export interface OpenCall {
  sid: string;
  /** As the log shows it until the server has answered. */
  call: Call;
  timeline: TimelineEntry[] | null;
  quality: CallQuality[];
  loading: "loading" | "ready" | "failed";
  /** What the server has. */
  saved: CallNote;
  /** What the agent has written. */
  draft: CallNote;
  saving: "idle" | "saving" | "saved" | "failed";
  /** Why it was not saved, as a sentence. */
  problem: string;
  /** What somebody else noted while the agent was writing something else. */
  theirs: CallNote | null;
}

export interface CallDetailsStore {
  /** The call that is opened. */
  get(): OpenCall | null;
  /** A call that is opened or noted; null for any other. */
  at(sid: string): OpenCall | null;
  subscribe(listener: () => void): () => void;
  open(call: Call): void;
  close(): void;
  /** Lets a call be noted that is not opened. */
  note(call: Call): void;
  /** Forgets a call that was noted, unless it has text that is not saved. */
  release(sid: string): void;
  /** Loads again after a failure. */
  load(): void;
  /** What was measured of a call has come to the server. */
  measured(sid: string): void;
  /** A push told of a call. */
  merge(call: Call): void;
  write(sid: string, change: Partial<CallNote>): void;
  save(sid: string): Promise<void>;
  /** Of two texts, the agent's own: it is saved over the other. */
  keepMine(sid: string): Promise<void>;
  takeTheirs(sid: string): void;
  /** Whether this call has text that is not saved. */
  isUnsaved(sid: string): boolean;
  /** Nothing of any call stays, unsaved text neither: the session has ended, and nobody could save it. */
  clear(): void;
  /** Whether some call has text that is not saved. */
  hasUnsaved(): boolean;
}

type DetailsApi = Pick<Api, "versionedCall" | "noteCall" | "timeline">;
interface Failure {
  status?: number;
  message?: string;
}

/** How often a change is repeated when only Twilio, not a person, changed the call meanwhile. */
const REPEATS = 3;

export const sameNote = (one: CallNote, other: CallNote): boolean =>
  one.note === other.note && one.outcome === other.outcome;

const noteOf = ({ note, outcome }: Call): CallNote => ({ note, outcome });

export function createCallDetails(api: DetailsApi): CallDetailsStore {
  const known = new Map<string, OpenCall>();
  const versions = new Map<string, string>();
  const noting = new Set<string>();
  const listeners = new Set<() => void>();
  let shown: string | null = null;
  let turn = 0;

  function set(sid: string, change: Partial<OpenCall>): void {
    const before = known.get(sid);
    if (!before) return;
    known.set(sid, { ...before, ...change });
    tell();
  }

  function tell(): void {
    listeners.forEach((listener) => listener());
  }

  /** `quiet`: what is shown stays when it fails. */
  async function load(sid: string, quiet = false): Promise<void> {
    const mine = ++turn;
    if (!quiet) set(sid, { loading: "loading" });
    try {
      const [{ call, etag, quality = [] }, timeline] = await Promise.all([
        api.versionedCall(sid),
        api.timeline(sid),
      ]);
      if (mine !== turn) return;
      take(call, etag);
      set(sid, { timeline, quality, loading: "ready" });
    } catch {
      if (mine === turn && !quiet) set(sid, { loading: "failed" });
    }
  }

  /** A newer call than the one that is known: its note replaces what was saved, never what is being written. */
  function take(call: Call, etag?: string): void {
    const before = known.get(call.sid);
    if (!before || before.call.revision > call.revision) return;
    if (etag !== undefined) versions.set(call.sid, etag);
    const now = noteOf(call);
    const untouched = sameNote(before.draft, before.saved);
    if (untouched || sameNote(before.draft, now)) {
      set(call.sid, { call, saved: now, draft: now, theirs: null });
    } else if (before.saving === "saving") {
      // Whether this is our own change or somebody else's is for the answer to say.
      set(call.sid, { call });
    } else if (sameNote(before.saved, now)) {
      set(call.sid, { call, theirs: null });
    } else {
      set(call.sid, { call, theirs: now });
    }
  }

  async function save(sid: string): Promise<void> {
    const open = known.get(sid);
    if (!open || open.theirs || open.saving === "saving" || sameNote(open.draft, open.saved)) return;
    const sent = open.draft;
    set(sid, { saving: "saving", problem: "" });
    try {
      const theirs = await send(sid, sent, open.saved);
      if (theirs) set(sid, { saving: "idle", theirs });
      else settle(sid, sent);
    } catch (failure) {
      const { message } = failure as Failure;
      set(sid, { saving: "failed", problem: message ?? t("note.serverCouldNot") });
    }
  }

  /** Saves; returns what somebody else noted when that stands in the way. */
  async function send(sid: string, sent: CallNote, saved: CallNote): Promise<CallNote | null> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { call, etag } = await api.noteCall(sid, changed(sent, saved), versions.get(sid) ?? "");
        versions.set(sid, etag);
        set(sid, { call });
        return null;
      } catch (failure) {
        if ((failure as Failure).status !== 412 || attempt > REPEATS) throw failure;
      }
      const { call, etag } = await api.versionedCall(sid);
      versions.set(sid, etag);
      set(sid, { call });
      const now = noteOf(call);
      if (sameNote(now, sent)) return null;
      if (!sameNote(now, saved)) return now;
    }
  }

  function settle(sid: string, sent: CallNote): void {
    const open = known.get(sid);
    // What was typed while it was being saved is not saved yet.
    const untouched = open ? sameNote(open.draft, sent) : true;
    set(sid, { saved: sent, saving: untouched ? "saved" : "idle", theirs: null });
    if (sid === shown) void load(sid, true);
  }

  const at = (sid: string): OpenCall | null => known.get(sid) ?? null;
  const current = (): OpenCall | null => (shown === null ? null : at(shown));

  function isUnsaved(sid: string): boolean {
    const open = known.get(sid);
    return open !== undefined && !sameNote(open.draft, open.saved);
  }

  function know(call: Call): void {
    if (known.has(call.sid)) return take(call);
    const saved = noteOf(call);
    const fresh = {
      sid: call.sid,
      call,
      timeline: null,
      quality: [],
      saved,
      draft: saved,
      problem: "",
      theirs: null,
    };
    known.set(call.sid, { ...fresh, loading: "loading", saving: "idle" });
  }

  function drop(sid: string): void {
    if (sid !== shown && !noting.has(sid) && known.get(sid)?.saving !== "saving" && !isUnsaved(sid))
      known.delete(sid);
  }

  /** The version to which a note of a call that lives is made, and what is noted already. */
  async function readVersion(sid: string): Promise<void> {
    try {
      const { call, etag } = await api.versionedCall(sid);
      take(call, etag);
    } catch {
      // Saving says whether the note can be kept.
    }
  }

  return {
    get: current,
    at,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open(call) {
      shown = call.sid;
      know(call);
      void load(call.sid, known.get(call.sid)?.loading === "ready");
      tell();
    },
    close() {
      const sid = shown;
      shown = null;
      if (sid !== null) drop(sid);
      tell();
    },
    note(call) {
      noting.add(call.sid);
      know(call);
      void readVersion(call.sid);
      tell();
    },
    release(sid) {
      noting.delete(sid);
      drop(sid);
    },
    load() {
      if (shown !== null) void load(shown);
    },
    measured(sid) {
      if (sid === shown) void load(sid, true);
    },
    merge(call) {
      const before = known.get(call.sid);
      if (!before || before.call.revision > call.revision) return;
      take(call);
      if (call.sid === shown && before.saving !== "saving") void load(call.sid, true);
    },
    write(sid, change) {
      const open = known.get(sid);
      if (open)
        set(sid, {
          draft: { ...open.draft, ...change },
          saving: open.saving === "saving" ? "saving" : "idle",
        });
    },
    save,
    async keepMine(sid) {
      const open = known.get(sid);
      if (!open?.theirs) return;
      set(sid, { saved: open.theirs, theirs: null });
      await save(sid);
    },
    takeTheirs(sid) {
      const theirs = known.get(sid)?.theirs;
      if (theirs) set(sid, { saved: theirs, draft: theirs, theirs: null, saving: "idle" });
    },
    isUnsaved,
    clear() {
      turn++;
      known.clear();
      versions.clear();
      shown = null;
      listeners.forEach((listener) => listener());
    },
    hasUnsaved: () => [...known.keys()].some(isUnsaved),
  };
}

function changed(sent: CallNote, saved: CallNote): Partial<CallNote> {
  return {
    ...(sent.note === saved.note ? {} : { note: sent.note }),
    ...(sent.outcome === saved.outcome ? {} : { outcome: sent.outcome }),
  };
}
