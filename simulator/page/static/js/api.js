/** The page's hand: the simulator's control API. Every failure is an `ApiError` with a sentence for the screen. */

/** @import {Behaviour, Call, FaultRule, Telephone} from "./types.js" */

export class ApiError extends Error {}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
async function send(method, path, body) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError("The simulator does not answer. Is it running?");
  }
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) throw new ApiError(reason(answer) ?? `The simulator answered ${response.status}.`);
  return answer;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {any} answer */
function reason(answer) {
  const words = answer?.error ?? answer?.detail ?? answer?.message;
  return typeof words === "string" && words ? words : null;
}

const part = encodeURIComponent;

export const api = {
  /** @param {{from: string, to: string, voice?: string, caller_name?: string}} order @returns {Promise<Call>} */
  ring: (order) => send("POST", "/sim/calls", order),
  /** @param {string} sid @param {"answer" | "hangup" | "reject"} action */
  act: (sid, action) => send("POST", `/sim/calls/${part(sid)}/${action}`),
  /** @param {string} sid @param {string} digits */
  press: (sid, digits) => send("POST", `/sim/calls/${part(sid)}/digits`, { digits }),
  /** @param {string} sid @param {string} words */
  say: (sid, words) => send("POST", `/sim/calls/${part(sid)}/say`, { words }),
  /** @param {string} sid @param {RTCSessionDescriptionInit} offer @returns {Promise<RTCSessionDescriptionInit>} */
  attachAudio: (sid, { sdp, type }) => send("POST", `/sim/calls/${part(sid)}/audio`, { sdp, type }),
  /** @param {Telephone} telephone */
  setTelephone: ({ number, behaviour, delay, voice, texts, line_type, reply, press, say, greeting }) =>
    send("PUT", `/sim/telephones/${part(number)}`, {
      behaviour,
      delay,
      voice,
      texts,
      line_type,
      reply,
      press: press ?? null,
      say: say ?? null,
      greeting: greeting ?? "",
    }),
  /** @param {{from: string, to: string, body: string, media?: "photo"}} text */
  text: (text) => send("POST", "/sim/messages", text),
  /** @param {string} sender @param {{queued?: number, overflow?: number}} changes */
  setSender: (sender, changes) => send("PUT", `/sim/senders/${part(sender)}`, changes),
  /** @param {string | number} id */
  repeat: (id) => send("POST", `/sim/requests/${part(String(id))}/repeat`),
  /** @param {{seed?: number, rules: FaultRule[]}} faults */
  setFaults: (faults) => send("POST", "/sim/faults", faults),
  clearFaults: () => send("DELETE", "/sim/faults"),
  reset: () => send("POST", "/sim/reset"),
};
