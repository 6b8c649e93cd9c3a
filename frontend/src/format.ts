/** Times, lengths and counts as people read and hear them. */
import { plain } from "./names";

export function minutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${String(Math.floor((whole % 3600) / 60)).padStart(hours ? 2 : 1, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** "1 call", "2 calls". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** "6 minutes 3 seconds", for ears. */
export function spokenMinutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 60), "minute"],
    [whole % 60, "second"],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, unit]) => counted(count, unit));
  return said.join(" ") || "0 seconds";
}

/** "2 0 2, 5 5 5, 0 1 4 2", for ears: digit by digit, in the groups in which the number is written. */
export function spokenNumber(display: string): string {
  const groups = display.match(/\d+/g) ?? [];
  const plus = display.trim().startsWith("+") ? "plus " : "";
  return groups.length ? plus + groups.map((group) => [...group].join(" ")).join(", ") : display;
}

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const EXACT = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });

export function clock(time: string | number): string {
  return CLOCK.format(new Date(time));
}

/** To the second, for what happened one after the other. */
export function exactClock(time: string): string {
  return EXACT.format(new Date(time));
}

export function fullTime(time: string): string {
  return FULL.format(new Date(time));
}

function daysAgo(time: string, now: number): number {
  const day = (at: Date) => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
  return Math.round((day(new Date(now)) - day(new Date(time))) / 86_400_000);
}

/** The heading over the rows of a day. */
export function dayName(time: string, now: number): string {
  const ago = daysAgo(time, now);
  if (ago === 0) return "Today";
  if (ago === 1) return "Yesterday";
  return WEEKDAY.format(new Date(time));
}

/** A past moment in a short column: "10:42", "Yesterday", "12 Nov". */
export function shortWhen(time: string, now: number): string {
  const ago = daysAgo(time, now);
  if (ago === 0) return clock(time);
  if (ago === 1) return "Yesterday";
  return DATE.format(new Date(time));
}

export function initials(name: string): string {
  const words = plain(name)
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word));
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.charAt(0).toUpperCase() ?? "")
    .join("");
}
