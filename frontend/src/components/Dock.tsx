/** On a phone: which of the views fills the screen, and the call in small beside it. */
import type { CallerFacts } from "../softphone/selectors";
import type { Conversation } from "../softphone/state";
import { Icon } from "./Icon";
import { Timer } from "./Identity";
import type { View } from "./WorkArea";

export type Pane = "call" | "work";

interface Props {
  pane: Pane;
  hasCaller: boolean;
  onPane(pane: Pane, view?: View): void;
  view: View;
}

export function Dock({ pane, hasCaller, onPane, view }: Props) {
  const current = pane === "call" ? "call" : hasCaller && view === "caller" ? "caller" : "log";
  return (
    <nav class="dock" aria-label="Views">
      <button
        type="button"
        aria-current={current === "call" ? "page" : undefined}
        onClick={() => onPane("call")}
      >
        <Icon name="phone" /> Call
      </button>
      {hasCaller && (
        <button
          type="button"
          aria-current={current === "caller" ? "page" : undefined}
          onClick={() => onPane("work", "caller")}
        >
          <Icon name="person" /> Caller
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
