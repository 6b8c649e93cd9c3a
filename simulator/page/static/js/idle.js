/** A telephone at rest: ring one of our numbers, and say what happens when it is called itself. */

import { callable, hello } from "./drawer.js";
import { freshId, h } from "./dom.js";
import { spaced } from "./format.js";
import { ReactionFields } from "./reactions.js";

/** @import {Kept} from "./drawer.js" */
/** @import {Behaviour, OurNumber} from "./types.js" */

/** @type {[Behaviour, string][]} */
const BEHAVIOURS = [
  ["manual", "let me answer"],
  ["answer", "answers"],
  ["busy", "busy"],
  ["no-answer", "no answer"],
  ["reject", "declines"],
  ["failed", "out of service"],
  ["voicemail", "voicemail"],
];

/** @type {[string, string][]} */
const VOICES = [
  ["hello", "Hello, this is …"],
  ["tone", "a steady tone"],
  ["silence", "nothing"],
  ["own", "my own words"],
];
const TONE = "tone:440";

export class IdlePanel {
  /**
   * @param {Kept} kept
   * @param {{ring: (to: string) => void, change: (changes: Partial<Kept>) => void, remove: () => void}} actions
   */
  constructor(kept, actions) {
    this.kept = kept;
    this.actions = actions;
    /** The numbers on offer, to leave an open list alone while they stay the same. */
    this.shown = "";
    this.reactions = callable(kept.number) ? new ReactionFields(kept, actions.change) : null;
    const numbers = freshId();
    this.numbers = h("select", { id: numbers });
    this.ringButton = h(
      "button",
      { class: "plug wide", type: "button", onclick: () => actions.ring(this.numbers.value) },
      "Ring it",
    );
    this.noNumbers = h("p", { class: "quiet", hidden: true }, "The desk has no numbers yet.");
    this.last = h("p", { class: "quiet last", hidden: true });
    this.element = h(
      "div",
      { class: "panel" },
      h("label", { class: "field", for: numbers }, h("span", {}, "Call one of our numbers")),
      this.numbers,
      this.noNumbers,
      this.ringButton,
      this.last,
      ...(callable(kept.number) ? [this.behaviourFields()] : []),
      h(
        "details",
        { class: "more" },
        h("summary", {}, "More"),
        this.voiceFields(),
        this.reactions?.element ?? null,
        h("button", { class: "small", type: "button", onclick: actions.remove }, `Remove ${kept.name}`),
      ),
    );
  }

  behaviourFields() {
    const group = freshId();
    this.radios = BEHAVIOURS.map(([value]) =>
      h("input", { type: "radio", name: group, value, onchange: () => this.actions.change({ behaviour: value }) }),
    );
    const pills = this.radios.map((radio, index) =>
      h("label", { class: "pill" }, radio, h("span", {}, BEHAVIOURS[index]?.[1] ?? "")),
    );
    this.delay = h("input", {
      type: "number",
      min: 0,
      max: 60,
      step: 1,
      class: "short",
      onchange: () => this.actions.change({ delay: Math.min(60, Math.max(0, Number(this.delay?.value) || 0)) }),
    });
    this.delayField = h("label", { class: "inline" }, "after", this.delay, "seconds");
    return h(
      "fieldset",
      {},
      h("legend", {}, "When we call this phone"),
      h("div", { class: "pills" }, ...pills),
      this.delayField,
    );
  }

  voiceFields() {
    const voice = freshId();
    this.voice = h(
      "select",
      { id: voice, onchange: () => this.chooseVoice() },
      ...VOICES.map(([value, words]) => h("option", { value }, words)),
    );
    this.words = h("input", { "aria-label": "Its own words", maxlength: 300, onchange: () => this.chooseVoice() });
    return h(
      "div",
      { class: "voice" },
      h("label", { class: "field", for: voice }, h("span", {}, "Without a microphone it says")),
      this.voice,
      this.words,
    );
  }

  chooseVoice() {
    const choice = this.voice?.value;
    const { name } = this.kept;
    const typed = `speech:${this.words?.value.trim() ?? ""}`;
    // Its own words begin as something else than the greeting, or the choice would fall back to that.
    const own = typed === "speech:" || typed === hello(name) ? `speech:This is ${name}.` : typed;
    const voices = /** @type {Record<string, string>} */ ({ hello: hello(name), tone: TONE, silence: "silence", own });
    this.actions.change({ voice: voices[choice ?? ""] ?? "silence" });
    if (choice === "own") this.words?.focus();
  }

  /**
   * @param {OurNumber[]} numbers
   * @param {string} last how the last call ended; empty when there was none
   */
  update(numbers, last) {
    this.updateNumbers(numbers);
    this.last.hidden = !last;
    this.last.textContent = last;
    for (const radio of this.radios ?? []) radio.checked = radio.value === this.kept.behaviour;
    if (this.delayField) this.delayField.hidden = this.kept.behaviour === "manual";
    if (this.delay && document.activeElement !== this.delay) this.delay.value = String(this.kept.delay);
    this.updateVoice(this.kept.voice);
    this.reactions?.update();
  }

  /** @param {OurNumber[]} numbers */
  updateNumbers(numbers) {
    this.noNumbers.hidden = numbers.length > 0;
    this.ringButton.disabled = numbers.length === 0;
    this.numbers.disabled = numbers.length === 0;
    const wanted = numbers.map((one) => one.phone_number).join();
    if (this.shown === wanted) return;
    this.shown = wanted;
    const chosen = this.numbers.value;
    this.numbers.replaceChildren(
      ...numbers.map((one) => {
        const name = one.friendly_name === one.phone_number ? "" : ` ${one.friendly_name}`;
        return h("option", { value: one.phone_number }, `${spaced(one.phone_number)}${name}`);
      }),
    );
    if (numbers.some((one) => one.phone_number === chosen)) this.numbers.value = chosen;
  }

  /** @param {string} voice */
  updateVoice(voice) {
    if (!this.voice || !this.words) return;
    const speech = voice.startsWith("speech:") ? voice.slice("speech:".length) : "";
    const choice =
      voice === hello(this.kept.name) ? "hello" : speech ? "own" : voice.startsWith("tone:") ? "tone" : "silence";
    this.voice.value = choice;
    this.words.hidden = choice !== "own";
    if (document.activeElement !== this.words) this.words.value = speech;
  }
}
