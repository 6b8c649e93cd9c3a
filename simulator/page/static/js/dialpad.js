import { h } from "./dom.js";

const KEYS = "123456789*0#";
const SPOKEN = /** @type {Record<string, string>} */ ({ "*": "star", "#": "hash" });

/**
 * Twelve keys. While one of them has the focus, the keyboard's digits work too.
 *
 * @param {(digit: string) => void} press
 */
export function dialpad(press) {
  const keys = [...KEYS].map((key) =>
    h("button", { type: "button", "aria-label": SPOKEN[key], onclick: () => press(key) }, key),
  );
  const pad = h("div", { class: "pad", role: "group", "aria-label": "Keys" }, ...keys);
  pad.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length !== 1 || !KEYS.includes(event.key)) return;
    event.preventDefault();
    keys[KEYS.indexOf(event.key)]?.focus();
    press(event.key);
  });
  return pad;
}
