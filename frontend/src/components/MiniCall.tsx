/** The call in small, above a view that fills the screen of a phone. */
import { minutes } from "../format";
import type { CallerFacts } from "../softphone/selectors";
import { isolated } from "../names";
import type { Conversation, Supervising } from "../softphone/state";
import { Icon } from "./Icon";
import { Timer } from "./Identity";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";

interface MiniProps {
  talk: Conversation;
  facts: CallerFacts;
  lost: boolean;
  /** The microphone is gone: nobody hears the agent. */
  unheard: boolean;
  /** The customer hears music. */
  heldSince: string | null;
  onMute(): void;
  /** Null while it would leave somebody alone. */
  onHangUp: (() => void) | null;
}

export function MiniCall({ talk, facts, lost, unheard, heldSince, onMute, onHangUp }: MiniProps) {
  const word = unheard ? t("call.microphoneGone") : talk.muted ? t("call.muted") : t("call.onACall");
  const held = heldSince !== null;
  return (
    <section class={lost || held || unheard ? "mini mini-hold" : "mini"} aria-label={t("call.inProgress")}>
      <div>
        <strong>{facts.title}</strong>
        <span>
          {lost ? t("call.reconnecting") : held && !unheard ? t("hold.onHold") : word}{" "}
          <Timer since={heldSince ? byOurClock(heldSince) : talk.since} class="mini-timer" />
        </span>
      </div>
      <button
        type="button"
        class="mini-button"
        aria-label={t("call.muteName")}
        aria-pressed={talk.muted}
        onClick={onMute}
      >
        <Icon name={talk.muted ? "mic-off" : "mic"} />
      </button>
      {onHangUp && (
        <button
          type="button"
          class="mini-button mini-hang-up"
          aria-label={t("call.hangUp")}
          onClick={onHangUp}
        >
          <Icon name="hang-up" />
        </button>
      )}
    </section>
  );
}

interface MiniSupervisionProps {
  supervising: Supervising;
  onShow(): void;
  onLeave(): void;
}

/** A colleague's call that is supervised. */
export function MiniSupervision({ supervising, onShow, onLeave }: MiniSupervisionProps) {
  return (
    <section class="mini" aria-label={t("call.inProgress")}>
      <div>
        <strong>{isolated(supervising.agent.name)}</strong>
        <span>
          {t("call.onACall")} <Timer since={supervising.since} class="mini-timer" />
        </span>
      </div>
      <button type="button" class="small-button" onClick={onShow}>
        {t("nav.call")}
      </button>
      <button type="button" class="small-button" onClick={onLeave}>
        {t("supervised.leave")}
      </button>
    </section>
  );
}

/** Somebody calls while the agent is writing in another view: on with the note, or over to the call. */
interface MiniRingProps {
  word: string;
  title: string;
  since: number;
  onShow(): void;
}

/** Something in the call area asks for an answer: a ring, or a caller who is to be called back. */
export function MiniRing({ word, title, since, onShow }: MiniRingProps) {
  return (
    <section class="mini mini-ring" aria-label={word}>
      <div>
        <strong>{title}</strong>
        <span>
          {word} <Timer since={since} class="mini-timer" />
        </span>
      </div>
      <button type="button" class="small-button" onClick={onShow}>
        <Icon name="bell" size={18} /> {t("ring.show")}
      </button>
    </section>
  );
}

/** The time for the note runs out while the note fills the screen. */
export function MiniWrapUp({ until, onStay }: { until: string; onStay(): void }) {
  const now = useNow(true);
  const left = minutes(Math.max(0, Math.ceil((byOurClock(until) - now) / 1000)));
  return (
    <section class="mini mini-ring" aria-label={t("wrapUp.title")}>
      <div>
        <strong>{t("wrapUp.title")}</strong>
        <span class="mini-timer" role="timer" aria-live="off">
          {t("wrapUp.left", { left })}
        </span>
      </div>
      <button type="button" class="small-button" onClick={onStay}>
        {t("wrapUp.stay")}
      </button>
    </section>
  );
}
