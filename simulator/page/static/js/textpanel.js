/** A telephone's texts: its thread, writing, and what happens when it is texted. */

import { freshId, h, setText } from "./dom.js";
import { spaced } from "./format.js";
import { CHOICES, choiceOf } from "./textrules.js";
import { bubblesOf } from "./thread.js";

/** @import {Kept} from "./drawer.js" */
/** @import {Store} from "./store.js" */
/** @import {Bubble} from "./thread.js" */
/** @import {OurNumber} from "./types.js" */

const QUICK = ["STOP", "START", "HELP"];

export class TextPanel {
  /**
   * @param {Kept} kept
   * @param {Store} store
   * @param {{text: (to: string, body: string, photo: boolean) => Promise<boolean>,
   *   change: (changes: Partial<Kept>) => void}} actions
   */
  constructor(kept, store, actions) {
    this.kept = kept;
    this.store = store;
    this.actions = actions;
    /** What is on show, to leave the thread alone while it stays the same. */
    this.shown = "";
    this.offered = "";
    this.thread = h("div", { class: "thread", role: "log", tabindex: 0, "aria-label": `Texts of ${kept.name}` });
    this.empty = h("p", { class: "quiet" }, "No texts yet.");
    this.numbers = h("select", { "aria-label": "Text to" });
    this.words = h("input", {
      "aria-label": "What to text",
      placeholder: "Words",
      maxlength: 1600,
      autocomplete: "off",
    });
    this.send = h("button", { class: "plug", type: "submit" }, "Text it");
    const form = h(
      "form",
      { class: "write", onsubmit: (/** @type {Event} */ event) => this.submit(event) },
      this.numbers,
      this.words,
      this.send,
    );
    this.quick = [
      ...QUICK.map((word) => this.button(word, () => this.actions.text(this.numbers.value, word, false))),
      this.button("photo", () => this.actions.text(this.numbers.value, this.takeWords(), true)),
    ];
    this.element = h(
      "div",
      { class: "panel", hidden: true },
      this.thread,
      form,
      h("div", { class: "row" }, ...this.quick),
      this.rules(),
    );
  }

  /** @param {string} words @param {() => unknown} press */
  button(words, press) {
    return h("button", { class: "small", type: "button", onclick: press }, words);
  }

  rules() {
    const group = freshId();
    this.radios = CHOICES.map(({ value, settings }) =>
      h("input", { type: "radio", name: group, value, onchange: () => this.actions.change(settings) }),
    );
    const pills = this.radios.map((radio, index) =>
      h("label", { class: "pill" }, radio, h("span", {}, CHOICES[index]?.words ?? "")),
    );
    this.then = h("p", { class: "quiet" });
    this.reply = h("input", {
      maxlength: 1600,
      autocomplete: "off",
      placeholder: "nothing",
      onchange: () => this.actions.change({ reply: this.reply?.value.trim() ?? "" }),
    });
    return h(
      "details",
      { class: "more" },
      h("summary", {}, "When we text this phone"),
      h(
        "fieldset",
        { class: "panel" },
        h("legend", { class: "unseen" }, "When we text this phone"),
        h("div", { class: "pills" }, ...pills),
        h("h4", {}, "What happens then"),
        this.then,
        h("label", { class: "field" }, h("span", {}, "It texts back by itself"), this.reply),
      ),
    );
  }

  takeWords() {
    const words = this.words.value;
    this.words.value = "";
    return words;
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    const words = this.words.value;
    if (!words) return this.words.focus();
    // What could not be sent stays to be sent again.
    if ((await this.actions.text(this.numbers.value, words, false)) && this.words.value === words)
      this.words.value = "";
  }

  update() {
    this.updateNumbers(this.store.numbers);
    const chosen = choiceOf(this.kept);
    for (const radio of this.radios ?? []) radio.checked = radio.value === chosen?.value;
    if (this.then) setText(this.then, chosen ? chosen.then.join("; ") : "What a program has set.");
    if (this.reply && document.activeElement !== this.reply) this.reply.value = this.kept.reply;
    this.draw(bubblesOf(this.store, this.kept.number));
  }

  /** @param {Bubble[]} bubbles */
  draw(bubbles) {
    const shown = JSON.stringify(bubbles);
    if (shown === this.shown && this.thread.hasChildNodes()) return;
    this.shown = shown;
    const lines = bubbles.map(({ own, lost, words, about }) =>
      h(
        "div",
        { class: ["bubble", own ? "own" : "", lost ? "lost" : ""].filter(Boolean).join(" ") },
        h("p", {}, words),
        h("p", { class: "about" }, about),
      ),
    );
    this.thread.replaceChildren(...(lines.length ? lines : [this.empty]));
    this.toEnd();
  }

  toEnd() {
    this.thread.scrollTop = this.thread.scrollHeight;
  }

  /** @param {OurNumber[]} numbers */
  updateNumbers(numbers) {
    for (const control of [this.numbers, this.send, ...this.quick]) control.disabled = numbers.length === 0;
    const wanted = numbers.map((one) => `${one.phone_number} ${one.friendly_name}`).join();
    if (this.offered === wanted) return;
    this.offered = wanted;
    const chosen = this.numbers.value;
    this.numbers.replaceChildren(
      ...numbers.map((one) => {
        const named = one.friendly_name !== one.phone_number;
        return h(
          "option",
          { value: one.phone_number },
          `Text to ${named ? one.friendly_name : spaced(one.phone_number)}`,
        );
      }),
    );
    if (numbers.some((one) => one.phone_number === chosen)) this.numbers.value = chosen;
  }
}
