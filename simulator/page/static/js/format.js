/** How times, numbers, sids and answers read on the bench. */

import { prettyXml } from "./xml.js";

const DAY_CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/**
 * Milliseconds since 1970 of an ISO or RFC 2822 time or of seconds since 1970; null when it is none.
 *
 * @param {string | number | null | undefined} value
 */
export function millis(value) {
  if (typeof value === "number") return value * 1000;
  const time = value ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** @param {number} time milliseconds */
export function dayClock(time) {
  return DAY_CLOCK.format(time);
}

/**
 * 0:07, 12:34 or 1:02:03.
 *
 * @param {number} seconds
 */
export function stopwatch(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Groups of digits per country code, for the numbers people try first; the rest stays as it is. */
const GROUPS = [
  /^(\+1)(\d{3})(\d{3})(\d{4})$/,
  /^(\+44)(20)(\d{4})(\d{4})$/,
  /^(\+44)(7\d{3})(\d{6})$/,
  /^(\+44)(\d{4})(\d{6})$/,
];

/** @param {string} number */
export function spaced(number) {
  for (const groups of GROUPS) {
    const match = groups.exec(number);
    if (match) return match.slice(1).join(" ");
  }
  return number;
}

/** @param {string} sid */
export function shortSid(sid) {
  return sid.length > 12 ? `${sid.slice(0, 4)}…${sid.slice(-4)}` : sid;
}

/**
 * Every sid in a text cut short.
 *
 * @param {string} text
 */
export function shortSids(text) {
  return text.replace(/\b[A-Z]{2}[0-9a-f]{32}\b/g, shortSid);
}

/**
 * The path (and query) of an address; the address itself when it is none.
 *
 * @param {string} url
 */
export function pathOf(url) {
  try {
    const parsed = new URL(url, location.href);
    return parsed.pathname + parsed.search;
  } catch {
    return url;
  }
}

/**
 * An answer's body as a person reads it: XML and JSON indented, anything else untouched.
 *
 * @param {string} body
 * @param {string | null} contentType
 */
export function prettyBody(body, contentType) {
  if (contentType?.includes("json")) return prettyJson(body);
  if (contentType?.includes("xml") || body.trimStart().startsWith("<?xml")) return prettyXml(body);
  return body;
}

/** @param {string} body */
function prettyJson(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
