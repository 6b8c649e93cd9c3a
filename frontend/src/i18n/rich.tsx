/** Messages with elements in them: values that are drawn, and words that are bold. */
import type { ComponentChildren } from "preact";
import { parts } from "./i18n";
import type { Key, Values } from "./messages";

export function rich<K extends Key>(key: K, ...[values]: Values<K, ComponentChildren>): ComponentChildren {
  return parts<ComponentChildren>(key, values).map(({ text, value }) => (text ? bold(text) : value));
}

function bold(text: string): ComponentChildren {
  return text.split("**").map((part, at) => (at % 2 ? <strong key={at}>{part}</strong> : part));
}
