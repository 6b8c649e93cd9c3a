/** What was noted of an earlier call, in a line or two. */
import type { CallNote } from "../ports";
import { outcomeWord } from "../words";

export function PastNote({ call: { note, outcome } }: { call: CallNote }) {
  if (!note && !outcome) return null;
  return (
    <span class="past-note" title={note || undefined}>
      {outcome && <span class="tag">{outcomeWord(outcome)}</span>}
      {note && <span dir="auto">{note}</span>}
    </span>
  );
}
