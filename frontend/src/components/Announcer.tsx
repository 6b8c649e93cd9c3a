/** Two live regions, always in the page: one waits its turn, one does not. */
import { useEffect, useRef, useState } from "preact/hooks";
import { announcement } from "../softphone/announcements";
import type { State } from "../softphone/state";

/** `news`: what was said of texts last. */
export function Announcer({ state, news }: { state: State; news: string }) {
  const last = useRef(state);
  const [said, setSaid] = useState({ polite: "", assertive: "" });
  useEffect(() => {
    // Focus has moved by now, where it may: Enter answers on Answer alone, and never behind a dialog.
    const elsewhere = !document.activeElement?.matches('[data-focus="answer"]');
    const next = announcement(last.current, state, elsewhere);
    last.current = state;
    if (next) setSaid({ polite: next.polite ?? "", assertive: next.assertive ?? "" });
  }, [state]);
  useEffect(() => {
    if (news) setSaid((before) => ({ ...before, polite: news }));
  }, [news]);
  return (
    <>
      <p class="visually-hidden" role="status" aria-live="polite" data-testid="polite">
        {said.polite}
      </p>
      <p class="visually-hidden" role="alert" aria-live="assertive" data-testid="assertive">
        {said.assertive}
      </p>
    </>
  );
}
