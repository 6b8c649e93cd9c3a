/** What a telephone does with the texts it gets, in words. */

/** @import {TextRule, TextSettings} from "./types.js" */

/**
 * @typedef {object} Choice
 * @property {string} value
 * @property {string} words
 * @property {string[]} then  what happens then, line by line
 * @property {TextSettings} settings
 */

/** @param {Partial<TextRule>} rule @returns {TextRule} */
const rule = (rule) => ({ result: "deliver", code: null, delay: null, ...rule });

/** @type {Choice[]} */
export const CHOICES = [
  {
    value: "deliver",
    words: "deliver",
    then: ["queued, sent", "after 1 s: delivered"],
    settings: { line_type: "mobile", texts: rule({}) },
  },
  {
    value: "off",
    words: "switched off",
    then: ["queued, sent", "after 20 s: undelivered, 30003"],
    settings: { line_type: "mobile", texts: rule({ result: "undelivered", code: 30003, delay: 20 }) },
  },
  {
    value: "blocks",
    words: "carrier blocks",
    then: ["queued, sent", "after 1 s: undelivered, 30007"],
    settings: { line_type: "mobile", texts: rule({ result: "undelivered", code: 30007 }) },
  },
  {
    value: "landline",
    words: "landline",
    then: ["queued, sent", "after 1 s: undelivered, 30006"],
    settings: { line_type: "landline", texts: rule({}) },
  },
  {
    value: "silent",
    words: "never says",
    then: ["queued, sent", "and nothing more, ever"],
    settings: { line_type: "mobile", texts: rule({ result: "silent" }) },
  },
  {
    value: "refused",
    words: "refused at once",
    then: ["Twilio does not take it: 21614"],
    settings: { line_type: "mobile", texts: rule({ result: "refuse", code: 21614 }) },
  },
];

/** As a telephone is at first. @returns {TextSettings} */
export const plainTexts = () => ({ line_type: "mobile", texts: rule({}) });

/**
 * The choice that these settings are; undefined when a program has set others.
 *
 * @param {TextSettings} settings
 */
export function choiceOf({ line_type: lineType, texts }) {
  return CHOICES.find(
    ({ settings: one }) =>
      one.line_type === lineType &&
      one.texts.result === texts.result &&
      one.texts.code === texts.code &&
      one.texts.delay === texts.delay,
  );
}
