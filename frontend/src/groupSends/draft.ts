/** A text to many while it is written: what the form holds, and what of it goes to the server. */
import type { Line } from "../messages";
import type { GroupSend, SendInput } from "./ports";

export interface SendDraft {
  title: string;
  line: number | null;
  body: string;
  groups: { id: number; name: string }[];
  contacts: { id: number; name: string }[];
  /** As they were typed. */
  numbers: string[];
  later: boolean;
  /** As a field for date and time has it, in the zone of this browser: `2026-11-28T09:00`. */
  at: string;
  keepsHours: boolean;
  from: string;
  until: string;
}

export function emptyDraft(line: Line | null): SendDraft {
  return {
    title: "",
    line: line?.id ?? null,
    body: "",
    groups: [],
    contacts: [],
    numbers: [],
    later: false,
    at: "",
    keepsHours: true,
    from: "08:00",
    until: "20:00",
  };
}

export function draftOf(send: GroupSend): SendDraft {
  return {
    title: send.title === beginningOf(send.body) ? "" : send.title,
    line: send.line.id,
    body: send.body,
    groups: send.groups,
    contacts: send.contacts,
    numbers: send.numbers,
    later: send.scheduled_for !== null,
    at: send.scheduled_for ? localField(new Date(send.scheduled_for)) : "",
    keepsHours: send.keeps_hours,
    from: send.hours_from,
    until: send.hours_until,
  };
}

/** What a send without a name of its own is called. */
function beginningOf(body: string): string {
  return [...body.trim().split(/\s+/).join(" ")].slice(0, 60).join("");
}

/** What the server takes; null while there is no line or no text, without which there is no draft. */
export function inputOf(draft: SendDraft): SendInput | null {
  const body = draft.body.trim();
  if (draft.line === null || !body) return null;
  const at = draft.later && draft.at ? new Date(draft.at) : null;
  return {
    title: draft.title.trim(),
    line: draft.line,
    body,
    groups: draft.groups.map(({ id }) => id),
    contacts: draft.contacts.map(({ id }) => id),
    numbers: draft.numbers,
    scheduled_for: at && !Number.isNaN(at.getTime()) ? at.toISOString() : null,
    keeps_hours: draft.keepsHours,
    // A time that is being typed is none yet.
    ...(draft.from && draft.until && { hours_from: draft.from, hours_until: draft.until }),
  };
}

const NUMBER = /^[+(\d][\d\s()./-]{4,30}$/;

/** Whether it is a whole number, as people write them. Which numbers there are, the server knows. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

export function hasPeople({ groups, contacts, numbers }: SendDraft): boolean {
  return groups.length + contacts.length + numbers.length > 0;
}

/** Whether the time that was chosen is past: the text would go out at once. The minute that runs is not. */
export function isPast({ later, at }: SendDraft, now: number): boolean {
  return later && Date.parse(at) <= now - 60_000;
}

/** Whether it begins outside the hours that it keeps, where this browser is. */
export function isOutsideHours({ later, at, keepsHours, from, until }: SendDraft, now: number): boolean {
  if (!keepsHours || !from || !until) return false;
  const begins = localField(new Date((later && Date.parse(at)) || now)).slice(-5);
  return from < until ? begins < from || begins >= until : begins < from && begins >= until;
}

/** A moment as a field for date and time takes it. */
export function localField(moment: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const day = `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${day}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}
