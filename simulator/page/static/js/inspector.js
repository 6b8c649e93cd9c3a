/** The list of everything that happened, newest at the bottom. */

import { Details } from "./details.js";
import { byId, h } from "./dom.js";
import { callOf, entryLine, isAboutTexts } from "./entry.js";
import { shortSid } from "./format.js";
import { rootOf } from "./selectors.js";

/** @import {Store} from "./store.js" */
/** @import {Entry} from "./types.js" */

/** How far from the bottom still counts as at the bottom, in pixels. */
const BOTTOM_SLACK = 24;

/** @type {[string, string, (entry: Entry) => boolean][]} what can be shown alone */
const KINDS = [
  ["kind:calls", "calls", (entry) => callOf(entry) !== null && !isAboutTexts(entry)],
  ["kind:texts", "texts", isAboutTexts],
  ["kind:api", "what the desk asks", (entry) => entry.type === "request" && entry.request.direction === "in"],
  ["kind:warnings", "warnings", (entry) => entry.type === "warning"],
];

export class Inspector {
  /**
   * @param {Store} store
   * @param {(text: string) => void} say
   */
  constructor(store, say) {
    this.store = store;
    this.list = byId("entries", HTMLOListElement);
    this.filter = byId("filter", HTMLSelectElement);
    this.newest = byId("newest", HTMLButtonElement);
    this.empty = byId("entries-empty", HTMLElement);
    this.details = new Details(say, () => this.closeDetails());
    /** @type {Map<string, {line: HTMLLIElement, shown: unknown}>} */
    this.lines = new Map();
    /** @type {string | null} */
    this.selected = null;
    this.calls = "none yet";
    this.stuck = true;
    /** Whether lines may stand in another order than the store's: after a new start only. */
    this.disordered = false;
    store.subscribe((event) => {
      if (event === "snapshot") this.disordered = true;
    });
    this.filter.addEventListener("change", () => this.refilter());
    this.newest.addEventListener("click", () => this.toBottom());
    this.list.addEventListener("scroll", () => this.noticeScroll());
    this.list.addEventListener("keydown", (event) => this.walk(event));
    byId("clear", HTMLButtonElement).addEventListener("click", () => store.clearEntries());
  }

  update() {
    this.updateFilter();
    const keys = new Set(this.store.entries.map((entry) => entry.key));
    for (const [key, { line }] of this.lines) if (!keys.has(key)) this.drop(key, line);
    let added = false;
    for (const entry of this.store.entries) added = this.show(entry) || added;
    if (this.disordered) this.reorder();
    this.empty.hidden = this.list.childElementCount > 0;
    if (added && this.stuck) this.toBottom();
    this.newest.hidden = this.stuck || this.list.childElementCount === 0;
    this.ensureTabStop();
  }

  reorder() {
    this.disordered = false;
    const lines = this.store.entries.map((entry) => this.lines.get(entry.key)?.line);
    const wanted = lines.filter((line) => line !== undefined);
    if (wanted.some((line, index) => this.list.children[index] !== line)) this.list.append(...wanted);
  }

  /** @param {Entry} entry @returns {boolean} whether it is a new line */
  show(entry) {
    const content = entry.type === "request" ? entry.request : entry;
    const known = this.lines.get(entry.key);
    if (known?.shown === content) return false;
    if (!known && !this.wanted(entry)) return false;
    const line = entryLine(this.store, entry, (one) => this.open(one));
    this.lines.set(entry.key, { line, shown: content });
    const button = line.querySelector("button");
    if (button) button.tabIndex = -1;
    if (known) this.replace(known.line, line, entry);
    else this.list.append(line);
    if (entry.key === this.selected) this.mark(line, true);
    return !known;
  }

  /**
   * @param {HTMLLIElement} old
   * @param {HTMLLIElement} line
   * @param {Entry} entry
   */
  replace(old, line, entry) {
    const focused = old.contains(document.activeElement);
    old.replaceWith(line);
    if (focused) line.querySelector("button")?.focus();
    if (entry.key === this.selected) this.details.show(entry);
  }

  /** @param {string} key @param {Element} line */
  drop(key, line) {
    line.remove();
    this.lines.delete(key);
    if (key === this.selected) this.closeDetails(false);
  }

  /** @param {Entry} entry */
  wanted(entry) {
    if (!this.filter.value) return true;
    const kind = KINDS.find(([value]) => value === this.filter.value);
    if (kind) return kind[2](entry);
    const sid = callOf(entry);
    return sid !== null && rootOf(this.store, sid) === this.filter.value;
  }

  refilter() {
    for (const [key, { line }] of this.lines) this.drop(key, line);
    this.stuck = true;
    this.update();
  }

  updateFilter() {
    const roots = [...this.store.calls.values()].filter((call) => !call.parent_call_sid);
    const wanted = roots.map((call) => call.sid).join();
    if (wanted === this.calls) return;
    this.calls = wanted;
    const chosen = this.filter.value;
    this.filter.replaceChildren(
      h("option", { value: "" }, "everything"),
      ...KINDS.map(([value, words]) => h("option", { value }, words)),
      ...roots.map((call) =>
        h("option", { value: call.sid }, `${call.from} → ${call.to || "the desk"}, ${shortSid(call.sid)}`),
      ),
    );
    const there = roots.some((call) => call.sid === chosen) || KINDS.some(([value]) => value === chosen);
    this.filter.value = there ? chosen : "";
    if (this.filter.value !== chosen) this.refilter();
  }

  /** @param {Entry} entry */
  open(entry) {
    this.unmark();
    this.selected = entry.key;
    const line = this.lines.get(entry.key)?.line;
    if (line) this.mark(line, true);
    this.details.show(entry);
    this.details.focus();
  }

  /** @param {boolean} [refocus] */
  closeDetails(refocus = true) {
    const line = this.selected ? this.lines.get(this.selected)?.line : null;
    this.unmark();
    this.selected = null;
    this.details.hide();
    if (refocus) line?.querySelector("button")?.focus();
  }

  unmark() {
    const line = this.selected ? this.lines.get(this.selected)?.line : null;
    if (line) this.mark(line, false);
  }

  /** @param {Element} line @param {boolean} on */
  mark(line, on) {
    const button = line.querySelector("button");
    if (on) button?.setAttribute("aria-current", "true");
    else button?.removeAttribute("aria-current");
  }

  buttons() {
    return [...this.list.querySelectorAll("button")];
  }

  /** One Tab stop for the whole list; the arrows go from line to line. */
  ensureTabStop() {
    const buttons = this.buttons();
    if (buttons.some((button) => button.tabIndex === 0)) return;
    const last = buttons.at(-1);
    if (last) last.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const buttons = this.buttons();
    const at = buttons.findIndex((button) => button === document.activeElement);
    const targets = /** @type {Record<string, number>} */ ({
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: buttons.length - 1,
    });
    const target = buttons[targets[event.key] ?? -1];
    if (!target) return;
    event.preventDefault();
    for (const button of buttons) button.tabIndex = button === target ? 0 : -1;
    target.focus();
  }

  noticeScroll() {
    this.stuck = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight <= BOTTOM_SLACK;
    this.newest.hidden = this.stuck;
  }

  toBottom() {
    this.list.scrollTop = this.list.scrollHeight;
    this.stuck = true;
    this.newest.hidden = true;
  }
}
