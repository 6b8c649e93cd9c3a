/** How many texts a text becomes on its way: networks carry 160 plain letters, or 70 of any others, at a time. */

const PLAIN = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** These take two places. */
const DOUBLE = new Set("^{}\\[~]|€\f");

export interface Segments {
  /** Places that are taken, of so many in as many segments. */
  length: number;
  room: number;
  count: number;
  /** The first letter that makes all others take more room; "" when there is none. */
  odd: string;
}

export function segmentsOf(text: string): Segments {
  const letters = [...text];
  const odd = letters.find((letter) => !PLAIN.has(letter) && !DOUBLE.has(letter)) ?? "";
  const sizes = letters.map((letter) => (odd ? letter.length : DOUBLE.has(letter) ? 2 : 1));
  const length = sizes.reduce((sum, size) => sum + size, 0);
  const [single, part] = odd ? [70, 67] : [160, 153];
  if (length <= single) return { length, room: single, count: length ? 1 : 0, odd };
  const count = partsOf(sizes, part);
  return { length, room: count * part, count, odd };
}

/** A letter that takes two places never stands in two parts. */
function partsOf(sizes: number[], part: number): number {
  let [count, taken] = [1, 0];
  for (const size of sizes) {
    if (taken + size > part) [count, taken] = [count + 1, 0];
    taken += size;
  }
  return count;
}
