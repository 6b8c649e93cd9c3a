/** The bench for breaking things on purpose: which faults are on, and the notice that some are. */

import { api } from "./api.js";
import { byId, freshId, h, setText } from "./dom.js";
import { FaultForm } from "./faultform.js";
import { conditions, PRESETS, TEXT_PRESETS, wordsOf } from "./faultkinds.js";

/** @import {Store} from "./store.js" */
/** @import {ActiveRule, FaultRule} from "./types.js" */

/** How many kinds the notice names: it must not fill a telephone's screen. */
const NAMED = 2;

export class FaultBench {
  /**
   * @param {Store} store
   * @param {(text: string) => void} say
   */
  constructor(store, say) {
    this.store = store;
    this.say = say;
    /** The rules on show, to leave the list alone while only their counts change. */
    this.shown = "";
    /** @type {Element[]} */
    this.counts = [];
    this.form = new FaultForm((rule) => this.put([rule]));
    const title = freshId();
    const error = freshId();
    this.heading = h("h2", { id: title, tabindex: -1 }, "Break things on purpose");
    this.error = h("p", { class: "error", id: error, role: "alert" });
    this.none = h("p", { class: "quiet" }, "Nothing is broken.");
    this.list = h("ul", { class: "fault-list", "aria-label": "Faults that are on" });
    this.again = h("p", { class: "quiet" }, "Every change begins all chances and counts anew.");
    this.seed = h("input", {
      inputmode: "numeric",
      autocomplete: "off",
      placeholder: "made up",
      "aria-describedby": error,
      onchange: () => void this.attempt(() => this.send(this.rules())),
    });
    this.clear = h("button", { type: "button", onclick: () => void this.stop() }, "Stop all faults");
    this.element = h(
      "section",
      { class: "card faults", "aria-labelledby": title },
      this.heading,
      h("p", { class: "quiet" }, "See what the desk does when Twilio, the network or a browser fails."),
      this.presets(PRESETS, "Faults worth trying"),
      this.presets(TEXT_PRESETS, "Faults of texts worth trying"),
      this.none,
      this.list,
      this.again,
      h(
        "div",
        { class: "row" },
        h("label", { class: "field seed" }, h("span", {}, "Seed (same seed, same luck)"), this.seed),
        this.clear,
      ),
      this.error,
      this.form.element,
    );
    byId("tools", HTMLElement).append(this.element);
    byId("faults-stop", HTMLButtonElement).addEventListener("click", () => void this.stop());
  }

  /** @param {[string, FaultRule[]][]} presets @param {string} label */
  presets(presets, label) {
    const buttons = presets.map(([words, rules]) =>
      h("button", { class: "small", type: "button", onclick: () => void this.attempt(() => this.put(rules)) }, words),
    );
    return h("div", { class: "pills", role: "group", "aria-label": label }, ...buttons);
  }

  update() {
    const { rules, seed } = this.store.faults;
    const shape = JSON.stringify(rules.map(({ fired: _, ...rule }) => rule));
    if (shape !== this.shown) this.draw(rules);
    this.shown = shape;
    rules.forEach((rule, index) => {
      const count = this.counts[index];
      if (count) setText(count, struck(rule));
    });
    this.none.hidden = rules.length > 0;
    this.list.hidden = this.again.hidden = rules.length === 0;
    this.clear.disabled = rules.length === 0;
    if (document.activeElement !== this.seed && rules.length) this.seed.value = String(seed);
    this.updateNotice(rules);
  }

  /** @param {ActiveRule[]} rules */
  draw(rules) {
    const buttons = [...this.list.querySelectorAll("button")];
    const focused = buttons.findIndex((button) => button === document.activeElement);
    this.counts = rules.map(() => h("span", { class: "struck" }));
    this.list.replaceChildren(...rules.map((rule, index) => this.line(rule, index)));
    if (focused < 0) return;
    const left = [...this.list.querySelectorAll("button")];
    (left[Math.min(focused, left.length - 1)] ?? this.heading).focus();
  }

  /** @param {ActiveRule} rule @param {number} index */
  line(rule, index) {
    const words = wordsOf(rule.kind);
    return h(
      "li",
      { class: rule.active ? "fault-line" : "fault-line over" },
      h(
        "span",
        { class: "what" },
        h("strong", {}, words),
        ` ${conditions(rule)}`,
        rule.active ? null : h("em", {}, " (over)"),
      ),
      " ",
      this.counts[index] ?? null,
      h(
        "button",
        { class: "small", type: "button", "aria-label": `Remove: ${words}`, onclick: () => this.remove(index) },
        "Remove",
      ),
    );
  }

  /** @param {ActiveRule[]} rules */
  updateNotice(rules) {
    const active = rules.filter((rule) => rule.active);
    const kinds = [...new Set(active.map((rule) => wordsOf(rule.kind)))];
    const more = kinds.length > NAMED ? ` · and ${kinds.length - NAMED} more` : "";
    const words = kinds.slice(0, NAMED).join(" · ") + more;
    document.documentElement.dataset.faults = active.length ? "on" : "off";
    byId("faults-stop", HTMLButtonElement).hidden = active.length === 0;
    setText(byId("faults-notice", HTMLElement), active.length ? `Faults are on: ${words}` : "");
  }

  /** What is to stay when something changes: a rule that is over would begin again. @returns {FaultRule[]} */
  rules() {
    return this.store.faults.rules.filter((rule) => rule.active).map(({ fired: _, active: __, ...rule }) => rule);
  }

  /** @param {FaultRule[]} more */
  async put(more) {
    await this.send([...this.rules(), ...more]);
    this.say(`On: ${more.map((rule) => wordsOf(rule.kind)).join(", ")}.`);
  }

  /** @param {number} index */
  remove(index) {
    const gone = this.store.faults.rules[index];
    if (!gone) return;
    const left = this.store.faults.rules.filter((rule) => rule !== gone && rule.active);
    void this.attempt(async () => {
      await this.send(left.map(({ fired: _, active: __, ...rule }) => rule));
      this.say(`Off: ${wordsOf(gone.kind)}.`);
    });
  }

  async stop() {
    await this.attempt(async () => {
      await api.clearFaults();
      this.seed.value = "";
      this.say("All faults are off.");
      this.heading.focus();
    });
  }

  /** @param {FaultRule[]} rules */
  async send(rules) {
    const typed = this.seed.value.trim();
    if (typed && !/^-?\d{1,15}$/.test(typed)) {
      this.seed.setAttribute("aria-invalid", "true");
      this.seed.focus();
      throw new Error("Seed: a whole number, or nothing.");
    }
    this.seed.removeAttribute("aria-invalid");
    await api.setFaults({ rules, ...(typed ? { seed: Number(typed) } : {}) });
  }

  /** @param {() => Promise<void>} what */
  async attempt(what) {
    setText(this.error, "");
    try {
      await what();
    } catch (error) {
      setText(this.error, error instanceof Error ? error.message : "That did not work.");
    }
  }
}

/** @param {ActiveRule} rule */
function struck(rule) {
  return `struck ${rule.fired} ${rule.fired === 1 ? "time" : "times"}`;
}
