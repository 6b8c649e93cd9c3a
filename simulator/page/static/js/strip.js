/** The row of telephones: which there are, adding and removing, and their settings on both sides. */

import { api } from "./api.js";
import { byId, setText } from "./dom.js";
import { callable, loadTelephones, newTelephone, saveTelephones } from "./drawer.js";
import { spaced } from "./format.js";
import { isOver, telephoneOf } from "./selectors.js";
import { TelephoneCard } from "./telephone.js";
import { plainTexts } from "./textrules.js";
import { otherEnd } from "./thread.js";

/** @import {Kept} from "./drawer.js" */
/** @import {Store} from "./store.js" */

export class Strip {
  /**
   * @param {Store} store
   * @param {{say: (text: string) => void, shout: (text: string) => void}} voice
   */
  constructor(store, voice) {
    this.store = store;
    this.voice = voice;
    this.place = byId("strip", HTMLElement);
    this.add = byId("add", HTMLElement);
    this.openButton = byId("add-open", HTMLButtonElement);
    this.dialog = byId("add-dialog", HTMLDialogElement);
    this.number = byId("add-number", HTMLInputElement);
    this.name = byId("add-name", HTMLInputElement);
    this.problem = byId("add-error", HTMLElement);
    /** @type {Map<string, TelephoneCard>} */
    this.cards = new Map();
    for (const kept of loadTelephones()) this.put(kept);
    this.openButton.addEventListener("click", () => this.open());
    byId("add-cancel", HTMLButtonElement).addEventListener("click", () => this.dialog.close());
    byId("add-form", HTMLFormElement).addEventListener("submit", (event) => this.submit(event));
  }

  /** @param {Kept} kept */
  put(kept) {
    const card = new TelephoneCard(kept, this.store, {
      changed: (one, changes) => this.change(one, changes),
      remove: (one) => this.remove(one),
      ...this.voice,
    });
    this.cards.set(kept.number, card);
    this.add.before(card.element);
    card.update();
    return card;
  }

  /** Shows what the calls say; a number without a telephone gets one, so that no call is out of reach. */
  update() {
    for (const call of this.store.calls.values()) {
      const number = telephoneOf(call);
      if (number && !isOver(call) && !this.cards.has(number)) {
        this.put(newTelephone(number, spaced(number), "came by itself"));
        this.save();
      }
    }
    for (const message of this.store.messages.values()) {
      const number = otherEnd(message);
      if (!number || !callable(number) || this.cards.has(number) || this.isOurs(number)) continue;
      // A text to a group would fill the bench: only who texts us, or talks with us, gets a telephone by itself.
      if (message.direction !== "inbound") continue;
      this.put(newTelephone(number, spaced(number), "came by itself"));
      this.save();
    }
    for (const card of this.cards.values()) card.update();
  }

  /** @param {string} number */
  isOurs(number) {
    return this.store.numbers.some((one) => one.phone_number === number);
  }

  tick() {
    for (const card of this.cards.values()) card.tick();
  }

  /** After a snapshot: the simulator's settings win where it has some; where it has none it is told ours. */
  settle() {
    for (const { kept } of this.cards.values()) {
      const known = this.store.telephones.get(kept.number);
      if (known)
        Object.assign(kept, {
          behaviour: known.behaviour,
          delay: known.delay,
          voice: known.voice || kept.voice,
          texts: known.texts ?? kept.texts,
          line_type: known.line_type ?? kept.line_type,
          reply: known.reply ?? kept.reply,
          press: known.press ?? null,
          say: known.say ?? null,
          greeting: known.greeting ?? "",
        });
      else this.tellSimulator(kept);
    }
    this.save();
  }

  /** After a reset every telephone lets its owner answer again. */
  reset() {
    for (const { kept } of this.cards.values())
      Object.assign(kept, { behaviour: "manual", delay: 1, reply: "", press: null, say: null, greeting: "", ...plainTexts() });
    this.save();
  }

  /** @param {Kept} kept @param {Partial<Kept>} changes */
  change(kept, changes) {
    Object.assign(kept, changes);
    this.save();
    if (!("microphone" in changes)) this.tellSimulator(kept);
    this.cards.get(kept.number)?.update();
  }

  /** @param {Kept} kept */
  tellSimulator(kept) {
    if (!callable(kept.number)) return; // Its voice goes with the calls it makes.
    api.setTelephone(kept).catch((error) => {
      const card = this.cards.get(kept.number);
      if (card) setText(card.parts.error, `This setting is not in force: ${error.message}`);
    });
  }

  /** @param {Kept} kept */
  remove(kept) {
    this.cards.get(kept.number)?.remove();
    this.cards.delete(kept.number);
    this.save();
    this.openButton.focus();
    this.voice.say(`${kept.name} removed.`);
  }

  open() {
    this.number.value = "";
    this.name.value = "";
    this.complain("");
    this.dialog.showModal();
    this.number.focus();
  }

  /** @param {string} problem */
  complain(problem) {
    setText(this.problem, problem);
    this.number.setAttribute("aria-invalid", String(problem !== ""));
    if (problem) this.number.focus();
  }

  /** @param {SubmitEvent} event */
  submit(event) {
    event.preventDefault();
    const number = this.number.value.replace(/[\s().-]/g, "");
    if (!callable(number)) return this.complain("That is not a number with + and country code, like +12025550144.");
    if (this.cards.has(number)) return this.complain("That telephone is on the bench already.");
    const kept = newTelephone(number, this.name.value.trim() || spaced(number));
    this.dialog.close();
    const card = this.put(kept);
    this.save();
    this.tellSimulator(kept);
    card.parts.heading.focus();
  }

  save() {
    saveTelephones([...this.cards.values()].map((card) => card.kept));
  }
}
