/** What the desk calls whom a thread is with, and when something was: also before the threads are loaded. */
import { clock } from "../format";
import { formatDate } from "../i18n/i18n";
import { isolated, shownFirstName } from "../names";
import type { Correspondent } from "./correspondent";

/** "Maya Okonkwo", or the number when nobody knows a name. */
export function titleOf({ contact, display }: Pick<Correspondent, "contact" | "display">): string {
  return isolated(contact?.name ?? "") || isolated(display);
}

/** How sentences call them: "Maya", or the number. */
export function shortTitleOf({ contact, display }: Pick<Correspondent, "contact" | "display">): string {
  return shownFirstName(contact?.name ?? "") || isolated(display);
}

const WEEKDAY = { weekday: "short", hour: "numeric", minute: "2-digit" } as const;
const DATE = { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" } as const;
const YEAR = { ...DATE, year: "numeric" } as const;
const DAY = 86_400_000;

/** A moment in a thread: "10:55", "Mon 17:31", "12 Nov 18:04". */
export function momentOf(time: string, now: number): string {
  const at = new Date(time);
  const today = new Date(now);
  if (at.toDateString() === today.toDateString()) return clock(time);
  if (now - at.getTime() < 6 * DAY) return formatDate(at, WEEKDAY);
  return formatDate(at, at.getFullYear() === today.getFullYear() ? DATE : YEAR);
}
