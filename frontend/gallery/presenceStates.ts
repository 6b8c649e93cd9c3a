/** What people are, and what is said of it. */
import type { CallBack, Presence, Queue } from "../src/messages";
import type { SoftphoneEvent } from "../src/softphone/events";
import { t } from "../src/i18n/i18n";
import { presenceWord } from "../src/words";
import { found, inTurn, press, toLog } from "./acts";
import { ada, grace, hedy, support, there } from "./data";
import { ago, now, ready, ringing, talking } from "./events";
import type { Exhibits } from "./exhibit";

const iso = (at: number) => new Date(at).toISOString();
const told = (presence: Presence): SoftphoneEvent => ({
  type: "desk.message",
  at: now,
  message: { type: "presence.changed", presence },
});
const mine = (more: Partial<Presence>) => told(there(ada, more));
const setAway: Partial<Presence> = {
  availability: "away",
  state: "away",
  set_by: hedy,
  set_at: iso(ago(1700)),
  reason: "Meeting",
};
const inWrapUp = (stays: boolean): Partial<Presence> => ({
  state: "wrap-up",
  wrap_up: { until: iso(now + 48_000), stays },
});
const colleague = (id: number, name: string, more: Partial<Presence>) =>
  told(there({ id, identity: `agent_${id}`, name }, more));
const everybody = [
  told(there(grace, { state: "on-call" })),
  colleague(10, "Ben Otis", {}),
  colleague(11, "Kofi Mensah", inWrapUp(false)),
  colleague(12, "Sinéad O’Shaughnessy", { availability: "busy", state: "busy" }),
  colleague(13, "Dana Lis", {
    availability: "away",
    state: "away",
    reason: "Lunch",
    back_at: iso(now + 1_200_000),
  }),
  colleague(14, "Jonathan Adeyemi-Clarke-Montgomery", { state: "not-reachable", trouble: "silent" }),
  colleague(15, "Mei Tanaka", { state: "not-reachable", trouble: "microphone-blocked" }),
  colleague(16, "Tom Reed", { availability: "offline", state: "offline", since: iso(ago(4000)) }),
];
const many = Array.from({ length: 32 }, (_, at) => colleague(100 + at, `Colleague Number ${at + 1}`, {}));
const maya: CallBack["party"] = {
  number: "+12025550142",
  display: "(202) 555-0142",
  name: "Maya Okonkwo",
  company: "Okonkwo Interiors",
  place: "Washington, DC, United States",
  withheld: false,
  verified: false,
  verification_failed: false,
  spam: false,
};
const toCallBack: CallBack = {
  sid: "CA00000000000000000000000000000009",
  party: maya,
  line: support,
  team: { id: 1, name: "Support" },
  since: iso(ago(372)),
  until: iso(now + 17_000),
  tries: 1,
  why: "",
  note: "",
};
const offered: SoftphoneEvent = {
  type: "desk.message",
  at: now,
  message: { type: "call_back.changed", call_back: toCallBack },
};
const inLine = (sid: string, more: Partial<Queue["callers"][number]>): Queue["callers"][number] => ({
  sid,
  place: 1,
  state: "call-back",
  since: iso(ago(372)),
  party: maya,
  line: support,
  why: "",
  late_at: iso(ago(252)),
  not_before: null,
  tries: 0,
  rings_at: [],
  ...more,
});
const queue: SoftphoneEvent = {
  type: "desk.message",
  at: now,
  message: {
    type: "queue.changed",
    queue: {
      team: { id: 1, name: "Support" },
      waiting: 1,
      call_backs: 2,
      longest_since: iso(ago(95)),
      call_backs_since: iso(ago(372)),
      callers: [
        inLine("CA1", { rings_at: [{ ...grace, since: iso(ago(4)) }] }),
        inLine("CA2", { place: 2, state: "waiting", since: iso(ago(95)), late_at: iso(now + 25_000) }),
        inLine("CA3", { place: 3, since: iso(ago(61)), not_before: iso(now + 540_000), tries: 1 }),
      ],
      ringing: [],
    },
  },
};
const ben = { id: 10, identity: "agent_10", name: "Ben Otis" };
const ringsAtBen: SoftphoneEvent = {
  type: "desk.message",
  at: now,
  message: {
    type: "queue.changed",
    queue: {
      team: { id: 1, name: "Support" },
      waiting: 0,
      call_backs: 0,
      longest_since: null,
      call_backs_since: null,
      callers: [
        inLine("CA4", {
          state: "offered",
          since: iso(ago(30)),
          late_at: null,
          rings_at: [{ ...ben, since: iso(ago(12)) }],
        }),
      ],
      ringing: [
        { agent: ben, since: iso(ago(12)), party: inLine("CA4", {}).party, line: inLine("CA4", {}).line },
      ],
    },
  },
};
const toWaiting = inTurn(toLog, () => found<HTMLElement>("#tab-waiting").click());
const toTeam = () => (document.getElementById("tab-team") ? t("tab.team") : t("tab.log"));

export const PRESENCE_STATES: Exhibits = {
  "16-wrap-up": {
    events: [...talking, { type: "agent.hung-up", at: now }, mine(inWrapUp(false))],
  },
  "16-wrap-up-stays": {
    events: [...talking, { type: "agent.hung-up", at: now }, mine(inWrapUp(true))],
  },
  "17-team-many": { events: [...ready, ...everybody, ...many], act: inTurn(toLog, press(toTeam)) },
  "17-team-menu": {
    events: [...ready, ...everybody, ...many],
    role: "supervisor",
    act: inTurn(
      toLog,
      press(toTeam),
      press(() => t("team.set", { name: "Ben Otis" })),
    ),
  },
  "17-presence-menu": {
    events: [...ready, mine(setAway)],
    act: press(() => t("top.availability", { state: presenceWord("away") })),
  },
  "17-set-away": { events: [...ready, mine(setAway)] },
  "17-set-away-ringing": { events: [...ringing, mine(setAway)] },
  "17-finished": { events: [...ready, { type: "agent.chose", availability: "offline" }] },
  "17-gap": {
    events: [
      ...ready,
      {
        type: "desk.message",
        at: now,
        message: { type: "reach.restored", why: "silent", since: iso(ago(500)), until: iso(ago(20)) },
      },
    ],
  },
  "17-lost-caller": {
    events: [
      ...ready,
      {
        type: "desk.message",
        at: now,
        message: {
          type: "lost_caller.changed",
          lost_caller: {
            sid: "CA-lost",
            at: iso(ago(95)),
            message:
              "You did not come back to Maya Okonkwo in time: the call went to the front of the queue.",
          },
        },
      },
    ],
  },
  "17-team": { events: [...ready, ...everybody, ringsAtBen], role: "supervisor", act: press(toTeam) },
  "18-call-back": { events: [...ready, offered] },
  "18-waiting-call-backs": { events: [...ready, queue], act: toWaiting },
  "18-waiting-no-call-back": {
    events: [...ready, queue],
    act: inTurn(toWaiting, () => found<HTMLElement>(".waiting-acts .icon-button").click()),
  },
};
