/** Two live regions, always in the page: one waits its turn, one does not. */
import { useEffect, useRef, useState } from "preact/hooks";
import { saidAgain } from "../again";
import { type Announcement, announcement } from "../softphone/announcements";
import { wrapUp } from "../softphone/presence";
import type { State } from "../softphone/state";
import { byOurClock } from "../serverClock";
import { t } from "../i18n/i18n";

/** When whoever hears the page is told how long wrap-up still is. */
const LAST_SECONDS = 10;

/** `news`: what was said of texts last. */
export function Announcer({ state, news }: { state: State; news: string }) {
  const last = useRef(state);
  const [said, setSaid] = useState({ polite: "", assertive: "" });
  const say = ({ polite = "", assertive = "" }: Announcement) =>
    setSaid((before) => ({
      polite: saidAgain(polite, before.polite),
      assertive: saidAgain(assertive, before.assertive),
    }));
  useEffect(() => {
    // Focus has moved by now, where it may: Enter answers on Answer alone, and never behind a dialog.
    const elsewhere = !document.activeElement?.matches('[data-focus="answer"]');
    const next = announcement(last.current, state, elsewhere);
    last.current = state;
    if (next) say(next);
  }, [state]);
  useEffect(() => {
    if (news) setSaid((before) => ({ ...before, polite: saidAgain(news, before.polite) }));
  }, [news]);
  // Here, and not where the time is shown: on a phone the note covers that.
  const note = wrapUp(state);
  const ends = note && !note.stays ? byOurClock(note.until) : 0;
  useEffect(() => {
    const left = ends - Date.now();
    if (left <= 0) return undefined;
    const soon = () => say({ polite: t("wrapUp.soon", { seconds: LAST_SECONDS }) });
    const timer = setTimeout(soon, left - LAST_SECONDS * 1000);
    return () => clearTimeout(timer);
  }, [ends]);
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
