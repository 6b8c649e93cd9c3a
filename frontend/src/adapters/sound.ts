/** Whether the browser lets this page sound before its first press: a ring that nobody hears is a missed call. */
import type { Send } from "../ports";

const GESTURES = ["pointerdown", "keydown"] as const;

export function watchSound(send: Send): void {
  if (!("AudioContext" in globalThis)) return;
  const context = new AudioContext();
  const done = () => {
    GESTURES.forEach((name) => removeEventListener(name, resume, true));
    send({ type: "sound.changed", sound: "on" });
    void context.close();
  };
  const resume = () => void context.resume().then(done, () => {});
  // The state settles a moment after the context is made.
  setTimeout(() => {
    if (context.state === "running") return done();
    send({ type: "sound.changed", sound: "blocked" });
    GESTURES.forEach((name) => addEventListener(name, resume, true));
  }, 300);
}
