/** On a phone: which of the views fills the screen, and the call in small beside it. */
import type { CallerFacts } from "../softphone/selectors";
import type { Conversation, Ring } from "../softphone/state";
import { Icon } from "./Icon";
import { Timer } from "./Identity";
import type { View } from "./WorkArea";

export type Pane = "call" | "work";

interface Props {
  pane: Pane;
  /** What the caller's view shows, if there is anything to show. */
  callerView: View | null;
  unseen: boolean;
  onPane(pane: Pane, view?: View): void;
  view: View;
}

export function Dock({ pane, callerView, unseen, onPane, view }: Props) {
  const current = pane === "call" ? "call" : view === "log" ? "log" : "caller";
  return (
    <nav class="dock" aria-label="Views">
      <button
        type="button"
        aria-current={current === "call" ? "page" : undefined}
        onClick={() => onPane("call")}
      >
        <Icon name="phone" /> Call
      </button>
      {callerView && (
        <button
          type="button"
          aria-current={current === "caller" ? "page" : undefined}
          onClick={() => onPane("work", callerView)}
        >
          <Icon name="person" />
          <span>
            Caller
            {unseen && (
              <>
                <span class="tab-dot" aria-hidden="true" /> <span class="visually-hidden">new</span>
              </>
            )}
          </span>
        </button>
      )}
      <button
        type="button"
        aria-current={current === "log" ? "page" : undefined}
        onClick={() => onPane("work", "log")}
      >
        <Icon name="list" /> Log
      </button>
    </nav>
  );
}

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
      <button type="button" class="mini-key" aria-label="Mute" aria-pressed={talk.muted} onClick={onMute}>
        <Icon name={talk.muted ? "mic-off" : "mic"} />
      </button>
      <button type="button" class="mini-key mini-hang-up" aria-label="Hang up" onClick={onHangUp}>
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
      <button type="button" class="small-key" onClick={onShow}>
        <Icon name="bell" size={18} /> Show
      </button>
    </section>
  );
}
