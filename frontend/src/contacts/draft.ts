/** A contact while it is being written: what is in the fields, and what of it is new. */
import type { ContactChange, ContactPage, LineType } from "./ports";

export interface DraftNumber {
  /** Its name in the form, which stays while the number is typed. */
  key: number;
  number: string;
  label: string;
  lineType: LineType;
}

export interface Draft {
  name: string;
  company: string;
  email: string;
  note: string;
  owner: number | null;
  language: string;
  timeZone: string;
  own: Record<string, string>;
  /** Those that it is picked for by hand. */
  groups: number[];
  numbers: DraftNumber[];
}

let keys = 0;

export function newNumber(number = ""): DraftNumber {
  return { key: ++keys, number, label: "", lineType: "" };
}

/** An empty one, with a number to begin with. */
export function emptyDraft(number = "", name = ""): Draft {
  return {
    name,
    company: "",
    email: "",
    note: "",
    owner: null,
    language: "",
    timeZone: "",
    own: {},
    groups: [],
    numbers: [newNumber(number)],
  };
}

export function draftOf(page: ContactPage): Draft {
  return {
    name: page.name,
    company: page.company,
    email: page.email,
    note: page.note,
    owner: page.owner?.id ?? null,
    language: page.language,
    timeZone: page.time_zone,
    own: { ...page.own },
    groups: page.groups.filter((group) => !group.by_rule).map((group) => group.id),
    numbers: page.numbers.map(({ number, extension, label, line_type }) => ({
      key: ++keys,
      number: extension ? `${number};ext=${extension}` : number,
      label,
      lineType: line_type,
    })),
  };
}

/** What of the draft differs from what it was begun with, as it is sent. Own fields are sent that are new or emptied. */
export function changeOf(draft: Draft, before: Draft): ContactChange {
  const change: ContactChange = {};
  for (const name of ["name", "company", "email", "note", "owner", "language"] as const) {
    if (draft[name] !== before[name]) Object.assign(change, { [name]: draft[name] });
  }
  if (draft.timeZone !== before.timeZone) change.time_zone = draft.timeZone;
  const own = Object.entries(draft.own).filter(([key, value]) => value !== (before.own[key] ?? ""));
  if (own.length) change.own = Object.fromEntries(own);
  if (!same(draft.groups.toSorted(), before.groups.toSorted())) change.groups = draft.groups;
  if (!same(sent(draft), sent(before))) change.numbers = sent(draft);
  return change;
}

export function isChanged(draft: Draft, before: Draft): boolean {
  return Object.keys(changeOf(draft, before)).length > 0;
}

function sent({ numbers }: Draft): NonNullable<ContactChange["numbers"]> {
  return numbers
    .filter(({ number }) => number.trim())
    .map(({ number, label, lineType }) => {
      const [plain = "", extension = ""] = number.split(";ext=");
      return { number: plain.trim(), extension, label: label.trim(), line_type: lineType };
    });
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
