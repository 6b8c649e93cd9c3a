/** Hold, transfer, and others in a call. */
import { t } from "../src/i18n/i18n";
import type { SoftphoneEvent } from "../src/softphone/events";
import { inTurn, press, toLog, type } from "./acts";
import { ada, grace } from "./data";
import { hints, LEG, live, now, ready, ring, ringing, ROOT, talking } from "./events";
import { colleague, customer, me, outsider, room, transfer } from "./rooms";
import type { Exhibits } from "./exhibit";

const inRoom: SoftphoneEvent[] = [...talking, room([customer(null), me])];
const held: SoftphoneEvent[] = [...talking, room([customer(68), me])];
const consulting: SoftphoneEvent[] = [...talking, room([customer(34), me, colleague()], transfer())];
const NOBODY = "Grace Hopper did not answer. Maya Okonkwo is with you again.";
/** Ada talks with another phone of hers. */
const elsewhere: SoftphoneEvent[] = [...ready, room([customer(null), me])];
const movedHere: SoftphoneEvent = { type: "agent.moved-here", root: ROOT, id: "move-1" };
const toTransfer = press(() => t("transfer.key"));
const toTom = {
  agent: null,
  team: null,
  number: "+12025550143",
  display: "(202) 555-0143",
  name: "Tom Aldous",
};
const toMe = { ...toTom, agent: ada, number: "", display: "", name: ada.name };

/** Tom calls while Ada talks with Maya; then Maya waits. */
const mayBoth: SoftphoneEvent = {
  type: "grants.changed",
  grants: { incoming: true, outgoing: true, second_call: true },
};
const second: SoftphoneEvent[] = [
  ...inRoom,
  mayBoth,
  ring("CA-tom-leg", "CA-tom", hints("Tom Aldous", "+12025550143", "Support"), 6),
];
const parked = room([customer(42)], null, "active", null, {
  parked_since: new Date(now - 42_000).toISOString(),
});
const both: SoftphoneEvent[] = [
  ...second,
  { type: "agent.held-and-answered" },
  parked,
  { type: "call.accepted", id: "CA-tom-leg", sid: "CA-tom-leg", at: now - 40_000 },
  room([], null, "active", null, {
    sid: "CA-tom",
    party: { ...live.call.party, name: "Tom Aldous", company: "" },
  }),
];
/** With Tom, who is asked about, while Maya waits beside. */
const bothAsking: SoftphoneEvent[] = [
  ...both,
  room([customer(31), me, colleague()], transfer(), "active", null, {
    sid: "CA-tom",
    party: { ...live.call.party, name: "Tom Aldous", company: "" },
  }),
];
const backTo: SoftphoneEvent[] = [...both, { type: "agent.hung-up", at: now }];

export const ROOMS: Exhibits = {
  "40-on-hold": { events: held },
  "40-hold-pending": { events: [...inRoom, { type: "agent.acted", act: { do: "hold" } }] },
  "40-hold-refused": {
    events: [
      ...inRoom,
      { type: "agent.acted", act: { do: "hold" } },
      { type: "call.not-acted", sid: ROOT, message: "Twilio cannot be reached. You still hear each other." },
    ],
  },
  "40-on-hold-log": {
    events: held,
    act: inTurn(
      press(() => t("tab.log")),
      toLog,
    ),
  },
  "41-transfer": { events: inRoom, act: toTransfer },
  "41-transfer-on-hold": { events: held, act: toTransfer },
  "41-transfer-team": {
    events: inRoom,
    act: inTurn(toTransfer, type("[data-focus=transfer-search]", "support")),
  },
  "41-transfer-number": {
    events: inRoom,
    act: inTurn(toTransfer, type("[data-focus=transfer-search]", "202 555 0142")),
  },
  "41-transfer-refused-number": {
    events: inRoom,
    act: inTurn(toTransfer, type("[data-focus=transfer-search]", "+49 30 12345678")),
  },
  "41-transfer-nobody": {
    events: inRoom,
    act: inTurn(toTransfer, type("[data-focus=transfer-search]", "Zacharias")),
  },
  "42-consult-calling": {
    events: [
      ...talking,
      room([customer(4), me, colleague({ state: "calling" })], transfer({ state: "calling" })),
    ],
  },
  "42-consult": { events: consulting },
  "42-consult-swapped": {
    events: [...talking, room([customer(null), me, colleague({ held: true })], transfer())],
  },
  "42-consult-all": { events: [...talking, room([customer(null), me, colleague()], transfer())] },
  "42-consult-number": {
    events: [...talking, room([customer(34), me, outsider()], transfer({ to: toTom }))],
  },
  "42-consult-asked": {
    events: [...talking, room([customer(34), me, colleague()], transfer({ from: grace }))],
  },
  "42-consult-aside": {
    events: [
      ...talking,
      room([customer(null), { ...me, held: true }, colleague()], transfer({ from: grace, to: toMe })),
    ],
  },
  "43-sending": {
    events: [...talking, room([customer(null), me], transfer({ mode: "blind", state: "calling" }))],
  },
  "43-transfer-failed": {
    events: [...consulting, room([customer(null), me], transfer({ state: "failed", problem: NOBODY }))],
  },
  "43-handed-over": {
    events: [
      ...consulting,
      room([customer(null), colleague()], transfer({ state: "handed-over" })),
      { type: "call.disconnected", id: LEG, at: Date.now() },
    ],
  },
  "44-others": {
    events: [
      ...talking,
      room([
        customer(null),
        me,
        colleague({ held: true }),
        outsider({ muted: true }),
        outsider({ leg: "CA5", name: "", state: "calling", display: "(206) 555-0111" }),
      ]),
    ],
  },
  "44-not-reached": {
    events: [
      ...talking,
      room([customer(null), me, outsider({ state: "calling" })]),
      room([customer(null), me, outsider({ state: "left", problem: "The other side did not answer." })]),
    ],
  },
  "45-incoming-handed-over": {
    events: [
      ...ringing,
      room([customer(null)], transfer({ mode: "blind", state: "calling", from: grace }), "ringing"),
    ],
  },
  "45-incoming-asked": {
    events: [...ringing, room([customer(9)], transfer({ state: "calling", from: grace }), "ringing")],
  },
  "45-incoming-back": {
    events: [
      ...ready,
      ring(LEG, ROOT, hints("Maya Okonkwo", "(202) 555-0142"), 6),
      room([customer(null)], transfer({ mode: "blind", state: "recalled" }), "ringing"),
    ],
  },
  "46-second-ring": { events: second },
  "46-second-answered": { events: [...second, { type: "agent.held-and-answered" }] },
  "46-second-refused": {
    events: [
      ...second,
      { type: "agent.held-and-answered" },
      { type: "call.not-acted", sid: ROOT, message: "Twilio cannot be reached. You still hear each other." },
    ],
  },
  "46-parked-beside": { events: both },
  "46-parked-asking": { events: bothAsking },
  "46-parked-swapping": { events: [...both, { type: "agent.swapped" }] },
  "46-parked-back": { events: backTo },
  "46-parked-going-back": { events: [...backTo, { type: "agent.moved-here", root: ROOT, id: "back-1" }] },
  "46-parked-not-back": {
    events: [
      ...backTo,
      { type: "agent.moved-here", root: ROOT, id: "back-1" },
      { type: "move.refused", sid: ROOT, message: "Twilio cannot be reached. Try again." },
    ],
  },
  "47-elsewhere": { events: elsewhere },
  "47-elsewhere-coming": { events: [...elsewhere, movedHere] },
  "47-elsewhere-on-its-way": {
    events: [...elsewhere, movedHere, { type: "move.noted", sid: ROOT, at: now }],
  },
  "47-elsewhere-failed": { events: [...elsewhere, movedHere, { type: "move.late" }] },
  "47-elsewhere-no-calls": {
    events: [...elsewhere, { type: "grants.changed", grants: { incoming: true, outgoing: false } }],
  },
  "47-moved-on": {
    events: [
      ...inRoom,
      room([customer(null), { ...me, leg: "CA9" }]),
      { type: "call.disconnected", id: LEG, at: now },
    ],
  },
};
