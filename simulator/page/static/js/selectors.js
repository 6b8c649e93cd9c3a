/** Questions the views ask about calls. Pure: the store goes in, an answer comes out. */

import { millis, stopwatch } from "./format.js";

/** @import {Store} from "./store.js" */
/** @import {Call} from "./types.js" */

/** @typedef {"idle" | "waiting" | "called" | "talking"} Phase */

const OVER = new Set(["completed", "busy", "failed", "no-answer", "canceled"]);

/** @param {Call} call */
export const isOver = (call) => OVER.has(call.status);

/**
 * The number of the telephone at the end of a leg; null when a browser is there.
 *
 * @param {Call} call
 */
export function telephoneOf(call) {
  if (call.party !== "telephone") return null;
  return call.direction === "inbound" ? call.from : call.to;
}

/**
 * The call a telephone is busy with: one that is answered before one that rings.
 *
 * @param {Store} store
 * @param {string} number
 * @returns {{call: Call | null, others: number}}
 */
export function currentCall(store, number) {
  const live = [...store.calls.values()].filter((call) => telephoneOf(call) === number && !isOver(call));
  const call = live.find((candidate) => candidate.status === "in-progress") ?? live[0] ?? null;
  return { call, others: Math.max(0, live.length - 1) };
}

/**
 * @param {Store} store
 * @param {string} number
 * @returns {Call | null} the telephone's last call, when it is over
 */
export function lastCall(store, number) {
  const over = [...store.calls.values()].filter((call) => telephoneOf(call) === number && isOver(call));
  return over.at(-1) ?? null;
}

/**
 * @param {Call | null} call
 * @returns {Phase}
 */
export function phaseOf(call) {
  if (!call) return "idle";
  if (call.status === "in-progress") return "talking";
  return call.direction === "inbound" ? "waiting" : "called";
}

/**
 * The legs that belong to the same call as this one.
 *
 * @param {Store} store
 * @param {Call} call
 */
function relatives(store, call) {
  return [...store.calls.values()].filter(
    (other) => other.parent_call_sid === call.sid || other.sid === call.parent_call_sid,
  );
}

/**
 * Who is being rung for this call.
 *
 * @param {Store} store
 * @param {Call} call
 */
export function ringingAt(store, call) {
  return relatives(store, call)
    .filter((leg) => leg.parent_call_sid === call.sid && !isOver(leg) && leg.status !== "in-progress")
    .map((leg) => leg.to);
}

/**
 * Who this call is connected with.
 *
 * @param {Store} store
 * @param {Call} call
 */
export function talksWith(store, call) {
  const leg = relatives(store, call).find((other) => other.status === "in-progress");
  if (!leg) return null;
  if (leg.parent_call_sid === call.sid) return leg.to;
  return leg.party === "client" || leg.direction === "inbound" ? leg.from : leg.to;
}

/**
 * The root of a leg's family, by which the inspector filters.
 *
 * @param {Store} store
 * @param {string} sid
 */
export function rootOf(store, sid) {
  let root = sid;
  for (let call = store.calls.get(root); call?.parent_call_sid; call = store.calls.get(root))
    root = call.parent_call_sid;
  return root;
}

/**
 * @param {Call} call
 * @param {number} now milliseconds
 */
export function elapsed(call, now) {
  const since = millis(call.answer_time) ?? millis(call.start_time) ?? now;
  return stopwatch((now - since) / 1000);
}

const ENDINGS = /** @type {Record<string, string>} */ ({
  completed: "ended",
  busy: "busy",
  failed: "failed",
  "no-answer": "nobody answered",
  canceled: "given up before an answer",
});

/** @param {Call} call */
export function ending(call) {
  const words = ENDINGS[call.status] ?? call.status;
  return call.duration ? `${words} after ${stopwatch(call.duration)}` : words;
}
