/** Shows how loud a telephone's earpiece is, as a row of growing blocks and a word. */

import { h, setText } from "./dom.js";

const BLOCKS = "▁▂▃▄▅▆▇█";
const WIDTH = 8;
const AUDIBLE = 0.02;
const STEP_MS = 100;

export class Meter {
  /** @param {() => number} level */
  constructor(level) {
    this.level = level;
    this.bars = h("span", { class: "meter-bars", "aria-hidden": "true" }, BLOCKS.charAt(0).repeat(WIDTH));
    this.word = h("span", {}, "silence");
    this.element = h("span", { class: "meter" }, this.bars, " ", this.word);
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.heardAt = -Infinity;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
  }

  start() {
    this.timer ??= setInterval(() => this.step(), STEP_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.heardAt = -Infinity;
    setText(this.bars, BLOCKS.charAt(0).repeat(WIDTH));
    setText(this.word, "silence");
  }

  step() {
    const level = this.level();
    const now = performance.now();
    if (level > AUDIBLE) this.heardAt = now;
    const audible = now - this.heardAt < 700;
    setText(this.word, audible ? "sound" : "silence");
    const block = BLOCKS.charAt(Math.min(BLOCKS.length - 1, Math.floor(Math.sqrt(level) * BLOCKS.length)));
    // Reduced motion: one steady height instead of a running picture.
    const steady = BLOCKS.charAt(audible ? 4 : 0).repeat(WIDTH);
    setText(this.bars, this.still.matches ? steady : `${this.bars.textContent ?? ""}${block}`.slice(-WIDTH));
  }
}
