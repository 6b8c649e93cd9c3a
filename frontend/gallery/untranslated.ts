/** Finds texts that are in no catalogue: those without the brackets of the test language that are no data either. */
import { clock, dayName, exactClock, fullTime, initials, shortWhen } from "../src/format";
import { firstName } from "../src/names";
import { CLOSE, OPEN } from "../src/testing/pseudo";
import { contactTexts, ENTRY_TIMES } from "./contacts";
import { sendTexts } from "./sends";
import { CONTACTS, COLLEAGUES, HAPPENED, HISTORY, LOG, LONG_LOG } from "./data";
import { backTimes } from "../src/softphone/presence";
import { momentOf } from "../src/threads/words";
import { READY_TEXTS, THREADS, TIMELINES } from "./texts";
import { POOR, SOUND } from "./quality";
import { ABROAD, config, CONTACT, DEVICES, NIGHT, NIGHT_TEXT, THEIRS, TOO_SHORT } from "./fakes";
import { TARGETS } from "./rooms";
import { EXHIBITS } from "./states";

const READ = ["aria-label", "aria-valuetext", "aria-roledescription", "title", "placeholder", "alt"];
const BRACKETED = new RegExp(`${OPEN}[^${OPEN}${CLOSE}]*${CLOSE}`, "g");
const BETWEEN = "\u0000";

export function untranslated(root: Element): string[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: string[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!isKeyCap(node.parentElement)) texts.push(node.textContent ?? "");
  }
  const attributes = [...root.querySelectorAll("*")].flatMap((element) =>
    READ.flatMap((name) => element.getAttribute(name) || []),
  );
  // A message may begin in one element and end in another.
  return [texts.join(BETWEEN), ...attributes].flatMap(withoutCatalogue);
}

/** What is left of a text without messages, without data, and without what has no letters. */
export function withoutCatalogue(text: string): string[] {
  let rest = text;
  for (let before = ""; before !== rest;) [before, rest] = [rest, rest.replace(BRACKETED, "")];
  return rest
    .split(BETWEEN)
    .map((part) => part.trim())
    .filter(isOurs);
}

/** What was found out of a text: most of them stand in every state. */
const judged = new Map<string, boolean>();

/** Whether letters are left of a text without data. */
function isOurs(part: string): boolean {
  const before = judged.get(part);
  if (before !== undefined) return before;
  const { texts, initials: letters } = data();
  const ours =
    /\p{L}/u.test(part) &&
    !letters.has(part) &&
    /\p{L}/u.test(texts.reduce((left, each) => left.replaceAll(each, ""), part));
  judged.set(part, ours);
  return ours;
}

/** "N", "F6": what stands on a key is the same in every language, unless it is a word. */
function isKeyCap(element: Element | null): boolean {
  return element?.tagName === "KBD" && element.textContent.length <= 2;
}

/** Where names, numbers, places and the server's sentences stand. */
const FIELDS = new Set(
  "body problem help why name display number place company line note message label title detail missed username country summary text".split(
    " ",
  ),
);
const SOURCES = [
  EXHIBITS,
  LOG,
  LONG_LOG,
  HISTORY,
  COLLEAGUES,
  CONTACTS,
  HAPPENED,
  SOUND,
  POOR,
  config,
  CONTACT,
  ABROAD,
  TARGETS,
  DEVICES,
  THEIRS,
  TOO_SHORT,
  NIGHT,
  NIGHT_TEXT,
  THREADS,
  TIMELINES,
  READY_TEXTS,
];

interface Data {
  /** The longest first. */
  texts: string[];
  initials: Set<string>;
}

let known: Data | null = null;

/** What is not ours to translate. */
function data(): Data {
  known ??= collected();
  return known;
}

function collected(): Data {
  const texts = [
    ...new Set([
      "Ringdesk",
      ...SOURCES.flatMap((source) => fields(source)),
      ...contactTexts(),
      ...sendTexts(),
      ...times(),
    ]),
  ]
    .flatMap((text) => [text, firstName(text)])
    .filter((text) => /\p{L}/u.test(text))
    .toSorted((a, b) => b.length - a.length);
  return { texts, initials: new Set(texts.map(initials)) };
}

function fields(value: unknown, name = ""): string[] {
  if (typeof value === "string") return FIELDS.has(name) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => fields(inner, key));
}

function times(): string[] {
  const now = Date.now();
  const all = [...LOG, ...LONG_LOG, ...HISTORY].map((call) => call.start_time);
  const texts = [
    ...THREADS.map(({ last_at }) => last_at),
    ...Object.values(TIMELINES)
      .flat()
      .map(({ at }) => at),
  ];
  const moments = texts.flatMap((time) => [momentOf(time, now), shortWhen(time, now), fullTime(time)]);
  // Drawn a little later, they may be the next ones.
  const back = [0, 5, 10].flatMap((minutes) => backTimes(now + minutes * 60_000).map(clock));
  return [...moments, ...back, ...timesOf(all, now)];
}

function timesOf(all: string[], now: number): string[] {
  return [...all, ...HAPPENED.map((entry) => entry.at), ...ENTRY_TIMES, new Date(now).toISOString()].flatMap(
    (time) => [clock(time), exactClock(time), fullTime(time), dayName(time, now), shortWhen(time, now)],
  );
}
