/** Everything the page knows, changed only by what the simulator says. Views read it and ask to be told. */

import { millis } from "./format.js";

/** @import {Call, Entry, Faults, Message, OptOut, OurNumber, Queue, Sender, SimulatorEvent, Snapshot, Telephone, Warning, WebRequest} from "./types.js" */

/** Enough for an afternoon; older entries leave, so that a bench left open stays quick. */
const MOST_ENTRIES = 1000;
const MOST_MESSAGES = 2000;

export class Store {
  constructor() {
    /** @type {Map<string, Call>} every leg by its sid, in the order it was first seen */
    this.calls = new Map();
    /** @type {Map<string, Message>} every text by its sid, oldest first */
    this.messages = new Map();
    /** @type {Map<string, Sender>} */
    this.senders = new Map();
    /** @type {Map<string, Queue>} */
    this.queues = new Map();
    /** @type {OptOut[]} who may not text whom */
    this.optOuts = [];
    /** @type {Entry[]} what the inspector lists, newest last */
    this.entries = [];
    /** @type {OurNumber[]} */
    this.numbers = [];
    /** @type {Map<string, Telephone>} what the simulator does when a number is called */
    this.telephones = new Map();
    /** @type {Faults} what goes wrong on purpose */
    this.faults = { seed: 0, rules: [] };
    /** Whether the simulator has told its state yet. */
    this.loaded = false;
    /** Entries up to this time were cleared away and stay away when the connection comes back. */
    this.clearedAt = 0;
    this.serial = 0;
    /** @type {Set<(event: SimulatorEvent["type"] | "cleared" | "settings") => void>} */
    this.listeners = new Set();
  }

  /** @param {(event: SimulatorEvent["type"] | "cleared" | "settings") => void} listener */
  subscribe(listener) {
    this.listeners.add(listener);
  }

  /** @param {SimulatorEvent["type"] | "cleared" | "settings"} event */
  tell(event) {
    for (const listener of this.listeners) listener(event);
  }

  /** @param {SimulatorEvent} event */
  apply(event) {
    if (event.type === "snapshot") this.applySnapshot(event);
    else if (event.type === "call") this.putCall(event.call, true);
    else if (event.type === "message") this.putMessage(event.message, true);
    else if (event.type === "sender") this.senders.set(event.sender.sender, event.sender);
    else if (event.type === "queue") this.putQueue(event.queue);
    else if (event.type === "opt_outs") this.optOuts = event.opt_outs;
    else if (event.type === "caption") this.addCaption(event);
    else if (event.type === "request") this.putRequest(event.request);
    else if (event.type === "warning") this.addWarning(event.warning);
    else if (event.type === "faults") this.faults = { seed: event.seed, rules: event.rules };
    else if (event.type === "reset") this.forget();
    else return; // A newer simulator may say more than this page understands.
    this.tell(event.type);
  }

  /** @param {Snapshot} snapshot */
  applySnapshot(snapshot) {
    this.forget();
    this.numbers = snapshot.numbers ?? [];
    this.faults = snapshot.faults ?? this.faults;
    this.telephones = new Map((snapshot.telephones ?? []).map((telephone) => [telephone.number, telephone]));
    const oldestFirst = [...(snapshot.calls ?? [])].sort(
      (one, other) => (millis(one.start_time) ?? 0) - (millis(other.start_time) ?? 0),
    );
    for (const call of oldestFirst) this.putCall(call, false);
    for (const message of snapshot.messages ?? []) this.putMessage(message, false);
    for (const sender of snapshot.senders ?? []) this.senders.set(sender.sender, sender);
    for (const queue of snapshot.queues ?? []) this.putQueue(queue);
    this.optOuts = snapshot.opt_outs ?? [];
    for (const request of snapshot.requests ?? []) this.putRequest(request);
    for (const warning of snapshot.warnings ?? []) this.addWarning(warning);
    for (const call of this.calls.values()) this.retellStates(call);
    this.entries.sort((one, other) => one.time - other.time);
    this.loaded = true;
  }

  /**
   * @param {Call} call
   * @param {boolean} live whether its changes are news
   */
  putCall(call, live) {
    const before = this.calls.get(call.sid);
    this.calls.set(call.sid, call);
    if (live && before?.status !== call.status) this.addState(call, call.status, Date.now());
    if (live && call.verb && before?.verb !== call.verb) this.addState(call, `<${call.verb}>`, Date.now());
  }

  /**
   * @param {Message} message
   * @param {boolean} live whether its changes are news
   */
  putMessage(message, live) {
    const known = this.messages.get(message.sid)?.history.length ?? 0;
    this.messages.set(message.sid, message);
    if (this.messages.size > MOST_MESSAGES) {
      const oldest = this.messages.keys().next().value;
      if (oldest !== undefined) this.messages.delete(oldest);
    }
    const code = message.error_code ? ` ${message.error_code}` : "";
    message.history.slice(known).forEach(({ status, time }) => {
      const at = live ? Date.now() : (millis(time) ?? Date.now());
      this.addEntry({
        type: "state",
        key: this.freshKey("state"),
        time: at,
        sid: message.sid,
        text: status === message.status ? `${status}${code}` : status,
      });
    });
  }

  /**
   * What happened before the page was opened, as far as the call itself tells.
   *
   * @param {Call} call
   */
  retellStates(call) {
    const started = millis(call.start_time);
    const answered = millis(call.answer_time);
    const ended = millis(call.end_time);
    if (started !== null) this.addState(call, "ringing", started);
    if (answered !== null) this.addState(call, "in-progress", answered);
    if (ended !== null) this.addState(call, call.status, ended);
  }

  /** @param {{sid: string, text: string, time: string}} caption */
  addCaption({ sid, text, time }) {
    const call = this.calls.get(sid);
    // The call itself may have told of it already.
    if (!call || call.captions.some((caption) => caption.time === time && caption.text === text)) return;
    this.calls.set(sid, { ...call, captions: [...call.captions, { text, time }] });
  }

  /** @param {Queue} queue */
  putQueue(queue) {
    if (queue.deleted) this.queues.delete(queue.sid);
    else this.queues.set(queue.sid, queue);
  }

  /** @param {WebRequest} request */
  putRequest(request) {
    const key = `request-${request.id}`;
    const entry = this.entries.find((candidate) => candidate.key === key);
    if (entry?.type === "request") entry.request = request;
    else this.addEntry({ type: "request", key, time: millis(request.time) ?? Date.now(), request });
  }

  /** @param {Warning} warning */
  addWarning(warning) {
    const time = millis(warning.time) ?? Date.now();
    this.addEntry({ type: "warning", key: this.freshKey("warning"), time, warning });
  }

  /**
   * @param {Call} call
   * @param {string} text
   * @param {number} time
   */
  addState(call, text, time) {
    this.addEntry({ type: "state", key: this.freshKey("state"), time, sid: call.sid, text });
  }

  /** @param {Entry} entry */
  addEntry(entry) {
    if (entry.time <= this.clearedAt) return;
    this.entries.push(entry);
    if (this.entries.length > MOST_ENTRIES) this.entries.splice(0, this.entries.length - MOST_ENTRIES);
  }

  /** @param {string} kind */
  freshKey(kind) {
    this.serial += 1;
    return `${kind}-${this.serial}`;
  }

  /** @param {Telephone} telephone */
  putTelephone(telephone) {
    this.telephones.set(telephone.number, telephone);
    this.tell("settings");
  }

  clearEntries() {
    this.clearedAt = Math.max(Date.now(), ...this.entries.map((entry) => entry.time));
    this.entries = [];
    this.tell("cleared");
  }

  forget() {
    this.calls.clear();
    this.messages.clear();
    this.senders.clear();
    this.queues.clear();
    this.optOuts = [];
    this.entries = [];
    this.telephones.clear();
    this.faults = { seed: 0, rules: [] };
  }
}
