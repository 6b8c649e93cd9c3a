/** What a telephone does by itself when it is asked for a key or for words, and what its voicemail says. */

import { freshId, h } from "./dom.js";

/** @import {Kept} from "./drawer.js" */

const KEYS = /^[0-9*#A-D]+$/;
const LONGEST = 1000;

export class ReactionFields {
  /**
   * @param {Kept} kept
   * @param {(changes: Partial<Kept>) => void} change
   */
  constructor(kept, change) {
    this.kept = kept;
    this.press = h("input", { class: "short", inputmode: "tel", maxlength: 20, onchange: () => change({ press: this.pressed() }) });
    this.say = h("input", { maxlength: LONGEST, onchange: () => change({ say: this.said() }) });
    this.after = h("input", {
      type: "number",
      class: "short",
      min: 0,
      max: 60,
      onchange: () => change({ press: this.pressed(), say: this.said() }),
    });
    this.greeting = h("input", {
      maxlength: LONGEST,
      onchange: () => change({ greeting: this.greeting.value.trim() }),
    });
    this.element = h(
      "fieldset",
      { class: "voice" },
      h("legend", {}, "When it is asked for a key or for words"),
      h("label", { class: "inline" }, "Presses", this.press),
      field("Or answers in words", this.say),
      h("label", { class: "inline" }, "after", this.after, "seconds"),
      field("Greeting of its voicemail", this.greeting),
    );
  }

  pressed() {
    const digits = this.press.value.trim().toUpperCase();
    return KEYS.test(digits) ? { digits, after: this.seconds() } : null;
  }

  said() {
    const words = this.say.value.trim();
    return words ? { words, after: this.seconds() } : null;
  }

  seconds() {
    return Math.min(60, Math.max(0, Number(this.after.value) || 0));
  }

  update() {
    const { press, say, greeting } = this.kept;
    const [pressed, said] = [first(press), first(say)];
    put(this.press, pressed?.digits ?? "");
    put(this.say, said?.words ?? "");
    put(this.after, String(pressed?.after ?? said?.after ?? 1));
    put(this.greeting, greeting ?? "");
  }
}

/**
 * A program may have set one for each time it is asked; the page shows the first.
 *
 * @template T
 * @param {T | T[] | null | undefined} reaction
 */
const first = (reaction) => (Array.isArray(reaction) ? reaction[0] : reaction);

/** @param {HTMLInputElement} input @param {string} value */
function put(input, value) {
  if (document.activeElement !== input) input.value = value;
}

/** @param {string} words @param {HTMLInputElement} input */
function field(words, input) {
  input.id = freshId();
  return h("label", { class: "field", for: input.id }, h("span", {}, words), input);
}
