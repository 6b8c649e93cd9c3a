/** The call in small, above a view that fills the screen of a phone. */
import type { CallerFacts } from "../softphone/selectors";
import type { Conversation, Ring } from "../softphone/state";
import { Icon } from "./Icon";
import { Timer } from "./Identity";

interface MiniProps {
  talk: Conversation;
  facts: CallerFacts;
  lost: boolean;
  onMute(): void;
  onHangUp(): void;
}

export function MiniCall({ talk, facts, lost, onMute, onHangUp }: MiniProps) {
  return (
    <section class={lost ? "mini mini-hold" : "mini"} aria-label="Call in progress">
      <div>
        <strong>{facts.title}</strong>
        <span>
          {lost ? "Reconnecting…" : talk.muted ? "Muted" : "On a call"}{" "}
          <Timer since={talk.since} class="mini-timer" />
        </span>
      </div>
      <button type="button" class="mini-button" aria-label="Mute" aria-pressed={talk.muted} onClick={onMute}>
        <Icon name={talk.muted ? "mic-off" : "mic"} />
      </button>
      <button type="button" class="mini-button mini-hang-up" aria-label="Hang up" onClick={onHangUp}>
        <Icon name="hang-up" />
      </button>
    </section>
  );
}

/** Somebody calls while the agent is writing in another view: on with the note, or over to the call. */
export function MiniRing({ ring, facts, onShow }: { ring: Ring; facts: CallerFacts; onShow(): void }) {
  return (
    <section class="mini mini-ring" aria-label="Incoming call">
      <div>
        <strong>{facts.title}</strong>
        <span>
          Incoming call <Timer since={ring.since} class="mini-timer" />
        </span>
      </div>
      <button type="button" class="small-button" onClick={onShow}>
        <Icon name="bell" size={18} /> Show
      </button>
    </section>
  );
}
