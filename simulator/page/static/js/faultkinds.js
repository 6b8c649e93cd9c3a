/** The faults that can be had, in words. */

/** @import {FaultRule} from "./types.js" */

/**
 * @typedef {object} Kind
 * @property {string} words
 * @property {string} does  what it does, for whoever has not read the manual
 * @property {string} [seconds]  what its seconds are; without it there are none
 * @property {number} [usually]  the seconds it is offered with
 * @property {boolean} [status]  whether it has an HTTP status
 * @property {string[]} [only]  what it can be kept to, when that is not everything
 */

/** @type {Record<string, Kind>} */
export const KINDS = {
  "webhook-drop": {
    words: "Webhooks get lost",
    does: "They are never sent. For TwiML, Twilio goes to the fallback URL.",
  },
  "webhook-delay": {
    words: "Webhooks come late",
    does: "They wait before they are sent.",
    seconds: "Late by how many seconds",
    usually: 2,
  },
  "webhook-duplicate": {
    words: "Webhooks come twice",
    does: "The same request is sent two times at once; the first answer counts.",
  },
  "webhook-reorder": {
    words: "Status callbacks overtake each other",
    does: "One is held back until the next one of its call was sent.",
    seconds: "Held back at most how many seconds",
    usually: 2,
  },
  "webhook-lost-answer": {
    words: "The desk’s answers get lost",
    does: "The desk gets the request and answers, but Twilio hears nothing in time.",
  },
  "webhook-error": {
    words: "The desk’s answers count as errors",
    does: "Whatever the desk answers, Twilio sees a 500.",
  },
  "webhook-bad-signature": {
    words: "Webhooks have a bad signature",
    does: "They are signed by somebody who does not know the auth token; the desk should refuse them.",
  },
  "rest-error": { words: "Twilio’s API fails", does: "It answers with an error, and does nothing.", status: true },
  "rest-rate-limit": {
    words: "Twilio’s API says “too many requests”",
    does: "It answers 429, and does nothing.",
    seconds: "Come back after how many seconds",
    usually: 1,
  },
  "rest-timeout": {
    words: "Twilio’s API does not answer",
    does: "It does what it was asked, says nothing, and hangs up.",
    seconds: "Hangs up after how many seconds",
    usually: 30,
  },
  "rest-slow": {
    words: "Twilio’s API is slow",
    does: "It does what it was asked, and answers late.",
    seconds: "Answers after how many seconds",
    usually: 5,
  },
  "signalling-drop": {
    words: "Agents’ phones lose their connection",
    does: "Drawn once a second for each browser that is connected.",
    only: ["call_sid"],
  },
  "media-loss": {
    words: "Sound gets lost",
    does: "Each twenty milliseconds of sound, to and from the agents’ browsers, may be missing.",
    only: ["call_sid"],
  },
  "queue-system-error": {
    words: "Callers do not get into the queue",
    does: "An <Enqueue> ends at once with the result system-error.",
    only: ["call_sid"],
  },
  "queue-action-wins": {
    words: "The queue’s action wins",
    does: "Of a waiting caller sent elsewhere by the API, the action’s TwiML is run instead of the new one.",
    only: ["call_sid"],
  },
  "network-cut": {
    words: "The network is cut",
    does: "No webhook arrives, no API request is answered; it begins at once and is over by itself.",
    seconds: "For how many seconds",
    usually: 10,
  },
};

/** @type {[string, string[]][]} */
export const GROUPS = [
  ["From Twilio to the desk", Object.keys(KINDS).filter((kind) => kind.startsWith("webhook-"))],
  ["From the desk to Twilio", Object.keys(KINDS).filter((kind) => kind.startsWith("rest-"))],
  ["The agents’ phones", ["signalling-drop", "media-loss"]],
  ["Queues", ["queue-system-error", "queue-action-wins"]],
  ["Everything", ["network-cut"]],
];

/** @type {[string, FaultRule[]][]} what is worth trying first */
export const PRESETS = [
  ["Status callbacks get lost", [{ kind: "webhook-drop", match: { path: "/status/" } }]],
  ["Callbacks in the wrong order", [{ kind: "webhook-reorder", seconds: 2 }]],
  ["Calls arrive twice", [{ kind: "webhook-duplicate", match: { path: "/incoming/" } }]],
  ["The desk cannot be reached", [{ kind: "webhook-drop" }]],
  ["Twilio’s API is down", [{ kind: "rest-error", status: 503 }]],
  ["Too many requests", [{ kind: "rest-rate-limit", seconds: 1 }]],
  [
    "A bad line",
    [
      { kind: "media-loss", rate: 0.1 },
      { kind: "signalling-drop", rate: 0.05 },
    ],
  ],
  ["Ten seconds without a network", [{ kind: "network-cut", seconds: 10 }]],
  [
    "A little of everything",
    [
      { kind: "webhook-delay", rate: 0.1, seconds: 1 },
      { kind: "webhook-drop", rate: 0.05, match: { path: "/status/" } },
      { kind: "webhook-duplicate", rate: 0.1 },
      { kind: "webhook-reorder", rate: 0.1, seconds: 2 },
      { kind: "rest-error", rate: 0.1, status: 503 },
      { kind: "rest-slow", rate: 0.1, seconds: 2 },
    ],
  ],
];

/** @type {[string, FaultRule[]][]} and those that texts are worth trying with */
export const TEXT_PRESETS = [
  ["Bad signature on texts", [{ kind: "webhook-bad-signature", match: { path: "/messaging/" } }]],
  ["Every text status twice", [{ kind: "webhook-duplicate", match: { path: "/messaging/status/" } }]],
  ["Shuffle text statuses", [{ kind: "webhook-reorder", seconds: 2, match: { path: "/messaging/status/" } }]],
  ["Lose 2 % of text statuses", [{ kind: "webhook-drop", rate: 0.02, match: { path: "/messaging/status/" } }]],
  ["Status before the reply", [{ kind: "rest-slow", seconds: 3, match: { path: "/Messages.json", method: "POST" } }]],
  ["429 on sends", [{ kind: "rest-rate-limit", seconds: 1, match: { path: "/Messages.json", method: "POST" } }]],
  [
    "Take it, then time out",
    [{ kind: "rest-timeout", seconds: 30, match: { path: "/Messages.json", method: "POST" } }],
  ],
  ["Texts to us are lost", [{ kind: "webhook-drop", match: { path: "/messaging/incoming/" } }]],
];

/** @param {string} kind */
export const wordsOf = (kind) => KINDS[kind]?.words ?? kind;

/** What befell one request, as a tag beside it. @type {Record<string, string>} */
const TAGS = {
  "webhook-delay": "SENT LATE",
  "webhook-drop": "LOST",
  "webhook-duplicate": "DOUBLED",
  "webhook-reorder": "HELD BACK",
  "webhook-lost-answer": "ANSWER LOST",
  "webhook-error": "ANSWER SPOILT",
  "webhook-bad-signature": "FORGED",
  "rest-error": "MADE TO FAIL",
  "rest-rate-limit": "TURNED AWAY",
  "rest-timeout": "NOT ANSWERED",
  "rest-slow": "SLOWED DOWN",
  "network-cut": "CUT OFF",
};

/** @param {string} kind */
export const tagOf = (kind) => TAGS[kind] ?? kind.toUpperCase();

/** @param {number} rate */
function often(rate) {
  return rate >= 1 ? "every time" : `${Number((rate * 100).toPrecision(3))} % of the time`;
}

/**
 * A rule's conditions: "every time, 2 s, at most 5 times, only /status/".
 *
 * @param {FaultRule} rule
 */
export function conditions(rule) {
  const {
    path,
    method,
    call_status: status,
    call_sid: sid,
    message_status: text,
    message_sid: textSid,
  } = rule.match ?? {};
  return [
    often(rule.rate ?? 1),
    KINDS[rule.kind]?.seconds && rule.seconds !== undefined ? `${rule.seconds} s` : "",
    KINDS[rule.kind]?.status && rule.status ? `status ${rule.status}` : "",
    rule.count ? `at most ${rule.count} ${rule.count === 1 ? "time" : "times"}` : "",
    method ? `only ${method}` : "",
    path ? `only ${path}` : "",
    status ? `only ${status} calls` : "",
    sid ? `only call ${sid}` : "",
    text ? `only texts that are ${text}` : "",
    textSid ? `only text ${textSid}` : "",
  ]
    .filter(Boolean)
    .join(", ");
}
