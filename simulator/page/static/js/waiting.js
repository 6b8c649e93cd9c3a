/** Where a call waits, and what it hears meanwhile, in words. */

import { millis, stopwatch } from "./format.js";

/** @import {Store} from "./store.js" */
/** @import {Call} from "./types.js" */

/** @type {Record<string, string>} */
const SOUNDS = {
  words: "a voice",
  sound: "a sound file",
  music: "music",
  ringing: "ringing",
  digits: "tones of keys",
  beep: "a beep",
  party: "the other party",
  conference: "the conference",
};

/**
 * The queue that a call stands in: "Waits in support, 2nd of 3, for 1:20"; empty when it stands in none.
 *
 * @param {Store} store
 * @param {Call} call
 * @param {number} now milliseconds
 */
export function waitsIn(store, call, now) {
  for (const queue of store.queues.values()) {
    const at = queue.waiting.findIndex((one) => one.call_sid === call.sid);
    if (at < 0) continue;
    const since = millis(queue.waiting[at]?.since ?? null) ?? now;
    return `Waits in ${queue.name}, place ${at + 1} of ${queue.waiting.length}, for ${stopwatch((now - since) / 1000)}`;
  }
  return "";
}

/**
 * "Hears music. Runs /twilio/voice/wait/. Last said: “Please hold.”"
 *
 * @param {Call} call
 */
export function hears(call) {
  const last = call.captions.at(-1)?.text;
  return [
    `Hears ${SOUNDS[call.hears ?? ""] ?? "nothing"}.`,
    call.document ? `Runs ${call.document}.` : "",
    last ? `Last: “${last}”` : "",
  ]
    .filter(Boolean)
    .join(" ");
}
