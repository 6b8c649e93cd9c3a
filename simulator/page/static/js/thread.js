/** A telephone's texts as bubbles. Pure: the store goes in, what to show comes out. */

import { dayClock, millis, spaced } from "./format.js";

/** @import {Store} from "./store.js" */
/** @import {Message} from "./types.js" */

/**
 * @typedef {object} Bubble
 * @property {string} key
 * @property {number} time
 * @property {boolean} own  whether the telephone sent it
 * @property {boolean} lost  whether it never arrived
 * @property {string} words
 * @property {string} about
 */

/** How many bubbles a thread shows at the most. */
const MOST = 100;
const LOST = new Set(["failed", "undelivered", "canceled"]);
const UNDER_WAY = new Set(["scheduled", "accepted", "queued", "sending"]);

/**
 * @param {Store} store
 * @param {string} number
 */
export function textsOf(store, number) {
  return [...store.messages.values()].filter((message) => otherEnd(message) === number);
}

/**
 * The telephone's end of a message.
 *
 * @param {Message} message
 */
export function otherEnd(message) {
  return message.direction === "inbound" ? message.from : message.to;
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`;
}

/** @param {Message} message */
function words(message) {
  const media = message.media.map(({ content_type: type, bytes }) =>
    type.startsWith("image/") ? `[photo ${size(bytes)}]` : `[${type} ${size(bytes)}]`,
  );
  return [...media, message.body].filter(Boolean).join(" ");
}

/**
 * What stands below a bubble.
 *
 * @param {Store} store
 * @param {Message} message
 * @param {number} time
 */
function about(store, message, time) {
  const clock = dayClock(time);
  if (message.direction === "inbound") return `sent ${clock}${message.media.length ? ", MMS" : ""}`;
  if (message.author === "twilio") return "Twilio’s own answer";
  const ours = store.numbers.find((one) => one.phone_number === message.from);
  const sender = ours?.friendly_name ?? (message.from ? spaced(message.from) : "a service");
  const parts = message.segments ? `, ${message.segments} ${message.segments === 1 ? "segment" : "segments"}` : "";
  const status = message.status === "delivered" ? "" : `, ${message.status}`;
  const code = message.error_code ? ` ${message.error_code}` : "";
  return `${sender}, ${clock}${parts}${status}${code}`;
}

/**
 * The thread of a telephone, oldest first, with what Twilio refused to send there.
 *
 * @param {Store} store
 * @param {string} number
 * @returns {Bubble[]}
 */
export function bubblesOf(store, number) {
  const bubbles = textsOf(store, number).map((message) => {
    const time = millis(message.date_created) ?? 0;
    return {
      key: message.sid,
      time,
      own: message.direction === "inbound",
      lost: LOST.has(message.status) || UNDER_WAY.has(message.status),
      words: words(message),
      about: about(store, message, time),
    };
  });
  return [...bubbles, ...refusals(store, number)].sort((one, other) => one.time - other.time).slice(-MOST);
}

/**
 * @param {Store} store
 * @param {string} number
 * @returns {Bubble[]}
 */
function refusals(store, number) {
  return store.entries.flatMap((entry) => {
    if (entry.type !== "request") return [];
    const { request } = entry;
    const refused = request.direction === "in" && request.method === "POST" && (request.status ?? 0) >= 400;
    if (!refused || !request.url.split("?")[0]?.endsWith("/Messages.json") || request.params.To !== number) return [];
    return {
      key: entry.key,
      time: entry.time,
      own: false,
      lost: true,
      words: `Refused at once: error ${codeOf(request.response_body) ?? request.status}`,
      about: `${request.params.Body ?? ""} ${dayClock(entry.time)}`.trim(),
    };
  });
}

/**
 * Twilio's code in an answer of its API.
 *
 * @param {string | null} body
 * @returns {number | null}
 */
export function codeOf(body) {
  try {
    const { code } = JSON.parse(body ?? "");
    return typeof code === "number" ? code : null;
  } catch {
    return null;
  }
}

/**
 * Whether somebody may not text this telephone any more.
 *
 * @param {Store} store
 * @param {string} number
 */
export const isStopped = (store, number) => store.optOuts.some((one) => one.telephone === number);
