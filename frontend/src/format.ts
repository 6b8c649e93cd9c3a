/** Times and lengths as people read them. */

export function minutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${String(Math.floor((whole % 3600) / 60)).padStart(hours ? 2 : 1, "0")}:${String(whole % 60).padStart(2, "0")}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** "6 minutes 3 seconds", for ears. */
export function spokenMinutes(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(whole / 60), "minute"],
    [whole % 60, "second"],
  ] as const;
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return said.join(" ") || "0 seconds";
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
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.charAt(0).toUpperCase() ?? "")
    .join("");
}
