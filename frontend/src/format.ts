/** Times, lengths and counts as people read and hear them. */
import { plain } from "./names";
import { formatDate, t } from "./i18n/i18n";

export function minutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${String(Math.floor((whole % 3600) / 60)).padStart(hours ? 2 : 1, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** "6 minutes 3 seconds", for ears. */
export function spokenMinutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [inMinutes, inSeconds] = [Math.floor(whole / 60), whole % 60];
  return [
    inMinutes > 0 && t("time.minutes", { count: inMinutes }),
    (inSeconds > 0 || inMinutes === 0) && t("time.seconds", { count: inSeconds }),
  ]
    .filter(Boolean)
    .join(" ");
}

/** "2 0 2, 5 5 5, 0 1 4 2", for ears: digit by digit, in the groups in which the number is written. */
export function spokenNumber(display: string): string {
  const groups = display.match(/\d+/g) ?? [];
  const plus = display.trim().startsWith("+") ? `${t("time.plus")} ` : "";
  return groups.length ? plus + groups.map((group) => [...group].join(" ")).join(", ") : display;
}

const CLOCK = { hour: "numeric", minute: "2-digit" } as const;
const EXACT = { ...CLOCK, second: "2-digit" } as const;
const WEEKDAY = { weekday: "long", day: "numeric", month: "long" } as const;
const DATE = { day: "numeric", month: "short" } as const;
const FULL = { dateStyle: "full", timeStyle: "short" } as const;

export function clock(time: string | number): string {
  return formatDate(new Date(time), CLOCK);
}

/** To the second, for what happened one after the other. */
export function exactClock(time: string): string {
  return formatDate(new Date(time), EXACT);
}

export function fullTime(time: string): string {
  return formatDate(new Date(time), FULL);
}

function daysAgo(time: string, now: number): number {
  const day = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
  return Math.round((day(new Date(now)) - day(new Date(time))) / 86_400_000);
}

/** The heading over the rows of a day. */
export function dayName(time: string, now: number): string {
  const ago = daysAgo(time, now);
  if (ago === 0) return t("time.today");
  if (ago === 1) return t("time.yesterday");
  return formatDate(new Date(time), WEEKDAY);
}

/** A past moment in a short column: "10:42", "Yesterday", "12 Nov". */
export function shortWhen(time: string, now: number): string {
  const ago = daysAgo(time, now);
  if (ago === 0) return clock(time);
  if (ago === 1) return t("time.yesterday");
  return formatDate(new Date(time), DATE);
}

export function initials(name: string): string {
  const words = plain(name)
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word));
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.charAt(0).toUpperCase() ?? "")
    .join("");
}
