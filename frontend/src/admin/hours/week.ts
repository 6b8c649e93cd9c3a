/** A week of spans as the form's hidden field holds it: seven lists of `["08:30", "12:30"]`. Pure. */

export type Span = [string, string];
export type Week = Span[][];
export interface OwnDate {
  date: string;
  name: string;
  spans: Span[];
}
export interface Bar {
  /** Hours after midnight. */
  from: number;
  to: number;
  /** It belongs to the day before. */
  isRest: boolean;
}

function hoursOf(text: string): number | null {
  const found = /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(text);
  return found ? Number(found[1]) + Number(found[2]) / 60 : null;
}

export function isPastMidnight([begins, ends]: Span): boolean {
  const from = hoursOf(begins);
  const to = hoursOf(ends);
  return from !== null && to !== null && to <= from && ends !== "24:00" && to > 0;
}

/** What is drawn on a day: its own spans, and what is left of those of the day before. */
export function barsOf(week: Week, day: number): Bar[] {
  const bars: Bar[] = [];
  for (const span of week[(day + 6) % 7] ?? []) {
    if (isPastMidnight(span)) bars.push({ from: 0, to: hoursOf(span[1]) ?? 0, isRest: true });
  }
  for (const span of week[day] ?? []) {
    const from = hoursOf(span[0]);
    const to = hoursOf(span[1]);
    if (from !== null && to !== null) bars.push({ from, to: to > from ? to : 24, isRest: false });
  }
  return bars;
}

export function copied(week: Week, from: number, to: number[]): Week {
  return week.map((spans, day) =>
    to.includes(day) ? (week[from] ?? []).map((span): Span => [...span]) : spans,
  );
}

/** After what is there already, or at nine. */
export function nextSpan(spans: Span[]): Span {
  const last = spans.at(-1);
  const from = last && !isPastMidnight(last) ? hoursOf(last[1]) : null;
  if (from === null || from >= 22) return ["09:00", "17:00"];
  const begins = Math.ceil(from) + (Number.isInteger(from) ? 1 : 0);
  return [clock(begins), clock(Math.min(begins + 4, 23))];
}

function clock(hours: number): string {
  return `${String(hours).padStart(2, "0")}:00`;
}

/** What a field holds, if it is a week; otherwise an empty one. */
export function readWeek(text: string): Week {
  try {
    const found: unknown = JSON.parse(text);
    if (Array.isArray(found) && found.length === 7)
      return found.map((day) => (Array.isArray(day) ? day : []));
  } catch {
    // Whatever it was, the server has said so.
  }
  return Array.from({ length: 7 }, () => []);
}

export function readDates(text: string): OwnDate[] {
  try {
    const found: unknown = JSON.parse(text);
    if (!Array.isArray(found)) return [];
    return found.map((row: Partial<OwnDate>) => ({
      date: String(row?.date ?? ""),
      name: String(row?.name ?? ""),
      spans: Array.isArray(row?.spans) ? row.spans : [],
    }));
  } catch {
    return [];
  }
}
