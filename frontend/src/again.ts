/** What live regions say: the same sentence twice is two pieces of news, but no change of the text, and would be silent. */
export function saidAgain(next: string, last: string): string {
  return next && next === last ? `${next}\u00a0` : next;
}
