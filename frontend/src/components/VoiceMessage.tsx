/** A caller's message: a key to play it, then the browser's own player. */
import { useState } from "preact/hooks";
import { minutes } from "../format";
import type { Recording } from "../messages";
import { Icon } from "./Icon";

export function VoiceMessage({ recording, from }: { recording: Recording; from: string }) {
  const [state, setState] = useState<"closed" | "open" | "failed">("closed");
  if (state === "open") {
    return (
      // A caller's message has no captions.
      <audio
        class="message-player"
        controls
        autoplay
        src={recording.url}
        aria-label={`Message from ${from}`}
        onError={() => setState("failed")}
      />
    );
  }
  return (
    <div class="message">
      <button type="button" class="text-key" onClick={() => setState("open")}>
        <Icon name="play" size={16} />
        <span>
          {state === "failed" ? "Try again" : "Play"}
          <span class="visually-hidden"> the message from {from}</span>
        </span>
      </button>
      {recording.duration !== null && state === "closed" && <span>{minutes(recording.duration)}</span>}
      {state === "failed" && <span role="alert">The message could not be played.</span>}
    </div>
  );
}
