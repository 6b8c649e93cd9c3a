/** One line of the inspector. */

import { h } from "./dom.js";
import { tagOf } from "./faultkinds.js";
import { dayClock, pathOf, shortSid, shortSids } from "./format.js";
import { telephoneOf } from "./selectors.js";

/** @import {Store} from "./store.js" */
/** @import {Entry, WebRequest} from "./types.js" */

/**
 * Which call a line belongs to; null for none.
 *
 * @param {Entry} entry
 */
export function callOf(entry) {
  if (entry.type === "request") return entry.request.call_sid;
  return entry.type === "state" ? entry.sid : entry.warning.call_sid;
}

/**
 * Whether a line is about a text: a message's webhook, status or warning, or the desk's asking for one.
 *
 * @param {Entry} entry
 */
export function isAboutTexts(entry) {
  if (entry.type === "state") return /^(SM|MM)/.test(entry.sid);
  if (entry.type === "warning") return Boolean(entry.warning.message_sid);
  return Boolean(entry.request.message_sid) || /\/Messages(\/|\.json)/.test(entry.request.url);
}

/**
 * How a request went: its status, and a word beside it when something is wrong.
 *
 * @param {WebRequest} request
 * @returns {{status: string, word: string, broken: boolean}}
 */
export function outcome(request) {
  const { status, error } = request;
  if (status === null)
    return error ? { status: "NO ANSWER", word: "", broken: true } : { status: "…", word: "", broken: false };
  const broken = status >= 400 || Boolean(error);
  return { status: String(status), word: broken ? "BROKEN" : "", broken };
}

/**
 * @param {Store} store
 * @param {string} sid
 */
function who(store, sid) {
  const call = store.calls.get(sid);
  const message = store.messages.get(sid);
  if (message) return message.direction === "inbound" ? `text of ${message.from}` : `text to ${message.to}`;
  if (!call) return shortSid(sid);
  return telephoneOf(call) ?? (call.direction === "inbound" ? call.from : call.to);
}

/**
 * @param {Store} store
 * @param {Entry} entry
 * @param {(entry: Entry) => void} open
 */
export function entryLine(store, entry, open) {
  const time = h("time", {}, dayClock(entry.time));
  if (entry.type === "state") {
    return h(
      "li",
      { class: "entry state" },
      time,
      h("span", { class: "what" }, `→ ${who(store, entry.sid)}: ${entry.text}`),
    );
  }
  const press = () => open(entry);
  if (entry.type === "warning") {
    const { code, text, level } = entry.warning;
    const word = level === "error" ? "ERROR" : "WARNING";
    return h(
      "li",
      { class: "entry warning" },
      h(
        "button",
        { type: "button", onclick: press },
        time,
        h("span", { class: "what" }, h("strong", {}, code ? `${word} ${code}` : word), ` ${text}`),
      ),
    );
  }
  const { request } = entry;
  const { status, word, broken } = outcome(request);
  const took = request.duration_ms === null ? "" : `${Math.round(request.duration_ms)} ms`;
  const again = (request.attempt ?? 1) > 1 ? ` (attempt ${request.attempt})` : "";
  const way = request.direction === "in" ? "the desk asks: " : "";
  return h(
    "li",
    { class: "entry request" },
    h(
      "button",
      { type: "button", onclick: press },
      time,
      h("span", { class: "what" }, `${way}${request.method} ${shortSids(pathOf(request.url))}${again}`),
      request.fault ? h("strong", { class: "tag-fault" }, tagOf(request.fault)) : null,
      h("strong", { class: broken ? "status broken" : "status" }, status),
      h("span", { class: "took" }, word || took),
    ),
  );
}
