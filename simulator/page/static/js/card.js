/** The parts of a telephone's card. What they show and when is decided in telephone.js. */

import { freshId, h } from "./dom.js";
import { spaced } from "./format.js";

/** @import {Kept} from "./drawer.js" */

/**
 * @param {Kept} kept
 * @param {{idle: HTMLElement, talking: HTMLElement, texts: HTMLElement | null}} panels
 * @param {Record<"giveUp" | "decline" | "answer" | "microphone" | "calls" | "texts", () => void>} on
 */
export function cardParts(kept, panels, on) {
  const id = freshId();
  const number = spaced(kept.number);
  // A telephone named by its number alone needs it once.
  const about = [kept.name === number ? null : number, kept.note].filter(Boolean).join(" ");
  const heading = h("h3", { id, tabindex: -1 }, kept.name);
  const tag = h("span", { class: "tag" });
  const waitingText = h("p", { class: "with" });
  const waiting = h("div", { class: "panel" }, waitingText, h("div", { class: "row" }, button("Give up", on.giveUp)));
  const calledText = h("p", { class: "with" });
  // Decline stands where Hang up will: a double press on Answer ends nothing.
  const called = h(
    "div",
    { class: "panel" },
    calledText,
    h("div", { class: "row" }, button("Decline", on.decline), button("Answer", on.answer, "plug")),
  );
  const microphone = h("input", { type: "checkbox", onchange: on.microphone });
  const others = h("p", { class: "quiet" });
  const error = h("p", { class: "error", role: "alert" });
  const showCalls = button("Calls", on.calls, "small");
  const showTexts = button("Texts", on.texts, "small");
  const tabs = h("div", { class: "tabs", role: "group", "aria-label": "Calls or texts" }, showCalls, showTexts);
  const calls = h("div", { class: "panel" }, panels.idle, waiting, called, panels.talking);
  const microphoneField = h("label", { class: "inline" }, microphone, "Talk through my microphone");
  const element = h(
    "article",
    { class: "card telephone", "aria-labelledby": id },
    h("div", { class: "card-head" }, heading, tag),
    h("p", { class: "quiet", hidden: !about }, about),
    panels.texts && tabs,
    calls,
    panels.texts,
    error,
    others,
    microphoneField,
  );
  return {
    element,
    heading,
    tag,
    waiting,
    waitingText,
    called,
    calledText,
    microphone,
    microphoneField,
    others,
    error,
    calls,
    showCalls,
    showTexts,
  };
}

/** @param {string} words @param {() => void} press @param {string} [kind] */
function button(words, press, kind) {
  return h("button", { type: "button", class: kind, onclick: press }, words);
}
