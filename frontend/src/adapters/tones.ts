/** Short sounds of our own in a call, on the loudspeaker that the call is heard with: soft, and over in half a second. */
import type { Tones } from "../ports";
import type { PreferenceStore } from "./preferences";

/** Loud enough beside music on hold, and no fright in a headset. */
const LOUDNESS = 0.08;
const NOTES = [
  { hz: 660, at: 0 },
  { hz: 880, at: 0.22 },
];
const BEEP = [{ hz: 740, at: 0 }];
const SECONDS = 0.18;

/** Chromium's contexts play on any loudspeaker, others on the system's own. */
type Choosing = AudioContext & { setSinkId?(id: string): Promise<void> };

export function createTones(preferences: PreferenceStore): Tones {
  return {
    holdLasts: () => sound(NOTES),
    secondRing: () => sound(BEEP),
  };

  function sound(notes: typeof NOTES): void {
    if ("AudioContext" in globalThis) void play(new AudioContext(), preferences.get().speaker, notes);
  }
}

async function play(context: Choosing, speaker: string, sounds: typeof NOTES): Promise<void> {
  // One that was unplugged is no reason for silence.
  if (speaker) await context.setSinkId?.(speaker).catch(() => {});
  const loudness = new GainNode(context, { gain: LOUDNESS });
  loudness.connect(context.destination);
  const notes = sounds.map(({ hz, at }) => {
    const note = new OscillatorNode(context, { frequency: hz });
    note.connect(loudness);
    note.start(context.currentTime + at);
    note.stop(context.currentTime + at + SECONDS);
    return note;
  });
  notes.at(-1)?.addEventListener("ended", () => void context.close());
}
