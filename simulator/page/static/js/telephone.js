/** One telephone: a card that shows what it is doing and offers what can be done. */

import { api, ApiError } from "./api.js";
import { CallAudio } from "./audio.js";
import { cardParts } from "./card.js";
import { callable } from "./drawer.js";
import { setText } from "./dom.js";
import { spaced } from "./format.js";
import { IdlePanel } from "./idle.js";
import { currentCall, elapsed, ending, lastCall, phaseOf, ringingAt, talksWith } from "./selectors.js";
import { TalkingPanel } from "./talking.js";
import { TextPanel } from "./textpanel.js";
import { choiceOf } from "./textrules.js";
import { isStopped, textsOf } from "./thread.js";
import { waitsIn } from "./waiting.js";

/** @import {Kept} from "./drawer.js" */
/** @import {Phase} from "./selectors.js" */
/** @import {Store} from "./store.js" */
/** @import {Call} from "./types.js" */

export class TelephoneCard {
  /**
   * @param {Kept} kept
   * @param {Store} store
   * @param {{changed: (kept: Kept, changes: Partial<Kept>) => void, remove: (kept: Kept) => void,
   *   say: (text: string) => void, shout: (text: string) => void}} actions
   */
  constructor(kept, store, actions) {
    this.kept = kept;
    this.store = store;
    this.actions = actions;
    /** @type {Phase | null} */
    this.phase = null;
    /** @type {Call | null} */
    this.call = null;
    /** Whether a request for this telephone is on its way: a second press must not ring twice. */
    this.busy = false;
    /** @type {"calls" | "texts"} */
    this.tab = "calls";
    /** Texts to it that were there when its owner last looked. */
    this.read = 0;
    this.audio = new CallAudio(() => this.update());
    this.idle = new IdlePanel(kept, {
      ring: (to) => this.ring(to),
      change: (changes) => actions.changed(kept, changes),
      remove: () => actions.remove(kept),
    });
    this.talking = new TalkingPanel(this.audio, {
      press: (digit) => this.act((call) => api.press(call.sid, digit)),
      say: (words) => this.act((call) => api.say(call.sid, words)),
      hangUp: () => this.act((call) => api.act(call.sid, "hangup")),
      listen: () => this.connectAudio(),
    });
    // Who withholds the number cannot be texted, and texts nobody.
    this.texts = callable(kept.number)
      ? new TextPanel(kept, store, {
          text: (to, body, photo) => this.text(to, body, photo),
          change: (changes) => actions.changed(kept, changes),
        })
      : null;
    this.parts = cardParts(
      kept,
      { idle: this.idle.element, talking: this.talking.element, texts: this.texts?.element ?? null },
      {
        calls: () => this.turn("calls"),
        texts: () => this.turn("texts"),
        giveUp: () => this.act((call) => api.act(call.sid, "hangup")),
        decline: () => this.act((call) => api.act(call.sid, "reject")),
        answer: () => void this.answer(),
        microphone: () => this.toggleMicrophone(),
      },
    );
    this.element = this.parts.element;
  }

  update() {
    const { call, others } = currentCall(this.store, this.kept.number);
    const before = this.call;
    this.call = call;
    // Sound may be on its way to a call that is news to this page, but never stays with one that is gone.
    if (before && call?.sid !== before.sid) this.leave();
    if (call && this.audio.sid && this.audio.sid !== call.sid) this.audio.detach();
    const phase = phaseOf(call);
    if (phase !== this.phase) this.enter(phase);
    if (call && phase === "talking") {
      this.talking.update(call, {
        partner: this.spoken(talksWith(this.store, call)),
        ringing: ringingAt(this.store, call),
        microphone: this.kept.microphone,
        waits: waitsIn(this.store, call, Date.now()),
      });
    }
    if (phase === "idle") this.idle.update(this.store.numbers, this.lastWords());
    this.updateTexts();
    this.parts.microphone.checked = this.kept.microphone;
    setText(
      this.parts.others,
      others ? `${others} more ${others === 1 ? "call waits" : "calls wait"} for this telephone.` : "",
    );
    this.parts.others.hidden = !others;
    this.tick();
  }

  /** What changes by the second. */
  tick() {
    const { call, phase } = this;
    const time = call ? elapsed(call, Date.now()) : "";
    const connected = call && talksWith(this.store, call) ? "talking" : "connected";
    const words = { idle: "idle", waiting: "ringing", called: "rings here", talking: `${connected} ${time}` };
    setText(this.parts.tag, phase === "idle" ? this.idleWords() : words[phase ?? "idle"]);
    if (!call) return;
    if (phase === "talking") this.talking.tick(waitsIn(this.store, call, Date.now()));
    const ringing = ringingAt(this.store, call);
    const rings = ringing.length ? ` Rings: ${ringing.join(", ")}` : "";
    setText(this.parts.waitingText, `Waiting for somebody to answer: ${time}.${rings}`);
    setText(this.parts.calledText, `${this.spoken(call.from)} is calling: ${time}`);
  }

  /** @param {"calls" | "texts"} tab */
  turn(tab) {
    this.tab = tab;
    this.update();
    if (tab === "texts") this.texts?.toEnd();
  }

  updateTexts() {
    const shown = this.tab === "texts";
    this.parts.calls.hidden = this.parts.microphoneField.hidden = shown;
    this.parts.showCalls.setAttribute("aria-pressed", String(!shown));
    this.parts.showTexts.setAttribute("aria-pressed", String(shown));
    if (!this.texts) return;
    this.texts.element.hidden = !shown;
    if (!shown) return;
    this.read = this.arrived();
    this.texts.update();
  }

  /** How many texts have reached this telephone. */
  arrived() {
    return textsOf(this.store, this.kept.number).filter(
      (message) => message.direction !== "inbound" && message.status === "delivered",
    ).length;
  }

  /** What the tag says of a telephone at rest. */
  idleWords() {
    if (!this.texts) return "idle";
    const fresh = this.arrived() - this.read;
    if (fresh > 0 && this.tab !== "texts") return `${fresh} new`;
    if (isStopped(this.store, this.kept.number)) return "stopped";
    const choice = choiceOf(this.kept);
    return choice?.value === "deliver" ? "idle" : (choice?.words ?? "own rule");
  }

  /** @param {Phase} phase */
  enter(phase) {
    const focusLost = this.phase !== null && this.element.contains(document.activeElement);
    const before = this.phase;
    this.phase = phase;
    this.element.dataset.phase = phase;
    // A call wants an answer, whatever its owner was reading.
    if (phase !== "idle") this.tab = "calls";
    this.idle.element.hidden = phase !== "idle";
    this.parts.waiting.hidden = phase !== "waiting";
    this.parts.called.hidden = phase !== "called";
    this.talking.element.hidden = phase !== "talking";
    if (phase !== "talking") this.talking.clear();
    // The pressed button is gone; from the name, Tab leads to the new ones, and Enter twice does nothing by mistake.
    if (focusLost && !this.visible(document.activeElement)) this.parts.heading.focus();
    if (phase === "called")
      this.actions.shout(`${this.kept.name} is being called. Answer or decline on the telephone ${this.kept.name}.`);
    if (phase === "talking") this.actions.say(`${this.kept.name} is connected.`);
    if (phase === "waiting") this.actions.say(`${this.kept.name} rings.`);
    if (phase === "idle" && before) this.actions.say(`${this.kept.name}: ${this.lastWords()}`);
  }

  /** @param {Element | null} element */
  visible(element) {
    return element instanceof HTMLElement && element.offsetParent !== null;
  }

  /** The call is over, or another one took its place. */
  leave() {
    this.audio.detach();
    this.talking.clear();
    setText(this.parts.error, "");
  }

  lastWords() {
    const call = lastCall(this.store, this.kept.number);
    return call ? `Last call: ${ending(call)}.` : "";
  }

  /** @param {string | null} party */
  spoken(party) {
    if (!party) return null;
    const ours = this.store.numbers.find((one) => one.phone_number === party);
    return ours && ours.friendly_name !== party ? `${ours.friendly_name} (${spaced(party)})` : spaced(party);
  }

  /** @param {string} to */
  async ring(to) {
    const name = callable(this.kept.number) ? { caller_name: this.kept.name.toUpperCase() } : {};
    await this.attempt(async () => {
      const call = await api.ring({ from: this.kept.number, to, voice: this.kept.voice, ...name });
      await this.audio.attach(call.sid, this.kept.microphone);
    });
  }

  /**
   * @param {string} to
   * @param {string} body
   * @param {boolean} photo
   * @returns {Promise<boolean>} whether it went out
   */
  async text(to, body, photo) {
    let sent = false;
    await this.attempt(async () => {
      await api.text({ from: this.kept.number, to, body, ...(photo ? { media: "photo" } : {}) });
      sent = true;
    }, true);
    return sent;
  }

  async answer() {
    const call = this.call;
    if (!call) return;
    await this.attempt(async () => {
      await api.act(call.sid, "answer");
      await this.audio.attach(call.sid, this.kept.microphone);
    });
  }

  connectAudio() {
    if (this.call) void this.audio.attach(this.call.sid, this.kept.microphone);
  }

  toggleMicrophone() {
    this.actions.changed(this.kept, { microphone: this.parts.microphone.checked });
    if (this.audio.state !== "off" && this.phase !== "idle") this.connectAudio();
  }

  /** @param {(call: Call) => Promise<unknown>} what */
  act(what) {
    const call = this.call;
    if (call) void this.attempt(() => what(call), true);
  }

  /**
   * @param {() => Promise<unknown>} what
   * @param {boolean} [together] whether it may run beside another (keys are pressed fast)
   */
  async attempt(what, together = false) {
    if (this.busy && !together) return;
    if (!together) this.busy = true;
    setText(this.parts.error, "");
    try {
      await what();
    } catch (error) {
      setText(this.parts.error, error instanceof ApiError ? error.message : "That did not work.");
    } finally {
      if (!together) this.busy = false;
      this.update();
    }
  }

  remove() {
    this.audio.detach();
    this.talking.clear();
    this.element.remove();
  }
}
