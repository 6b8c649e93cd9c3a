/** Messages with elements in them: values that are drawn, and words that are bold. */
import type { ComponentChildren } from "preact";
import { parts } from "./i18n";
import type { Key, Values } from "./messages";

export function rich<K extends Key>(key: K, ...[values]: Values<K, ComponentChildren>): ComponentChildren {
  // What is bold may hold values: every second run is.
  const runs: ComponentChildren[][] = [[]];
  for (const { text, value } of parts<ComponentChildren>(key, values)) {
    const [first, ...rest] = text === undefined ? [value] : text.split("**");
    runs.at(-1)?.push(first);
    for (const piece of rest) runs.push([piece]);
  }
  return runs.map((run, at) => (at % 2 ? <strong key={at}>{run}</strong> : run));
}
