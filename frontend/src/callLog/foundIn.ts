/** Where a searched text stands in a note, with some words around it; "" when it does not. */

const BEFORE = 30;
const AFTER = 60;

export function foundIn(note: string, search: string): string {
  const wanted = fold(search.trim()).join("");
  if (!wanted) return "";
  const letters = [...note.normalize("NFC").replace(/\s+/g, " ").trim()];
  const folded = letters.map((letter) => fold(letter).join(""));
  // Letters fold to none, one or more: the place in the folded text is not that in the note.
  const ends: number[] = [];
  let length = 0;
  for (const part of folded) ends.push((length += part.length));
  const at = folded.join("").indexOf(wanted);
  if (at < 0) return "";
  const first = ends.findIndex((end) => end > at);
  const last = ends.findIndex((end) => end >= at + wanted.length);
  const from = Math.max(0, first - BEFORE);
  const to = Math.min(letters.length, last + 1 + AFTER);
  return `${from > 0 ? "…" : ""}${letters.slice(from, to).join("").trim()}${to < letters.length ? "…" : ""}`;
}

/** As the server folds what it searches: without case and accents. */
function fold(text: string): string[] {
  return [
    ...text
      .normalize("NFKD")
      .toLowerCase()
      .replaceAll("ß", "ss")
      .replace(/\p{Diacritic}/gu, ""),
  ];
}
