/** What a catalogue of texts is, and what each of its messages wants to be filled in. */
import type { en as board } from "./board/en";
import type { en as contacts } from "./contacts/en";
import type { en as page } from "./en";
import type { en as texts } from "./messages/en";
import type { en as sends } from "./sends/en";
import type { en as settings } from "./settings/en";

/** A text, or its forms for what is counted. */
export type Message = string | { one: string; other: string };

/** What comes with the page. */
export type PageWords = Record<keyof typeof page, Message>;
/** The screens that bring their words with them: nothing of these is to be said before they are there. */
export const WORDED = ["board", "contacts", "messages", "sends", "settings"] as const;
export type Worded = (typeof WORDED)[number];

type English = typeof page & typeof board & typeof contacts & typeof texts & typeof sends & typeof settings;
export type Key = keyof English;
export type Catalogue = Record<Key, Message>;

type Named<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Named<Rest> : never;
type NamedIn<M> = M extends { other: infer Text } ? "count" | Named<Text> : Named<M>;

/** The names in a message: none, or an object with exactly these. */
export type Values<K extends Key, Value> = [NamedIn<English[K]>] extends [never]
  ? []
  : [values: Record<NamedIn<English[K]>, Value>];
