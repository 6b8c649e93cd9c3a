/** What a catalogue of texts is, and what each of its messages wants to be filled in. */
import type { en } from "./en";

/** A text, or its forms for what is counted. */
export type Message = string | { one: string; other: string };

export type Key = keyof typeof en;
export type Catalogue = Record<Key, Message>;

type Named<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Named<Rest> : never;
type NamedIn<M> = M extends { other: infer Text } ? "count" | Named<Text> : Named<M>;

/** The names in a message: none, or an object with exactly these. */
export type Values<K extends Key, Value> = [NamedIn<(typeof en)[K]>] extends [never]
  ? []
  : [values: Record<NamedIn<(typeof en)[K]>, Value>];
