/** Calls, and whether one can be reached. */
import { t } from "../src/i18n/i18n";
import type { Call } from "../src/messages";
import { hintsOfColleague } from "../src/softphone/colleague";
import type { SoftphoneEvent } from "../src/softphone/events";
import { grace } from "./data";
import { inTurn, press, toLog, type } from "./acts";
import { DEAR, NIGHT, preferences } from "./fakes";
import {
  ago,
  allowed,
  hearing,
  hints,
  LEG,
  lost,
  maya,
  mic,
  now,
  problem,
  queue,
  ready,
  ring,
  ringing,
  ROOT,
  snapshot,
  talking,
  toTom,
  withdrawn,
  live,
  open,
} from "./events";
import { ROOMS } from "./roomStates";
import type { Exhibits } from "./exhibit";

/** Grace calls Ada. */
const fromGrace = [...ready, ring("L9", "R9", hintsOfColleague(grace), 5)];
const waited = (seconds: number, why: string) =>
  queue(2, "Sales", [
    {
      sid: ROOT,
      place: 1,
      state: "offered",
      since: new Date(ago(seconds)).toISOString(),
      late_at: null,
      party: live.call.party,
      line: live.call.line,
      why,
      not_before: null,
      tries: 0,
      rings_at: [],
    },
  ]);
const ofMaya = (call: Partial<Call>): SoftphoneEvent => ({
  type: "desk.message",
  at: now,
  message: { type: "call.incoming", live: { ...live, call: { ...live.call, ...call } } },
});
const marked = ofMaya({ party: { ...live.call.party, spam: true } });
const NO_ANSWER = { message: "Your colleague did not answer." };

export const CALLS: Exhibits = {
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
  "13-idle-colleagues": { events: ready, act: type("#number", "e") },
  "14-idle-ended": { events: [...talking, { type: "agent.hung-up", at: now }] },
  "15-idle-elsewhere": { events: [...ringing, withdrawn("answered-elsewhere")] },
  "16-idle-gave-up": { events: [...ringing, withdrawn("caller-hung-up")] },
  "17-idle-orphan": { events: [...ready, snapshot([{ ...live, mine: "active" }])] },
  "18-away": { events: [...ready, { type: "agent.chose", availability: "away" }] },
  "18-rejected": { events: [...ringing, { type: "agent.rejected" }] },
  "18-declined-colleague": { events: [...fromGrace, { type: "agent.rejected" }] },
  "20-incoming": { events: ringing },
  "20-incoming-waited": { events: [...ringing, waited(78, "pressed 2, Orders")] },
  "20-incoming-chose": { events: [...ringing, waited(6, "pressed 2, Orders and deliveries to the islands")] },
  "20-incoming-colleague": { events: fromGrace },
  "30-active-colleague": {
    events: [
      ...fromGrace,
      { type: "agent.answered" },
      { type: "call.accepted", id: "L9", sid: "L9", at: ago(42) },
    ],
  },
  "50-calling-colleague": {
    events: [
      ...ready,
      { type: "agent.dialled", id: "d", hints: hintsOfColleague(grace), line: null, at: ago(4) },
      { type: "call.ringing", id: "d", sid: "CA9" },
    ],
  },
  "51-colleague-not-there": {
    events: [
      ...ready,
      { type: "agent.dialled", id: "d", hints: hintsOfColleague(grace), line: null, at: ago(34) },
      { type: "call.ringing", id: "d", sid: "CA9" },
      {
        type: "desk.message",
        at: now,
        message: { type: "call.problem", sid: "CA9", message: NO_ANSWER.message, permanent: false },
      },
    ],
  },
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
  "25-incoming-spam": {
    events: [...ready, marked, ring(LEG, ROOT, maya, 6)],
  },
  "25-incoming-forged": {
    events: [
      ...ready,
      ofMaya({ party: { ...live.call.party, verified: false, verification_failed: true } }),
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
  "33-active-noise": {
    events: [...talking, { type: "noise.changed", noise: "on" }],
    before: () => preferences.set({ suppressesNoise: true }),
  },
  "33-active-noise-failed": {
    events: [...talking, { type: "noise.changed", noise: "failed" }],
    before: () => preferences.set({ suppressesNoise: true }),
  },
  "33-active-muted": { events: [...talking, { type: "call.muted", id: LEG, muted: true }] },
  "34-active-log": {
    events: talking,
    act: inTurn(
      press(() => t("tab.log")),
      toLog,
    ),
  },
  "35-active-desk-lost": { events: [...talking, lost] },
  "36-what-helps": {
    events: [...talking, { type: "call.warning", id: LEG, name: "low-mos" }],
    act: press(() => t("call.whatHelps")),
  },
  ...ROOMS,
  "50-outgoing": { events: toTom },
  "51-failed-permanent": { events: problem("This number is not in service.", true) },
  "51-failed-forbidden": { events: problem(DEAR.message, true, "+19005550142", "(900) 555-0142") },
  "51-failed-override": { events: problem(NIGHT.message, true, "+493012345678", "+49 30 12345678") },
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
};
