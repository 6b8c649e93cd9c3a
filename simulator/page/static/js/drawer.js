/** The telephones on the table, kept in the browser so that they are there again tomorrow. */

import { plainTexts } from "./textrules.js";

const KEY = "bench.telephones";
const HINT_KEY = "bench.hint-read";
const E164 = /^\+[1-9]\d{6,14}$/;
/** What a caller who withholds the number shows instead of it. */
const WITHHELD = "anonymous";

/**
 * Whether it is a number somebody could call.
 *
 * @param {string} number
 */
export const callable = (number) => E164.test(number);

/**
 * @typedef {object} Kept
 * @property {string} number
 * @property {string} name
 * @property {string} [note]
 * @property {boolean} microphone  whether its owner talks through the page's microphone
 * @property {import("./types.js").Behaviour} behaviour
 * @property {number} delay
 * @property {string} voice
 * @property {string} line_type
 * @property {import("./types.js").TextRule} texts
 * @property {string} reply  what it texts back by itself
 * @property {import("./types.js").Reactions["press"]} [press]  which keys it presses when it is asked for some
 * @property {import("./types.js").Reactions["say"]} [say]  what it says when it is asked for words
 * @property {string} [greeting]  what its voicemail says first
 */

/** @param {string} number @param {string} name @param {string} [note] @returns {Kept} */
export function newTelephone(number, name, note) {
  return {
    number,
    name,
    note,
    microphone: true,
    behaviour: "manual",
    delay: 1,
    voice: hello(name),
    reply: "",
    press: null,
    say: null,
    greeting: "",
    ...plainTexts(),
  };
}

/** @param {string} name */
export function hello(name) {
  return `speech:Hello, this is ${name}. Can you hear me?`;
}

/** @returns {Kept[]} */
function defaults() {
  return [
    newTelephone("+12025550142", "Maya", "known contact"),
    newTelephone("+12025550143", "Tom", "known contact"),
    newTelephone("+442079460711", "Ines", "from abroad"),
    { ...newTelephone(WITHHELD, "Withheld"), voice: "speech:Hello. I would rather not say who I am." },
  ];
}

/** @param {any} kept @returns {kept is Kept} */
const sound = (kept) => typeof kept?.number === "string" && typeof kept?.name === "string";

/** @returns {Kept[]} */
export function loadTelephones() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (!Array.isArray(kept)) return defaults();
    return kept.filter(sound).map((one) => ({ ...newTelephone(one.number, one.name), ...one }));
  } catch {
    return defaults();
  }
}

/** @param {Kept[]} telephones */
export function saveTelephones(telephones) {
  try {
    localStorage.setItem(KEY, JSON.stringify(telephones));
  } catch {
    // A browser without storage forgets them at the end of the visit.
  }
}

export function hintRead() {
  try {
    return localStorage.getItem(HINT_KEY) !== null;
  } catch {
    return false;
  }
}

export function readHint() {
  try {
    localStorage.setItem(HINT_KEY, "yes");
  } catch {
    // Then it shows again at the next visit.
  }
}
