/** Where a searched text stands in a note, with some words around it; "" when it does not. */
import { folded } from "../folding";

const BEFORE = 30;
const AFTER = 60;

export function foundIn(note: string, search: string): string {
  const wanted = folded(search.trim());
  if (!wanted) return "";
  const letters = [...note.normalize("NFC").replace(/\s+/g, " ").trim()];
  const plain = letters.map(folded);
  // Letters fold to none, one or more: the place in the folded text is not that in the note.
  const ends: number[] = [];
  let length = 0;
  for (const part of plain) ends.push((length += part.length));
  const at = plain.join("").indexOf(wanted);
  if (at < 0) return "";
  const first = ends.findIndex((end) => end > at);
  const last = ends.findIndex((end) => end >= at + wanted.length);
  const from = Math.max(0, first - BEFORE);
  const to = Math.min(letters.length, last + 1 + AFTER);
  return `${from > 0 ? "…" : ""}${letters.slice(from, to).join("").trim()}${to < letters.length ? "…" : ""}`;
}
