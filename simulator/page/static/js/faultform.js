/** The form that makes one rule. */

import { freshId, h, setText } from "./dom.js";
import { GROUPS, KINDS, wordsOf } from "./faultkinds.js";

/** @import {FaultRule} from "./types.js" */

const TEXT_STATUSES = ["queued", "sent", "delivered", "undelivered", "failed", "canceled"];
const STATUSES = ["queued", "ringing", "in-progress", "completed", "busy", "no-answer", "canceled", "failed"];

/**
 * A labelled field.
 *
 * @param {string} words
 * @param {HTMLInputElement | HTMLSelectElement} control
 */
function field(words, control) {
  return h("label", { class: "field" }, h("span", {}, words), control);
}

/** @param {number} low @param {number} high @param {string} value @param {number | "any"} step @param {string} error */
function number(low, high, value, step, error) {
  return h("input", { type: "number", min: low, max: high, step, value, "aria-describedby": error });
}

export class FaultForm {
  /** @param {(rule: FaultRule) => Promise<void>} add */
  constructor(add) {
    this.add = add;
    const error = freshId();
    const does = freshId();
    this.error = h("p", { class: "error", id: error, role: "alert" });
    this.does = h("p", { class: "quiet", id: does });
    this.kind = h(
      "select",
      { "aria-describedby": does, onchange: () => this.choose() },
      ...GROUPS.map(([label, kinds]) =>
        h("optgroup", { label }, ...kinds.map((kind) => h("option", { value: kind }, wordsOf(kind)))),
      ),
    );
    this.rate = number(0, 100, "100", "any", error);
    this.seconds = number(0, 3600, "2", "any", error);
    this.status = number(400, 599, "503", 1, error);
    this.count = number(1, 1_000_000_000, "", 1, error);
    this.count.placeholder = "no end";
    this.path = h("input", { placeholder: "/status/", autocomplete: "off" });
    this.callStatus = h(
      "select",
      {},
      h("option", { value: "" }, "any"),
      ...STATUSES.map((status) => h("option", { value: status }, status)),
    );
    this.textStatus = h(
      "select",
      {},
      h("option", { value: "" }, "any"),
      ...TEXT_STATUSES.map((status) => h("option", { value: status }, status)),
    );
    this.callSid = h("input", { placeholder: "CA…", autocomplete: "off" });
    this.secondsWords = h("span", {});
    this.secondsField = h("label", { class: "field" }, this.secondsWords, this.seconds);
    this.statusField = field("HTTP status", this.status);
    this.pathField = field("Paths with this in them", this.path);
    this.callStatusField = field("Calls that are", this.callStatus);
    this.textStatusField = field("Texts that are", this.textStatus);
    this.element = h(
      "form",
      { class: "fault-form", novalidate: true, onsubmit: (/** @type {Event} */ event) => void this.submit(event) },
      h("h3", {}, "Your own fault"),
      field("What goes wrong", this.kind),
      this.does,
      h(
        "div",
        { class: "fault-fields" },
        field("How often, in percent", this.rate),
        this.secondsField,
        this.statusField,
        field("How many times at most", this.count),
      ),
      h(
        "details",
        { class: "more" },
        h("summary", {}, "Only for some"),
        h(
          "div",
          { class: "fault-fields" },
          this.pathField,
          this.callStatusField,
          this.textStatusField,
          field("The call with this CallSid", this.callSid),
        ),
      ),
      this.error,
      h("button", { class: "plug", type: "submit" }, "Add this fault"),
    );
    this.choose();
  }

  choose() {
    const kind = KINDS[this.kind.value];
    setText(this.does, kind?.does ?? "");
    setText(this.secondsWords, kind?.seconds ?? "Seconds");
    this.secondsField.hidden = !kind?.seconds;
    this.seconds.value = String(kind?.usually ?? 0);
    this.statusField.hidden = !kind?.status;
    const only = kind?.only ?? ["path", "call_status", "message_status", "call_sid"];
    this.pathField.hidden = !only.includes("path");
    this.callStatusField.hidden = !only.includes("call_status");
    this.textStatusField.hidden = !only.includes("message_status");
    this.complain("");
  }

  /** @param {string} problem @param {HTMLInputElement} [culprit] */
  complain(problem, culprit) {
    setText(this.error, problem);
    for (const input of [this.rate, this.seconds, this.status, this.count]) {
      if (input === culprit) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    culprit?.focus();
  }

  /** The first field that cannot be taken, with a sentence about it. @returns {[HTMLInputElement, string] | null} */
  problem() {
    /** @type {[HTMLInputElement, string][]} */
    const rules = [
      [this.rate, "How often: a number from 0 to 100."],
      [this.seconds, "Seconds: a number from 0 to 3600."],
      [this.status, "HTTP status: a whole number from 400 to 599."],
      [this.count, "How many times at most: a whole number from 1, or nothing."],
    ];
    return (
      rules.find(([input]) => {
        if (input.closest("label")?.hidden) return false;
        return !input.validity.valid || (input !== this.count && input.value === "");
      }) ?? null
    );
  }

  /** @returns {FaultRule} */
  rule() {
    const kind = this.kind.value;
    const { seconds, status, only } = KINDS[kind] ?? {};
    /** @type {Record<string, string>} */
    const match = {
      path: this.path.value.trim(),
      call_status: this.callStatus.value,
      message_status: this.textStatus.value,
      call_sid: this.callSid.value.trim(),
    };
    const matched = Object.entries(match).filter(([name, value]) => value && (!only || only.includes(name)));
    return {
      kind,
      rate: Number(this.rate.value) / 100,
      ...(seconds ? { seconds: Number(this.seconds.value) } : {}),
      ...(status ? { status: Number(this.status.value) } : {}),
      ...(this.count.value ? { count: Number(this.count.value) } : {}),
      ...(matched.length ? { match: Object.fromEntries(matched) } : {}),
    };
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    const problem = this.problem();
    if (problem) {
      this.complain(problem[1], problem[0]);
      return;
    }
    this.complain("");
    try {
      await this.add(this.rule());
    } catch (error) {
      this.complain(error instanceof Error ? error.message : "That did not work.");
    }
  }
}
