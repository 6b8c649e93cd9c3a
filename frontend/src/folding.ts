/** As the server folds what it searches: without case and accents. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/\p{Diacritic}/gu, "");
}

/** Whether each word that is searched for stands in the text. */
export function holds(text: string, search: string): boolean {
  const all = folded(text);
  return folded(search)
    .split(/\s+/)
    .every((word) => all.includes(word));
}
