/** The events that lead the desk from one state to the next. */
import type { LiveCall, Presence, Queue, SupervisedCall } from "../src/messages";
import type { SoftphoneEvent } from "../src/softphone/events";
import type { Hearing, Hints } from "../src/softphone/state";
import { ada, grace, hedy, HISTORY, LOG, sales, support, there } from "./data";
import { UNREAD } from "./texts";

export const now = Date.now();
export const ago = (seconds: number) => now - seconds * 1000;
export const ROOT = "CA00000000000000000000000000000001";
export const LEG = "CA00000000000000000000000000000002";

const presence = [there(ada), there(grace, { state: "on-call" }), there(hedy)];

const base = LOG[0];
if (!base) throw new Error("The log is empty.");
export const live: LiveCall = {
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

export const snapshot = (
  calls: LiveCall[] = [],
  team: readonly Presence[] = presence,
  supervising: SupervisedCall | null = null,
): SoftphoneEvent => ({
  type: "desk.message",
  at: now,
  message: {
    type: "desk.snapshot",
    now: new Date(now).toISOString(),
    agent: ada,
    availability: "available",
    calls,
    supervising,
    helps: [],
    away_reasons: ["Lunch", "Break", "Meeting", "Training"].map((name, at) => ({ id: at + 1, name })),
    presence: [...team],
    queues: [],
    call_back: null,
    lost_caller: null,
    lines: [support, sales],
    unread_threads: UNREAD,
  },
});

export const open: SoftphoneEvent[] = [
  { type: "leader.changed", leader: "held" },
  { type: "desk.opened" },
  snapshot(),
];
export const allowed: SoftphoneEvent = { type: "microphone.changed", microphone: "granted" };
export const ready: SoftphoneEvent[] = [
  ...open,
  allowed,
  { type: "device.changed", state: "registered", at: ago(1400) },
  { type: "desk.message", at: now, message: { type: "phone.state", registered: true } },
];
export const mic = (microphone: "prompt" | "requesting" | "denied" | "missing"): SoftphoneEvent[] => [
  ...open,
  { type: "microphone.changed", microphone },
];

export const hints = (name: string, number: string, line = "Sales"): Hints => ({
  number,
  display: number,
  name,
  place: "",
  line,
});
const pushLive: SoftphoneEvent = {
  type: "desk.message",
  at: now,
  message: { type: "call.incoming", live },
};
export const ring = (id: string, root: string, who: Hints, seconds: number): SoftphoneEvent => ({
  type: "call.incoming",
  id,
  root,
  hints: who,
  at: ago(seconds),
});
export const maya = hints("Maya Okonkwo", "(202) 555-0142");
export const ringing: SoftphoneEvent[] = [...ready, pushLive, ring(LEG, ROOT, maya, 6)];
export const talking: SoftphoneEvent[] = [
  ...ringing,
  { type: "agent.answered" },
  { type: "call.accepted", id: LEG, sid: LEG, at: ago(267) },
];
export const hearing = (hears: Hearing): SoftphoneEvent => ({ type: "hearing.changed", hearing: hears });
export const toTom: SoftphoneEvent[] = [
  ...ready,
  {
    type: "agent.dialled",
    id: "d",
    hints: { ...hints("Tom Aldous", "+12025550143"), display: "(202) 555-0143", place: "United States" },
    line: sales,
    at: ago(9),
  },
];
export const problem = (
  message: string,
  permanent: boolean,
  number = "+12025550143",
  display = "(202) 555-0143",
): SoftphoneEvent[] => [
  ...ready,
  {
    type: "agent.dialled",
    id: "d",
    hints: { ...hints("Tom Aldous", number), display, place: "" },
    line: sales,
    at: ago(9),
  },
  { type: "call.ringing", id: "d", sid: "CA9" },
  { type: "desk.message", at: now, message: { type: "call.problem", sid: "CA9", message, permanent } },
];
export const withdrawn = (reason: "answered-elsewhere" | "caller-hung-up"): SoftphoneEvent => ({
  type: "desk.message",
  at: now,
  message: { type: "call.withdrawn", sid: ROOT, reason, by: reason === "answered-elsewhere" ? grace : null },
});
export const lost: SoftphoneEvent = { type: "desk.lost", at: ago(20), retryAt: now + 8000 };

/** Who waits for a team. */
export const queue = (id: number, name: string, callers: Queue["callers"]): SoftphoneEvent => ({
  type: "desk.message",
  at: now,
  message: {
    type: "queue.changed",
    queue: {
      team: { id, name },
      waiting: callers.filter(({ state }) => state === "waiting").length,
      call_backs: callers.filter(({ state }) => state === "call-back").length,
      longest_since: callers.find(({ state }) => state === "waiting")?.since ?? null,
      call_backs_since: callers.find(({ state }) => state === "call-back")?.since ?? null,
      callers,
      ringing: callers.filter(({ state }) => state === "offered").flatMap(ringingFor),
    },
  },
});
const ringingFor = ({ rings_at, party, line }: Queue["callers"][number]): Queue["ringing"] =>
  rings_at.map(({ since, ...agent }) => ({ agent, since, party, line }));
