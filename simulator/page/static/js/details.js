/** One request or warning in full. */

import { api } from "./api.js";
import { curlCommand } from "./curl.js";
import { byId, h, setText } from "./dom.js";
import { outcome } from "./entry.js";
import { wordsOf } from "./faultkinds.js";
import { dayClock, pathOf, prettyBody } from "./format.js";
import { pytestOf } from "./pytest.js";

/** @import {Entry, WarningEntry, WebRequest} from "./types.js" */

export class Details {
  /**
   * @param {(text: string) => void} say
   * @param {() => void} close
   */
  constructor(say, close) {
    this.say = say;
    this.close = close;
    this.place = byId("details", HTMLElement);
    this.place.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
    });
  }

  /** @param {Entry} entry */
  show(entry) {
    const inside = this.place.contains(document.activeElement);
    this.place.hidden = false;
    this.heading = h("h3", { id: "details-title", tabindex: -1 });
    const head = h(
      "div",
      { class: "card-head" },
      this.heading,
      h("button", { class: "small", type: "button", onclick: this.close }, "Close"),
    );
    if (entry.type === "request") this.place.replaceChildren(head, ...this.request(entry.request, entry.time));
    else if (entry.type === "warning") this.place.replaceChildren(head, ...this.warning(entry));
    if (inside) this.focus();
  }

  focus() {
    this.heading?.focus();
    this.place.scrollTop = 0;
  }

  hide() {
    this.place.hidden = true;
    this.place.replaceChildren();
  }

  /** @param {WarningEntry} entry */
  warning({ warning, time }) {
    if (this.heading) setText(this.heading, `${dayClock(time)} ${warning.level ?? "warning"}`);
    return [
      table("Facts", {
        Code: String(warning.code ?? "none"),
        ...(warning.message_sid ? { MessageSid: warning.message_sid } : { CallSid: warning.call_sid ?? "none" }),
      }),
      h("p", {}, warning.text),
    ];
  }

  /** @param {WebRequest} request @param {number} time */
  request(request, time) {
    if (this.heading) setText(this.heading, `${dayClock(time)} ${request.kind || pathOf(request.url)}`);
    const { status, word } = outcome(request);
    const took = request.duration_ms === null ? "" : ` after ${Math.round(request.duration_ms)} ms`;
    const sent = request.direction === "out";
    const notice = h("p", { class: "notice", role: "status" });
    const body = request.response_body ?? "";
    return [
      h("p", { class: "url" }, `${request.method} ${request.url}`),
      request.fault ? h("p", { class: "error" }, `A fault on purpose: ${wordsOf(request.fault)}.`) : null,
      sent ? this.buttons(request, notice) : null,
      notice,
      table(sent ? "Sent to the desk" : "Sent by the desk", request.params),
      h(
        "details",
        {},
        h("summary", {}, `Headers (${Object.keys(request.headers ?? {}).length})`),
        table(null, request.headers),
      ),
      h("h4", {}, `Answer: ${status} ${word}${took}`),
      request.error ? h("p", { class: "error" }, request.error) : null,
      request.content_type ? h("p", { class: "quiet" }, request.content_type) : null,
      body
        ? h("pre", { tabindex: 0, "aria-label": "Answer body" }, prettyBody(body, request.content_type))
        : h("p", { class: "quiet" }, "No body."),
    ].filter((part) => part !== null);
  }

  /** @param {WebRequest} request @param {HTMLElement} notice */
  buttons(request, notice) {
    const again = h("button", { type: "button", onclick: () => this.repeat(request, notice) }, "Send again");
    const command = curlCommand(request);
    const copy = command && h("button", { type: "button", onclick: () => copyText(command, notice) }, "Copy as curl");
    const test = pytestOf(request);
    const copyTest =
      test && h("button", { type: "button", onclick: () => copyText(test, notice, "Copied.") }, "Copy as pytest");
    return h("div", { class: "row" }, again, copy, copyTest);
  }

  /** @param {WebRequest} request @param {HTMLElement} notice */
  async repeat(request, notice) {
    setText(notice, "Sending…");
    try {
      await api.repeat(request.id);
      setText(notice, "Sent again. The new request is at the end of the list.");
    } catch (error) {
      setText(notice, error instanceof Error ? error.message : "That did not work.");
    }
  }
}

/**
 * @param {string} text
 * @param {HTMLElement} notice
 * @param {string} [done]
 */
async function copyText(text, notice, done = "Copied. Load .env first if the desk asks for a webhook password.") {
  try {
    await navigator.clipboard.writeText(text);
    setText(notice, done);
  } catch {
    setText(notice, "The browser does not let this page use the clipboard.");
  }
}

/**
 * @param {string | null} title
 * @param {Record<string, string> | null} rows
 */
function table(title, rows) {
  const pairs = Object.entries(rows ?? {});
  const list = pairs.length
    ? h("dl", { class: "facts" }, ...pairs.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]))
    : h("p", { class: "quiet" }, "Nothing.");
  return title ? h("div", {}, h("h4", {}, title), list) : list;
}
