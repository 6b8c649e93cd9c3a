/** A telephone in a call: keys, what it hears, what is said to it. */

import { dialpad } from "./dialpad.js";
import { h, setText } from "./dom.js";
import { Meter } from "./meter.js";
import { hears } from "./waiting.js";

/** @import {CallAudio} from "./audio.js" */
/** @import {Call, Caption} from "./types.js" */

export class TalkingPanel {
  /**
   * @param {CallAudio} audio
   * @param {{press: (digit: string) => void, say: (words: string) => void, hangUp: () => void,
   *   listen: () => void}} actions
   */
  constructor(audio, actions) {
    this.audio = audio;
    this.actions = actions;
    this.with = h("p", { class: "with" });
    this.waits = h("p", { class: "hears", hidden: true });
    this.sound = h("p", { class: "hears" });
    this.words = h("input", { "aria-label": "Words to say", maxlength: 1000, placeholder: "Say something" });
    this.sayForm = h(
      "form",
      { class: "row say", onsubmit: (/** @type {Event} */ event) => this.say(event) },
      this.words,
      h("button", { class: "small" }, "Say it"),
    );
    this.said = h("p", { class: "digits", hidden: true });
    this.digits = h("output", { class: "digits", "aria-label": "Keys pressed" });
    this.meter = new Meter(() => audio.level());
    this.hears = h("p", { class: "hears" }, "hears: ", this.meter.element);
    this.listen = h("button", { type: "button", onclick: actions.listen }, "Connect sound");
    this.problem = h("p", { class: "problem" });
    this.captions = h("div", { class: "captions", role: "log", "aria-label": "Said to this telephone", tabindex: 0 });
    this.shown = 0;
    this.element = h(
      "div",
      { class: "panel" },
      this.with,
      this.waits,
      this.sound,
      dialpad(actions.press),
      this.digits,
      this.sayForm,
      this.said,
      h(
        "div",
        { class: "row" },
        h("button", { type: "button", class: "end", onclick: actions.hangUp }, "Hang up"),
        this.listen,
      ),
      this.hears,
      this.problem,
      this.captions,
    );
  }

  /**
   * @param {Call} call
   * @param {{partner: string | null, ringing: string[], microphone: boolean, waits: string}} facts
   */
  update(call, facts) {
    setText(this.with, connection(call, facts));
    setText(this.digits, call.digits ? `pressed ${call.digits}` : "");
    this.digits.hidden = !call.digits;
    const said = call.said?.at(-1)?.text;
    setText(this.said, said ? `said “${said}”` : "");
    this.said.hidden = !said;
    setText(this.sound, hears(call));
    this.tick(facts.waits);
    const { state, problem } = this.audio;
    const heard = state === "listening" || state === "talking";
    this.hears.hidden = !heard;
    if (heard) this.meter.start();
    else this.meter.stop();
    this.listen.hidden = state !== "off" && state !== "failed";
    setText(this.problem, note(state, problem, facts.microphone));
    this.problem.hidden = !this.problem.textContent;
    this.updateCaptions(call.captions);
  }

  /** @param {string} waits where it waits, and for how long; empty for nowhere */
  tick(waits) {
    setText(this.waits, waits);
    this.waits.hidden = !waits;
  }

  /** @param {Event} event */
  say(event) {
    event.preventDefault();
    const words = this.words.value.trim();
    if (!words) return;
    this.words.value = "";
    this.actions.say(words);
  }

  /** @param {Caption[]} captions */
  updateCaptions(captions) {
    if (captions.length < this.shown) {
      this.captions.replaceChildren();
      this.shown = 0;
    }
    this.captions.hidden = captions.length === 0;
    if (captions.length === this.shown) return;
    this.captions.append(...captions.slice(this.shown).map((caption) => h("p", {}, `“${caption.text}”`)));
    this.shown = captions.length;
    this.captions.scrollTop = this.captions.scrollHeight;
  }

  clear() {
    this.meter.stop();
    this.captions.replaceChildren();
    this.shown = 0;
  }
}

/**
 * @param {Call} call
 * @param {{partner: string | null, ringing: string[]}} facts
 */
function connection(call, { partner, ringing }) {
  if (partner) return `Connected with ${partner}`;
  if (ringing.length) return `Waiting for somebody to answer. Rings: ${ringing.join(", ")}`;
  return call.verb ? `The desk runs <${call.verb}>` : "Connected with the desk";
}

/**
 * @param {string} state
 * @param {string} problem
 * @param {boolean} microphone
 */
function note(state, problem, microphone) {
  if (state === "connecting") return "Connecting the sound…";
  if (state === "off") return "This page does not listen to the call.";
  if (problem && state === "listening") return `${problem} You can listen; it says its own words instead.`;
  if (problem) return problem;
  if (state === "listening" && microphone) return "";
  return state === "talking" ? "Your microphone is on." : "";
}
