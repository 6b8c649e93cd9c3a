/** A webhook as a command line. */

/** @import {WebRequest} from "./types.js" */

const KEPT_HEADERS = /^(x-twilio-|i-twilio-|user-agent$)/i;

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A command that sends the request again, or null when that would not work.
 *
 * The signature covers the address and the fields, so it is still good. A GET's fields travel in its address, where
 * curl writes some signs differently; the signature would not match. The password is not known here: it is taken from
 * the shell's environment, under the names that `.env` uses.
 *
 * @param {WebRequest} request
 */
export function curlCommand(request) {
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => KEPT_HEADERS.test(name));
  const signed = headers.some(([name]) => name.toLowerCase() === "x-twilio-signature");
  if (request.method !== "POST" || !signed) return null;
  const password = `\${TWILIO_WEBHOOK_USERNAME:+--anyauth --user "$TWILIO_WEBHOOK_USERNAME:$TWILIO_WEBHOOK_PASSWORD"}`;
  return [
    `curl --include ${password} ${quoted(request.url)}`,
    ...headers.map(([name, value]) => `--header ${quoted(`${name}: ${value}`)}`),
    ...Object.entries(request.params).map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`),
  ].join(" \\\n  ");
}
