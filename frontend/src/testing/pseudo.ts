/**
 * A language for tests: English with accents, two fifths longer, in brackets. A text without brackets has not gone
 * through the catalogue; one that does not fit here does not fit in German either.
 */
import { en } from "../i18n/catalogues";
import type { Catalogue, Message } from "../i18n/messages";

export const OPEN = "⟦";
export const CLOSE = "⟧";

const LETTERS: Record<string, string> = Object.fromEntries(
  [..."aáeéiíoóuúyýcçnñsšzžAÁEÉIÍOÓUÚYÝCÇNÑSŠZŽ"].reduce<[string, string][]>(
    (pairs, letter, at, all) => (at % 2 ? pairs : [...pairs, [letter, all[at + 1] ?? letter]]),
    [],
  ),
);

function pseudo(text: string): string {
  const accented = text
    .split(/(\{\w+\})/)
    .map((part) => (part.startsWith("{") ? part : part.replace(/[a-z]/gi, (each) => LETTERS[each] ?? each)))
    .join("");
  return `${OPEN}${accented}${"õ".repeat(Math.ceil(text.length * 0.4))}${CLOSE}`;
}

export const pseudoCatalogue = Object.fromEntries(
  Object.entries<Message>(en).map(([key, message]) => [
    key,
    typeof message === "string"
      ? pseudo(message)
      : { one: pseudo(message.one), other: pseudo(message.other) },
  ]),
) as Catalogue;
