/**
 * The desk's words in the page's language, which is chosen once, before anything is drawn. Messages must be asked for
 * while drawing, never when a module is loaded. The words themselves come with the page, only those of its language; some
 * screens bring their own.
 */
import type { Catalogue, Key, Message, PageWords, Values } from "./messages";

export type Language = "en" | "de";

const LANGUAGES: readonly string[] = ["en", "de"] satisfies Language[];

let catalogue: Partial<Catalogue> = {};
let locale = localeOf("en");
let plurals = new Intl.PluralRules(locale);
let numbers = new Intl.NumberFormat(locale);
let formats = new Map<string, Intl.DateTimeFormat>();

/** The language of the page; English for one that this desk does not speak. */
export function languageOf(code: string | undefined): Language {
  return code !== undefined && LANGUAGES.includes(code) ? (code as Language) : "en";
}

export function setLanguage(language: Language, words: PageWords): void {
  catalogue = words;
  locale = localeOf(language);
  plurals = new Intl.PluralRules(locale);
  numbers = new Intl.NumberFormat(locale);
  formats = new Map();
}

/** The words of a screen that was loaded later, in the language of the page. */
export function addWords(words: Partial<Catalogue>): void {
  catalogue = { ...catalogue, ...words };
}

/** As people of this language write times where they are: British and American clocks differ. */
function localeOf(language: Language): string {
  return navigator.languages.find((each) => each.split("-")[0] === language) ?? language;
}

/** The text of a message. Numbers are written as the language writes them. */
export function t<K extends Key>(key: K, ...[values]: Values<K, string | number>): string {
  return parts(key, values)
    .map(({ text, value }) => text ?? (typeof value === "number" ? numbers.format(value) : value))
    .join("");
}

export interface Part<Value> {
  text?: string;
  value?: Value;
}

/** A message as the texts and the values that it consists of, in their order. */
export function parts<Value>(key: Key, values: Record<string, Value> = {}): Part<Value>[] {
  const named = (part: string) => /^\{(\w+)\}$/.exec(part)?.[1];
  // A newer server may say what this desk has no word for.
  return formOf(catalogue[key] ?? key, values.count)
    .split(/(\{\w+\})/)
    .filter((part) => part !== "")
    .map((part) => {
      const name = named(part);
      return name === undefined ? { text: part } : { value: values[name] as Value };
    });
}

function formOf(message: Message, count: unknown): string {
  if (typeof message === "string") return message;
  return plurals.select(Number(count)) === "one" ? message.one : message.other;
}

/** A number as the language writes it: 1,240 and 1.5, or 1.240 and 1,5. */
export function formatNumber(value: number): string {
  return numbers.format(value);
}

/** A sentence that came from elsewhere, after a colon: English goes on with a small letter. */
export function afterColon(sentence: string): string {
  return locale.startsWith("en") ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence;
}

/** A moment, in the language's own way; `options` are one of the few that the desk uses. */
export function formatDate(at: Date, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, known);
  return known.format(at);
}

/** "£9.44": money as the page's language writes it. The server's amounts are decimal numbers as text. */
export function formatMoney({ amount, unit }: { amount: string; unit: string }): string {
  try {
    return new Intl.NumberFormat(locale, { style: "currency", currency: unit }).format(Number(amount));
  } catch {
    // No currency that this browser knows.
    return `${amount} ${unit}`;
  }
}

/** "96.6%", of 100. */
export function formatPercent(percent: number): string {
  const options = { style: "percent", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale, options).format(percent / 100);
}

/** "–, “ and ’" */
export function formatList(words: string[]): string {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(words);
}

/** "English" of "en", in the page's language; the code itself when it has no name. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** "10:58, same as here", "11:58": the time in a zone. Its name when this browser does not know it. */
export function timeThere(zone: string, now: number): string {
  const clock = { hour: "numeric", minute: "2-digit" } as const;
  const day = { ...clock, day: "numeric" } as const;
  try {
    const at = new Date(now);
    const there = formatDate(at, { ...day, timeZone: zone });
    const time = formatDate(at, { ...clock, timeZone: zone });
    return there === formatDate(at, day) ? t("contact.sameTime", { time }) : time;
  } catch {
    return zone;
  }
}
