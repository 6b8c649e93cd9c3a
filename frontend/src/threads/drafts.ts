/** What is being written in each thread, with its files. Text that is not sent outlives everything. */
import { t } from "../i18n/i18n";
import type { TextFile } from "../messages";
import type { Api } from "../ports";

/** A file that was chosen: on its way to the server, there, or refused. */
export interface ChosenFile {
  /** Its own: two files may be called the same. */
  key: number;
  name: string;
  size: number;
  state: "sending" | "ready" | "failed";
  file: TextFile | null;
  problem: string;
}

export interface Draft {
  text: string;
  files: ChosenFile[];
  /** Fields of a ready-made text that somebody has to fill in. */
  fields: string[];
  /** The name under which it is sent, and what was sent under it. */
  key: string;
  sentAs: string;
  /** What of it is being sent: its words, while what is written still begins with them, and its files. */
  going: { body: string; files: number[] };
}

/** Threads are named by their keys (`keyOf`). */
export interface Drafts {
  of(key: string): Draft;
  write(key: string, text: string): void;
  choose(key: string, files: readonly File[]): void;
  discard(key: string, file: ChosenFile): void;
  /** Puts a ready-made text, filled in, where the draft ends. */
  put(key: string, text: string): void;
  /** What is to be sent, and its name: the very same once more may have been sent already; else it is another text. */
  named(key: string): { body: string; media: number[]; name: string } | null;
  /** What was named last was sent; what was written and chosen meanwhile stays. */
  sent(key: string): void;
  hasUnsent(): boolean;
  clear(): void;
}

const NOTHING = { body: "", files: [] };
const EMPTY: Draft = { text: "", files: [], fields: [], key: "", sentAs: "", going: NOTHING };
const FIELD = /\{([^{}\n]{1,40})\}/g;

let names = 0;
let fileKeys = 0;

/** A text's own name: under it, it is sent once. */
export function newKey(): string {
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

/** `onChange`: the draft of this thread is another. */
export function createDrafts(
  api: Pick<Api, "uploadFile">,
  onChange: (key: string, draft: Draft) => void,
): Drafts {
  const drafts = new Map<string, Draft>();
  const of = (key: string): Draft => drafts.get(key) ?? EMPTY;

  function set(key: string, change: Partial<Draft>): void {
    const draft = { ...of(key), ...change };
    if (draft.text || draft.files.length) drafts.set(key, draft);
    else drafts.delete(key);
    onChange(key, draft);
  }

  async function upload(key: string, source: File, chosen: ChosenFile): Promise<void> {
    const settle = (change: Partial<ChosenFile>) => {
      if (!drafts.has(key)) return;
      const isIt = (each: ChosenFile) => each.key === chosen.key;
      set(key, { files: of(key).files.map((each) => (isIt(each) ? { ...each, ...change } : each)) });
    };
    try {
      settle({ state: "ready", file: await api.uploadFile(source) });
    } catch (failure) {
      settle({ state: "failed", problem: (failure as Error).message || t("threads.notSent") });
    }
  }

  return {
    of,
    write(key, text) {
      const { going } = of(key);
      // Words that were taken back are not the ones that are sent, even if they are written again.
      const isKept = text.trimStart().startsWith(going.body);
      set(key, { text, going: isKept ? going : { ...going, body: "" } });
    },
    choose(key, files) {
      const chosen = files.map(({ name, size }): ChosenFile => {
        return { key: ++fileKeys, name, size, state: "sending", file: null, problem: "" };
      });
      set(key, { files: [...of(key).files, ...chosen] });
      chosen.forEach((each, at) => void upload(key, files[at] as File, each));
    },
    discard: (key, file) => set(key, { files: of(key).files.filter((each) => each.key !== file.key) }),
    put(key, text) {
      const draft = of(key);
      const fields = [...text.matchAll(FIELD)].map(([, name = ""]) => name);
      set(key, {
        text: draft.text.trim() ? `${draft.text.trimEnd()} ${text}` : text,
        fields: [...new Set([...draft.fields, ...fields])],
      });
    },
    named(key) {
      const draft = of(key);
      const body = draft.text.trim();
      const media = draft.files.flatMap(({ file }) => (file ? [file.id] : []));
      // A file that could not be sent is not left out unsaid.
      const waits = draft.files.some(({ state }) => state !== "ready") || emptyFields(draft).length > 0;
      if ((!body && media.length === 0) || waits) return null;
      const sentAs = JSON.stringify([body, media]);
      const name = draft.sentAs === sentAs ? draft.key : newKey();
      set(key, { key: name, sentAs, going: { body, files: draft.files.map((each) => each.key) } });
      return { body, media, name };
    },
    sent(key) {
      if (!drafts.has(key)) return;
      const { text, files, fields, going } = of(key);
      const rest = going.body ? text.trimStart().slice(going.body.length) : text;
      const left = files.filter((each) => !going.files.includes(each.key));
      set(key, { ...EMPTY, text: rest.trimStart(), files: left, fields: rest.trim() ? fields : [] });
    },
    hasUnsent: () => drafts.size > 0,
    clear: () => drafts.clear(),
  };
}
