/** A webhook as a test of the desk. */

import { pathOf } from "./format.js";

/** @import {WebRequest} from "./types.js" */

/** @param {string} text a string in Python: JSON's escapes are Python's too */
const quoted = (text) => JSON.stringify(text);

/**
 * A test that posts the same webhook, signed, with the fixture that the desk's tests have; null when there is no
 * webhook to post.
 *
 * @param {WebRequest} request
 */
export function pytestOf(request) {
  if (request.direction !== "out" || request.method !== "POST") return null;
  const path = pathOf(request.url);
  const name = path.split("?")[0]?.replace(/\W+/g, "_").replace(/^_|_$/g, "");
  const fields = Object.entries(request.params).map(
    ([field, value]) => `            ${quoted(field)}: ${quoted(value)},`,
  );
  return [
    "import pytest",
    "",
    "",
    "@pytest.mark.django_db",
    `def test_${name}_is_answered(twilio):`,
    "    answer = twilio.webhook(",
    `        ${quoted(path)},`,
    "        {",
    ...fields,
    "        },",
    "    )",
    "",
    `    assert answer.status_code == ${request.status ?? 200}`,
    "",
  ].join("\n");
}
