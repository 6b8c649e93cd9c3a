/** Our senders: how fast each is, and how much waits for it. */

import { api } from "./api.js";
import { byId, freshId, h, setText } from "./dom.js";
import { spaced } from "./format.js";

/** @import {Store} from "./store.js" */
/** @import {Sender} from "./types.js" */

/** Letters of a queue's bar. */
const BAR = 10;

/** @typedef {{element: HTMLElement, heading: HTMLElement, tag: HTMLElement, bar: HTMLElement, facts: HTMLElement,
 *   error: HTMLElement, overflow: HTMLInputElement}} Parts */

export class SenderBench {
  /**
   * @param {Store} store
   * @param {(text: string) => void} say
   */
  constructor(store, say) {
    this.store = store;
    this.say = say;
    /** @type {Map<string, Parts>} */
    this.cards = new Map();
    const title = freshId();
    this.element = h(
      "section",
      { class: "senders", "aria-labelledby": title, hidden: true },
      h("h2", { class: "unseen", id: title }, "Senders of texts"),
    );
    byId("tools", HTMLElement).append(this.element);
  }

  update() {
    const { senders } = this.store;
    this.element.hidden = senders.size === 0;
    for (const [number, parts] of this.cards) {
      if (senders.has(number)) continue;
      parts.element.remove();
      this.cards.delete(number);
    }
    for (const sender of senders.values()) this.show(sender);
  }

  /** @param {Sender} sender */
  show(sender) {
    const parts = this.cards.get(sender.sender) ?? this.make(sender.sender);
    const ours = this.store.numbers.find((one) => one.phone_number === sender.sender);
    const { queued, waiting, capacity, rate, sent } = sender;
    setText(parts.heading, `Sender ${ours?.friendly_name ?? spaced(sender.sender)}`);
    setText(parts.tag, `${Number(rate.toPrecision(3))} per s`);
    const filled = queued ? Math.max(1, Math.min(BAR, Math.round((queued / capacity) * BAR))) : 0;
    setText(parts.bar, `queue [${"#".repeat(filled)}${".".repeat(BAR - filled)}] ${queued.toLocaleString("en")}`);
    setText(
      parts.facts,
      `full at ${capacity.toLocaleString("en")} segments (10 h) · ${waiting} ${waiting === 1 ? "text waits" : "texts wait"} · sent ${sent.toLocaleString("en")}`,
    );
    parts.overflow.checked = sender.overflow === 30001;
  }

  /** @param {string} number @returns {Parts} */
  make(number) {
    const id = freshId();
    const heading = h("h3", { id });
    const tag = h("span", { class: "tag" });
    const bar = h("p", { class: "queue" });
    const facts = h("p", { class: "quiet" });
    const error = h("p", { class: "error", role: "alert" });
    const overflow = h("input", {
      type: "checkbox",
      onchange: () => this.set(number, { overflow: overflow.checked ? 30001 : 21611 }),
    });
    const element = h(
      "article",
      { class: "card sender", "aria-labelledby": id },
      h("div", { class: "card-head" }, heading, tag),
      h("p", { class: "quiet" }, spaced(number)),
      bar,
      facts,
      h(
        "div",
        { class: "row" },
        h("button", { class: "small", type: "button", onclick: () => this.fill(number) }, "Fill the queue"),
        h("button", { class: "small", type: "button", onclick: () => this.set(number, { queued: 0 }) }, "Empty it"),
      ),
      h("label", { class: "inline" }, overflow, "When full: take it, then 30001"),
      error,
    );
    const parts = { element, heading, tag, bar, facts, error, overflow };
    this.cards.set(number, parts);
    this.element.append(element);
    return parts;
  }

  /** @param {string} number */
  fill(number) {
    const capacity = this.store.senders.get(number)?.capacity ?? 0;
    void this.set(number, { queued: capacity });
  }

  /** @param {string} number @param {{queued?: number, overflow?: number}} changes */
  async set(number, changes) {
    const error = this.cards.get(number)?.error;
    if (error) setText(error, "");
    try {
      await api.setSender(number, changes);
      if (changes.queued !== undefined) this.say(changes.queued ? "The queue is full." : "The queue is empty.");
    } catch (problem) {
      if (error) setText(error, problem instanceof Error ? problem.message : "That did not work.");
    }
  }
}
