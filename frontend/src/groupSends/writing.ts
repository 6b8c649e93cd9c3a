/** The text that is written for many: kept at the server while it is typed, one state after the other. */
import type { ContactFailure } from "../contacts/ports";
import { t } from "../i18n/i18n";
import type { Line } from "../messages";
import { draftOf, emptyDraft, inputOf, type SendDraft } from "./draft";
import type { GroupSend, GroupSendsApi } from "./ports";

/** A text that is written. `id` is null until the server keeps it. */
export interface Writing {
  id: number | null;
  draft: SendDraft;
  /** As the server knows it: who would get it, and what it may cost. */
  kept: GroupSend | null;
  /** The figures are not those of what stands in the form. */
  counting: boolean;
  /** Why it could not be kept, as a sentence; "" when all of it is said beside single fields. */
  problem: string;
  /** What is wrong with single fields, by the server's name of the field. */
  wrong: Record<string, string>;
}

/** The fields that have a place for what is wrong with them. */
const SAID_BESIDE = ["body", "scheduled_for", "hours_until"];

/** Whether the server would not keep what stands in the form: there are no figures of it, and none are coming. */
export function isRefused({ counting, problem, wrong }: Writing): boolean {
  return counting && (problem !== "" || Object.keys(wrong).length > 0);
}

/** Why it could not be kept, in a sentence, wherever else it is said. */
export function reasonOf(writing: Writing | null): string {
  return writing?.problem || Object.values(writing?.wrong ?? {}).join(" ");
}

function problemOf({ message, fields = {} }: Partial<ContactFailure>): string {
  const names = Object.keys(fields);
  // The message would name a field as the API does, and say again what is said beside it.
  if (names.length === 0) return message || t("failure.serverCouldNot");
  const others = names.filter((name) => !SAID_BESIDE.includes(name));
  return others.map((name) => fields[name]).join(" ");
}

/** Where it stands among all that is known of sends. */
interface Place {
  get(): Writing | null;
  set(writing: Writing): void;
  /** The server has it; `before`: the id by which it had it until now, null for one that it had not. */
  kept(send: GroupSend, before: number | null): void;
}

/** Everybody is gone through for each count: not with every letter. */
const PAUSE = 700;

export function createWriter(api: Pick<GroupSendsApi, "create" | "change" | "send">, mine: Place) {
  let typing: ReturnType<typeof setTimeout> | undefined;
  /** What is being kept, one after the other. */
  let keeping: Promise<boolean> = Promise.resolve(true);
  /** The id of the draft that was thrown away under what is written, until that has another. */
  let goneId: number | null = null;

  function change(part: Partial<Writing>): void {
    const writing = mine.get();
    if (writing) mine.set({ ...writing, ...part });
  }

  function take(send: GroupSend): void {
    goneId = null;
    const draft = draftOf(send);
    mine.set({ id: send.id, draft, kept: send, counting: false, problem: "", wrong: {} });
  }

  /** The draft of this id is gone: what is written is to be kept as another. */
  function anew(id: number): void {
    goneId = id;
    change({ id: null, kept: null, counting: true });
  }

  /** Keeps what is written, after what is being kept already. False when it could not be kept. */
  function keep(): Promise<boolean> {
    clearTimeout(typing);
    typing = undefined;
    // It may be left before its turn has come.
    const left = mine.get();
    const next = () => keepNow(left);
    keeping = keeping.then(next, next);
    return keeping;
  }

  async function keepNow(left: Writing | null): Promise<boolean> {
    const open = mine.get();
    const writing = open === null || (left?.id != null && open.id !== left.id) ? left : open;
    const values = writing && inputOf(writing.draft);
    if (!writing || !values) return false;
    if (!writing.counting) return true;
    const { draft, id } = writing;
    try {
      const kept = await (id === null
        ? api.create(values)
        : api.change(id, values, writing.kept?.revision ?? 0));
      // What was thrown away meanwhile does not come back.
      const now = mine.get();
      if (now?.id !== id) return false;
      const unchanged = now.draft === draft;
      change({ id: kept.id, kept, counting: !unchanged, problem: "", wrong: {} });
      mine.kept(kept, goneId ?? id);
      goneId = null;
      return true;
    } catch (error) {
      const failure = error as Partial<ContactFailure>;
      // Somebody has thrown the draft away while this one was written: it is kept as another.
      if (failure.status === 404 && id !== null && mine.get()?.id === id) {
        anew(id);
        return keepNow(null);
      }
      // What stands in the form is kept the next time: somebody has read by then that it was another's.
      if (failure.status === 409 && id !== null) await readAgain(id);
      change({ problem: problemOf(failure), wrong: failure.fields ?? {} });
      return false;
    }
  }

  /** Takes up what somebody else has made of the draft; what is written and not kept yet stays as it is. */
  async function readAgain(id: number): Promise<void> {
    const send = await api.send(id).catch(() => null);
    const writing = mine.get();
    if (!send || send.state !== "draft" || writing?.id !== id) return;
    if (writing.counting) change({ kept: send });
    else take(send);
  }

  function write(part: Partial<SendDraft>, line: Line | null): void {
    if (!mine.get()) goneId = null;
    const writing = mine.get() ?? {
      id: null,
      draft: emptyDraft(line),
      kept: null,
      counting: false,
      problem: "",
      wrong: {},
    };
    const draft = { ...writing.draft, ...part };
    mine.set({ ...writing, draft, counting: inputOf(draft) !== null });
    clearTimeout(typing);
    if (inputOf(draft)) typing = setTimeout(() => void keep(), PAUSE);
  }

  /** Nothing more is kept, once what is on its way has come. */
  function stop(): Promise<boolean> {
    clearTimeout(typing);
    return keeping;
  }

  return { take, keep, anew, readAgain, write, stop };
}
