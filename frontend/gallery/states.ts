/** Every state of the desk, reached by the events that lead there. */
import type { SendsPlace } from "../src/groupSends/address";
import type { LiveCall } from "../src/messages";
import type { SoftphoneEvent } from "../src/softphone/events";
import type { Hearing, Hints } from "../src/softphone/state";
import { t } from "../src/i18n/i18n";
import { presenceWord } from "../src/words";
import { ada, grace, hedy, HISTORY, LOG, sales, support } from "./data";
import type { ContactsMode } from "./contacts";
import { addressOf, SENDS, type SendsMode } from "./sends";
import type { DetailsMode, LogMode, TextsMode } from "./fakes";
import { UNREAD } from "./texts";

export interface Exhibit {
  events: SoftphoneEvent[];
  log?: LogMode;
  details?: DetailsMode;
  contacts?: ContactsMode;
  role?: "agent" | "supervisor";
  texts?: TextsMode;
  sends?: SendsMode;
  /** What the browser is like before the desk is drawn. */
  before?: () => void;
  /** What is pressed or typed afterwards. */
  act?: () => void;
}

const now = Date.now();
const ago = (seconds: number) => now - seconds * 1000;
const ROOT = "CA00000000000000000000000000000001";
const LEG = "CA00000000000000000000000000000002";

const presence = [
  { agent: ada, availability: "available", state: "available" },
  { agent: grace, availability: "available", state: "on-call" },
  { agent: hedy, availability: "available", state: "available" },
] as const;

const base = LOG[0];
if (!base) throw new Error("The log is empty.");
const live: LiveCall = {
  call: {
    ...base,
    sid: ROOT,
    status: "ringing",
    result: "",
    line: sales,
    revision: 2,
    contact: {
      id: 1,
      name: "Maya Okonkwo",
      company: "Okonkwo Interiors",
      note: "Sofa order 4471 is late; promised a date.",
    },
    party: { ...base.party, place: "Washington, DC, United States", verified: true },
  },
  mine: "ringing",
  history: HISTORY,
};

const snapshot = (calls: LiveCall[] = []): SoftphoneEvent => ({
  type: "desk.message",
  at: now,
  message: {
    type: "desk.snapshot",
    now: new Date(now).toISOString(),
    agent: ada,
    availability: "available",
    calls,
    presence: presence.map((each) => ({ ...each })),
    lines: [support, sales],
    unread_threads: UNREAD,
  },
});

const open: SoftphoneEvent[] = [
  { type: "leader.changed", leader: "held" },
  { type: "desk.opened" },
  snapshot(),
];
const allowed: SoftphoneEvent = { type: "microphone.changed", microphone: "granted" };
const ready: SoftphoneEvent[] = [
  ...open,
  allowed,
  { type: "device.changed", state: "registered", at: ago(1400) },
  { type: "desk.message", at: now, message: { type: "phone.state", registered: true } },
];
const mic = (microphone: "prompt" | "requesting" | "denied" | "missing"): SoftphoneEvent[] => [
  ...open,
  { type: "microphone.changed", microphone },
];

const hints = (name: string, number: string, line = "Sales"): Hints => ({
  number,
  display: number,
  name,
  place: "",
  line,
});
const pushLive: SoftphoneEvent = { type: "desk.message", at: now, message: { type: "call.incoming", live } };
const ring = (id: string, root: string, who: Hints, seconds: number): SoftphoneEvent => ({
  type: "call.incoming",
  id,
  root,
  hints: who,
  at: ago(seconds),
});
const maya = hints("Maya Okonkwo", "(202) 555-0142");
const ringing: SoftphoneEvent[] = [...ready, pushLive, ring(LEG, ROOT, maya, 6)];
const talking: SoftphoneEvent[] = [
  ...ringing,
  { type: "agent.answered" },
  { type: "call.accepted", id: LEG, sid: LEG, at: ago(267) },
];
const hearing = (hears: Hearing): SoftphoneEvent => ({ type: "hearing.changed", hearing: hears });
const toTom: SoftphoneEvent[] = [
  ...ready,
  {
    type: "agent.dialled",
    id: "d",
    hints: { ...hints("Tom Aldous", "+12025550143"), display: "(202) 555-0143", place: "United States" },
    line: sales,
    at: ago(9),
  },
];
const problem = (message: string, permanent: boolean): SoftphoneEvent[] => [
  ...toTom,
  { type: "call.ringing", id: "d", sid: "CA9" },
  { type: "desk.message", at: now, message: { type: "call.problem", sid: "CA9", message, permanent } },
];
const withdrawn = (reason: "answered-elsewhere" | "caller-hung-up"): SoftphoneEvent => ({
  type: "desk.message",
  at: now,
  message: { type: "call.withdrawn", sid: ROOT, reason, by: reason === "answered-elsewhere" ? grace : null },
});
const lost: SoftphoneEvent = { type: "desk.lost", at: ago(20), retryAt: now + 8000 };

function found<T extends Element>(selector: string, fits: (element: T) => boolean = () => true): T {
  const element = [...document.querySelectorAll<T>(selector)].find(fits);
  if (!element) throw new Error(`Nothing to press or see: ${selector} ${fits}`);
  return element;
}

/** The button whose name begins so: with a person's name, a digit, or a word of the page's language. */
const press = (label: string | (() => string)) => () => {
  const name = typeof label === "string" ? label : label();
  found<HTMLElement>("button", (button) =>
    (button.getAttribute("aria-label") ?? button.textContent).trim().startsWith(name),
  ).click();
};
const type =
  (selector: string, text: string, leave = false) =>
  () => {
    const input = found<HTMLInputElement | HTMLTextAreaElement>(selector);
    input.focus();
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    if (leave) setTimeout(() => input.blur(), 100);
  };
/** One after the other. What is not there yet is waited for: a busy browser draws late. */
export const inTurn =
  (...acts: (() => void)[]) =>
  () =>
    next(acts, 20);

function next([act, ...rest]: (() => void)[], attempts: number): void {
  try {
    act?.();
  } catch (error) {
    if (attempts === 0) throw error;
    setTimeout(() => next(act ? [act, ...rest] : rest, attempts - 1), 50);
    return;
  }
  if (rest.length > 0) setTimeout(() => next(rest, attempts), 120);
}

const toLog = () => t("nav.log");
/** By the tab, and on a phone by the navigation at the bottom. */
const toTexts = inTurn(
  () => found<HTMLElement>("#tab-messages").click(),
  press(() => t("nav.messages")),
);
const thread = (name: string, ...acts: (() => void)[]) =>
  inTurn(
    toTexts,
    () => found<HTMLElement>("[data-thread]", (row) => row.textContent.includes(name)).click(),
    ...acts,
  );
const opened = (...acts: (() => void)[]) => inTurn(press(toLog), press("Maya Okonkwo"), ...acts);
const seen = (selector: string) => () => found(selector).scrollIntoView();
const noteTyped = type("#note", "Wants the date in writing.\nCall before noon.");

/** A supervisor's, at one of the addresses of group sends. */
const sends = (place: SendsPlace, more: Partial<Exhibit> = {}): Exhibit => ({
  events: ready,
  role: "supervisor",
  before: addressOf(place),
  ...more,
});
const chooseGroup = (at: number) =>
  inTurn(
    () => found<HTMLElement>("#send-to").click(),
    () => found<HTMLElement>(`#choice-group-${at}`).click(),
  );
const writeToGroup = (...acts: (() => void)[]) =>
  inTurn(
    chooseGroup(1),
    type("#send-body", "Hello {first name}, our warehouse is closed 24–28 December."),
    ...acts,
  );
const toContacts = press(() => t("nav.contacts"));
const person = (...acts: (() => void)[]) => inTurn(toContacts, press("AMAlexandra"), ...acts);
const editing = (...acts: (() => void)[]) =>
  person(
    press(() => t("contact.editThis")),
    ...acts,
  );
const choosing = (choice: () => string) =>
  person(
    press(() => t("contact.more", { name: "Alexandra Montgomery-Fitzwilliam" })),
    () =>
      found<HTMLElement>("[role=menuitem]", (item) => item.textContent.trim().startsWith(choice())).click(),
  );
const importing = inTurn(
  toContacts,
  press(() => t("contact.import")),
  () => {
    const input = found<HTMLInputElement>("#import-file");
    const files = new DataTransfer();
    files.items.add(new File(["name"], "customers-2026.csv"));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  },
);

export const EXHIBITS: Record<string, Exhibit> = {
  "01-cue": { events: mic("prompt") },
  "02-cue-asking": { events: mic("requesting") },
  "03-cue-blocked": { events: mic("denied") },
  "04-cue-missing": { events: mic("missing") },
  "05-starting": { events: [...open, allowed] },
  "06-sound-blocked": { events: [...ready, { type: "sound.changed", sound: "blocked" }] },
  "07-phone-late": { events: [...open, allowed, { type: "start.late", step: "phone" }] },
  "08-prompt-late": { events: [...mic("requesting"), { type: "start.late", step: "prompt" }] },
  "09-offer": {
    events: ready,
    before: () => Object.defineProperty(Notification, "permission", { value: "default" }),
  },
  "10-idle": { events: ready },
  "11-idle-number": { events: ready, act: type("#number", "(202) 555-0142") },
  "12-idle-wrong": { events: ready, act: type("#number", "202 555", true) },
  "12-idle-refused": { events: ready, act: type("#number", "+49 30 12345678") },
  "13-idle-names": { events: ready, act: type("#number", "ma") },
  "14-idle-ended": { events: [...talking, { type: "agent.hung-up", at: now }] },
  "15-idle-elsewhere": { events: [...ringing, withdrawn("answered-elsewhere")] },
  "16-idle-gave-up": { events: [...ringing, withdrawn("caller-hung-up")] },
  "17-idle-orphan": { events: [...ready, snapshot([{ ...live, mine: "active" }])] },
  "18-away": { events: [...ready, { type: "agent.chose", availability: "away" }] },
  "18-rejected": { events: [...ringing, { type: "agent.rejected" }] },
  "19-log": { events: ready, act: press(toLog) },
  "19-log-long": { events: ready, log: "long", act: press(toLog) },
  "19-message": {
    events: ready,
    act: inTurn(
      press(toLog),
      press(() => t("message.play")),
    ),
  },
  "19-team": {
    events: ready,
    act: inTurn(press(toLog), () => document.querySelector<HTMLElement>("#tab-team")?.click()),
  },
  "20-incoming": { events: ringing },
  "21-incoming-several": {
    events: [
      ...ringing,
      ring("L2", "R2", hints("Tom Aldous", "+12025550143"), 4),
      ring("L3", "R3", hints("", "(206) 555-0111"), 2),
    ],
  },
  "22-incoming-unknown": {
    events: [
      ...ready,
      ring("L4", "R4", { ...hints("", "(206) 555-0111", "Support"), place: "Seattle, WA" }, 3),
    ],
  },
  "23-incoming-withheld": { events: [...ready, ring("L5", "R5", hints("", "", "Support"), 3)] },
  "24-incoming-long-name": {
    events: [
      ...ready,
      ring("L6", "R6", hints("Wolfeschlegelsteinhausenbergerdorff Ventures & Sons", "(206) 555-0111"), 3),
    ],
  },
  "25-incoming-forged": {
    events: [
      ...ready,
      {
        type: "desk.message",
        at: now,
        message: {
          type: "call.incoming",
          live: {
            ...live,
            call: {
              ...live.call,
              party: { ...live.call.party, verified: false, verification_failed: true },
            },
          },
        },
      },
      ring(LEG, ROOT, maya, 6),
    ],
  },
  "30-active": { events: talking },
  "37-microphone-gone": { events: [...talking, hearing({ state: "lost", label: "Jabra Evolve2" })] },
  "38-microphone-other": {
    events: [...talking, hearing({ state: "live", label: "Built-in microphone", missed: "Jabra Evolve2" })],
  },
  "39-busy-in-a-call": { events: [...talking, { type: "agent.chose", availability: "busy" }] },
  "31-active-muted-weak": {
    events: [
      ...talking,
      { type: "call.muted", id: LEG, muted: true },
      { type: "call.warning", id: LEG, name: "high-packet-loss" },
    ],
  },
  "32-active-keypad": {
    events: talking,
    act: inTurn(
      press(() => t("common.keypad")),
      press("4"),
      press("4"),
      press("7"),
      press("1"),
    ),
  },
  "33-active-muted": { events: [...talking, { type: "call.muted", id: LEG, muted: true }] },
  "34-active-log": {
    events: talking,
    act: inTurn(
      press(() => t("tab.log")),
      press(toLog),
    ),
  },
  "35-active-desk-lost": { events: [...talking, lost] },
  "36-what-helps": {
    events: [...talking, { type: "call.warning", id: LEG, name: "low-mos" }],
    act: press(() => t("call.whatHelps")),
  },
  "50-outgoing": { events: toTom },
  "51-failed-permanent": { events: problem("This number is not in service.", true) },
  "52-reconnecting": { events: [...talking, { type: "call.reconnecting", id: LEG, at: ago(8) }] },
  "53-unreachable": { events: [...ready, lost] },
  "54-failed-temporary": { events: problem("Nobody answered.", false) },
  "55-other-tab": { events: [...ready, { type: "leader.changed", leader: "elsewhere" }] },
  "56-other-tab-in-call": {
    events: [...ready, { type: "leader.changed", leader: "elsewhere" }, { type: "leader.refused" }],
  },
  "57-signed-out": {
    events: [
      ...ready,
      { type: "desk.message", at: now, message: { type: "session.ended", message: "You were signed out." } },
    ],
  },
  "58-phone-problem": {
    events: [
      ...ready,
      { type: "device.changed", state: "unregistered", at: now },
      { type: "device.failed", message: "The server cannot be reached. Check your connection." },
    ],
  },
  "59-calls-out-only": {
    events: [
      ...open,
      allowed,
      { type: "grants.changed", grants: { incoming: false, outgoing: true } },
      { type: "device.changed", state: "ready", at: ago(1400) },
    ],
  },
  "59-no-calls-out": {
    events: [...ready, { type: "grants.changed", grants: { incoming: true, outgoing: false } }],
  },
  "60-details": { events: ready, act: opened() },
  "61-details-not-saved": { events: ready, act: opened(noteTyped) },
  "62-details-conflict": {
    events: ready,
    details: "theirs",
    act: opened(
      noteTyped,
      press(() => t("note.save")),
      seen(".note"),
    ),
  },
  "63-details-loading": { events: ready, details: "loading", act: opened() },
  "64-details-failed": { events: ready, details: "failed", act: opened(seen(".happened")) },
  "65-details-empty": { events: ready, details: "empty", act: opened() },
  "66-details-save-failed": {
    events: ready,
    details: "unsaved",
    act: opened(
      noteTyped,
      press(() => t("note.save")),
    ),
  },
  "67-details-of-another": { events: ready, act: inTurn(press(toLog), press("Tom Aldous")) },
  "68-details-in-a-call": {
    events: talking,
    act: inTurn(
      press(() => t("tab.log")),
      press(toLog),
      press("Maya Okonkwo"),
    ),
  },
  "69-details-happened": { events: ready, act: opened(seen(".happened")) },
  "70-messages": { events: ready, act: toTexts },
  "71-thread": { events: ready, act: thread("Maya Okonkwo") },
  "72-thread-failed": { events: ready, act: thread("Orla Flynn") },
  "72-thread-helped": {
    events: ready,
    act: thread(
      "Orla Flynn",
      press(() => t("call.whatHelps")),
    ),
  },
  "73-thread-stopped": { events: ready, act: thread("Nadia Haddad") },
  "73-thread-landline": { events: ready, act: thread("Harbour") },
  "74-ready-made": {
    events: ready,
    act: thread(
      "Orla Flynn",
      press(() => t("threads.readyMade")),
    ),
  },
  "75-fields-empty": {
    events: ready,
    act: thread(
      "Maya Okonkwo",
      press(() => t("threads.readyMade")),
      () => found<HTMLElement>("[role=option]").click(),
    ),
  },
  "76-thread-long": { events: ready, act: thread("Alexandra") },
  "76-writing-long": {
    events: ready,
    act: thread("Maya Okonkwo", type("#text", "Hello Maya – your sofa arrives on Thursday. ".repeat(6))),
  },
  "77-not-sent": {
    events: ready,
    act: thread(
      "Maya Okonkwo",
      type("#text", "I will ring you at noon."),
      press(() => t("threads.send")),
    ),
  },
  "77-needs-reason": {
    events: ready,
    act: thread(
      "Maya Okonkwo",
      type("#text", "I will ring you tonight."),
      press(() => t("threads.send")),
    ),
  },
  "77-thread-of-whose": {
    events: ready,
    act: thread(
      "Orla Flynn",
      press(() => t("threads.whose", { name: "Ada Byron (AB)" })),
    ),
  },
  "78-messages-empty": { events: ready, texts: "empty", act: toTexts },
  "78-messages-nothing": { events: ready, act: inTurn(toTexts, type("#thread-search", "habour")) },
  "78-messages-people": { events: ready, act: inTurn(toTexts, type("#thread-search", "ma")) },
  "79-messages-loading": { events: ready, texts: "loading", act: toTexts },
  "79-messages-failed": { events: ready, texts: "failed", act: toTexts },
  "90-log-empty": { events: ready, log: "empty", act: press(toLog) },
  "91-log-nothing": { events: ready, log: "nothing", act: inTurn(press(toLog), type("#search", "habour")) },
  "92-log-loading": { events: ready, log: "loading", act: press(toLog) },
  "93-log-failed": { events: ready, log: "failed", act: press(toLog) },
  "94-availability": {
    events: ready,
    act: press(() => t("top.availability", { state: presenceWord("available") })),
  },
  "95-shortcuts": {
    events: ready,
    act: inTurn(
      press(() => t("top.account", { initials: "AB", name: "Ada Byron" })),
      press(() => t("top.shortcuts")),
    ),
  },
  "96-settings": {
    events: ready,
    act: inTurn(
      press(() => t("top.account", { initials: "AB", name: "Ada Byron" })),
      press(() => t("top.settings")),
    ),
  },
  "97-account": { events: ready, act: press(() => t("top.account", { initials: "AB", name: "Ada Byron" })) },
  "70-contacts": { events: ready, role: "supervisor", act: toContacts },
  "70-contacts-empty": { events: ready, contacts: "empty", act: toContacts },
  "70-contacts-failed": { events: ready, contacts: "failed", act: toContacts },
  "71-contact": { events: ready, act: person() },
  "71-contact-long": { events: ready, contacts: "long", role: "supervisor", act: person() },
  "71-contact-loading": { events: ready, contacts: "gone", act: person() },
  "71-contact-no-calls": { events: ready, act: person(press(() => t("contact.addNote"))) },
  "72-contact-menu": {
    events: ready,
    role: "supervisor",
    act: person(press(() => t("contact.more", { name: "Alexandra Montgomery-Fitzwilliam" }))),
  },
  "72-contact-blocked": { events: ready, contacts: "blocked", role: "supervisor", act: person() },
  "72-contact-block": { events: ready, act: choosing(() => t("contact.block")) },
  "72-contact-merge": {
    events: ready,
    role: "supervisor",
    act: inTurn(
      choosing(() => t("contact.merge")),
      type("#merge-search", "chiara"),
      press("Chiara"),
    ),
  },
  "73-contact-consent": {
    events: ready,
    act: person(
      () => found<HTMLDetailsElement>(".person-folded, .side").toggleAttribute("open", true),
      press(() => t("contact.history")),
      press(() => t("contact.consentSave")),
    ),
  },
  "74-contact-edit": { events: ready, act: editing() },
  "74-contact-edit-wrong": {
    events: ready,
    contacts: "wrong",
    act: editing(
      type("#contact-name", ""),
      press(() => t("contact.save")),
    ),
  },
  "74-contact-edit-theirs": {
    events: ready,
    contacts: "theirs",
    act: editing(
      type("#contact-company", "Fitzwilliam & Sons"),
      press(() => t("contact.save")),
    ),
  },
  "75-contact-add": {
    events: ready,
    act: inTurn(
      press(toLog),
      press("(206) 555-0111"),
      press(() => t("contact.addCaller")),
    ),
  },
  "76-import": { events: ready, role: "supervisor", act: importing },
  "80-sends": sends("list"),
  "80-sends-agent": sends("list", { role: "agent" }),
  "80-sends-empty": sends("list", { sends: "empty" }),
  "80-sends-loading": sends("list", { sends: "loading" }),
  "80-sends-failed": sends("list", { sends: "failed" }),
  "81-compose-empty": sends("new"),
  "81-compose-choices": sends("new", { act: () => found<HTMLElement>("#send-to").click() }),
  "81-compose-forbidden": sends("new", { role: "agent" }),
  "81-compose": sends(SENDS.draft),
  "81-compose-written": sends("new", { act: writeToGroup() }),
  "81-compose-nobody": sends("new", { sends: "nobody", act: writeToGroup() }),
  "81-compose-wrong": sends("new", { sends: "wrong", act: writeToGroup() }),
  "81-compose-later": sends(SENDS.draft, {
    act: inTurn(
      () => found<HTMLInputElement>(".when .segments label:last-child input").click(),
      press(() => t("sends.changeHours")),
    ),
  }),
  "81-compose-field": sends(SENDS.draft, { act: press(() => t("sends.insertField")) }),
  "81-compose-names": sends(SENDS.draft, { act: press(() => t("sends.seeNames")) }),
  "81-compose-myself": sends(SENDS.draft, { act: press(() => t("sends.toMyself")) }),
  "81-compose-confirm": sends(SENDS.draft, {
    act: inTurn(
      () => found<HTMLElement>(".send-button:not([aria-disabled=true])").click(),
      () => found("dialog"),
    ),
  }),
  "81-compose-ringing": { ...sends(SENDS.draft), events: ringing },
  "81-draft-agent": sends(SENDS.draft, { role: "agent" }),
  "82-progress": sends(SENDS.running),
  "82-progress-agent": sends(SENDS.running, { role: "agent" }),
  "82-progress-paused": sends(SENDS.paused),
  "82-progress-stopped": sends(SENDS.stopped),
  "82-progress-scheduled": sends(SENDS.scheduled),
  "82-progress-stop": sends(SENDS.running, {
    act: inTurn(() => found<HTMLElement>(".stop-button").click()),
  }),
  "82-progress-call": { ...sends(SENDS.running), events: talking },
  "82-progress-gone": sends(99),
  "82-progress-failed": sends(SENDS.running, { sends: "failed" }),
  "83-results": sends(SENDS.finished),
  "83-results-long": sends(SENDS.long),
  "83-results-canceled": sends(SENDS.canceled),
  "83-results-left-out": sends(SENDS.finished, {
    act: inTurn(() => found<HTMLElement>(".figures button").click()),
  }),
  "83-results-help": sends(SENDS.finished, {
    act: inTurn(press(() => t("sends.whatHelpsName", { name: "Orla Flynn" }))),
  }),
  "83-results-again": sends(SENDS.finished, { act: inTurn(press(() => t("sends.tryAgain", { count: 4 }))) }),
  "83-results-ask-failed": sends(SENDS.finished, {
    act: inTurn(press(() => t("sends.askName", { name: "Bartholomew Okafor" }))),
  }),
};
