/** A caller's message: fetched when it is played, with a button, a place in it, its time and its speed. */
import { useEffect, useRef, useState } from "preact/hooks";
import { minutes, spokenMinutes } from "../format";
import type { Recording } from "../messages";
import { Icon } from "./Icon";
import { formatNumber, t } from "../i18n/i18n";

type State = "closed" | "loading" | "playing" | "paused" | "failed";

const SPEEDS = [1, 1.5, 2] as const;
/** Longer than a slow line takes to begin: then it is called a failure, and can be tried again. */
const SOUND_WITHIN = 15_000;
/** Of two messages at once nobody understands a word. */
let sounding: HTMLAudioElement | null = null;

export function VoiceMessage({ recording, from }: { recording: Recording; from: string }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [state, setState] = useState<State>("closed");
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(recording.duration ?? 0);
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(1);
  const open = state !== "closed" && state !== "failed";

  useEffect(() => {
    if (state !== "loading") return undefined;
    const timer = setTimeout(() => setState("failed"), SOUND_WITHIN);
    return () => clearTimeout(timer);
  }, [state]);
  useEffect(() => {
    if (audio.current) audio.current.playbackRate = speed;
  }, [speed, open]);

  useEffect(() => {
    const element = audio.current;
    return () => {
      if (sounding === element) sounding = null;
    };
  }, [open]);

  function toggle(): void {
    if (!open) {
      setAt(0);
      setState("loading");
    } else if (state === "paused") audio.current?.play().catch(() => setState("failed"));
    else audio.current?.pause();
  }

  function began(element: HTMLAudioElement): void {
    if (sounding !== element) sounding?.pause();
    sounding = element;
    setState((before) => (before === "playing" ? before : "loading"));
  }

  function learnLength(element: HTMLAudioElement): void {
    // A stream without a known end says Infinity: Twilio's word counts then.
    if (Number.isFinite(element.duration) && element.duration > 0) setLength(element.duration);
  }

  const sounds = state === "playing" || state === "loading";
  const verb = sounds ? t("message.pause") : state === "failed" ? t("common.tryAgain") : t("message.play");
  return (
    <div class="message">
      <button type="button" class="text-button message-button" onClick={toggle}>
        <Icon name={sounds ? "pause" : "play"} size={16} />
        <span>
          {verb}
          <span class="visually-hidden">{t("message.from", { name: from })}</span>
        </span>
      </button>
      {open && (
        // A caller's message has no captions.
        <audio
          ref={audio}
          autoplay
          src={recording.url}
          onPlay={(event) => began(event.currentTarget)}
          onPlaying={() => setState("playing")}
          onWaiting={() => setState("loading")}
          onPause={() => setState("paused")}
          onEnded={() => setState("paused")}
          onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
          onDurationChange={(event) => learnLength(event.currentTarget)}
          onError={() => setState("failed")}
        />
      )}
      {open && (
        <>
          <input
            type="range"
            class="message-place"
            style={{ "--at": length ? Math.min(1, at / length) : 0 }}
            min={0}
            max={Math.max(1, Math.round(length))}
            step={1}
            value={Math.round(at)}
            aria-label={t("message.place", { name: from })}
            aria-valuetext={t("message.placeOf", { at: spokenMinutes(at), length: spokenMinutes(length) })}
            onInput={(event) => {
              const place = Number(event.currentTarget.value);
              if (audio.current) audio.current.currentTime = place;
              setAt(place);
            }}
            // The arrow keys move in the message here, not from row to row.
            onKeyDown={(event) => event.key !== "Escape" && event.key !== "Tab" && event.stopPropagation()}
          />
          <span class="message-time">
            {minutes(at)} / {minutes(length)}
          </span>
          <button
            type="button"
            class="text-button"
            aria-label={t("message.speed", { speed })}
            onClick={() => setSpeed(SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length] ?? 1)}
          >
            {formatNumber(speed)}×
          </button>
        </>
      )}
      {recording.duration !== null && state === "closed" && (
        <span class="message-time">{minutes(recording.duration)}</span>
      )}
      {state === "failed" && <span role="alert">{t("message.failed")}</span>}
    </div>
  );
}
