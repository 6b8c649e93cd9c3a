/**
 * Everything that the desk waits for, with the moment at which it has waited long enough. Whatever does not answer,
 * the agent gets a reason and a button instead of a sentence that stays for ever.
 */
import type { Queue } from "../messages";
import { byOurClock } from "../serverClock";
import type { SoftphoneEvent } from "./events";
import { isFinished } from "./presence";
import { waitsLongest } from "./queues";
import { goesBackTo } from "./secondCall";
import { type Ending, inCall, type State, type Supervising } from "./state";

/** What the way to "You can be reached" waits for: the browser's word, its window's answer, our server, the phone. */
export type StartStep = "permission" | "prompt" | "leader" | "phone" | "server";

export interface Wait {
  /** The same as long as it is the same waiting. */
  key: string;
  ms: number;
  /** What to tell when the time is over. */
  late(at: number): SoftphoneEvent;
}

const START_WITHIN = 15_000;
/** People read before they press. */
const PROMPT_WITHIN = 30_000;
const ANSWER_WITHIN = 20_000;
const CONNECT_WITHIN = 40_000;
/** Longer than any `timeout` of our `<Dial>`. */
const RING_WITHIN = 120_000;
/** Longer than `maxCallSignalingTimeoutMs`, after which the SDK ends the call by itself. */
const RECONNECT_WITHIN = 45_000;
/** A participant is changed in a second or two; a colleague who is called is said to be called. */
const CONTROL_WITHIN = 15_000;
/** Whoever hears music is not to be forgotten: after a minute, and then every two. */
const FIRST_REMINDER = 60_000;
const NEXT_REMINDER = 120_000;
/** The agent may be quicker, or hang up on the caller who waits. */
const BACK_WITHIN = 3000;
let backs = 0;
/** The server's word on why a ringing call went follows the SDK's, or was before it. */
const REASON_WITHIN = 2000;

export function startStep(state: State): StartStep | null {
  const { microphone, leader, desk, device } = state;
  if (inCall(state) || desk.state === "ended" || isFinished(state)) return null;
  if (microphone === "unknown") return "permission";
  if (microphone === "requesting") return "prompt";
  if (microphone !== "granted") return null;
  if (leader.state !== "held") return leader.state === "unknown" ? "leader" : null;
  // The socket has a deadline of its own, and says so by being lost.
  if (desk.state !== "open" || device.problem || device.state === "ready") return null;
  if (device.state !== "registered") return "phone";
  return isKnown(state) ? null : "server";
}

/**
 * The server rings nobody of whom it does not know that a phone is ready: its word counts, not our hope. Presence alone
 * does not say it, for a tab that is just closing may be the one that is known.
 */
function isKnown({ desk, presence, me }: State): boolean {
  const mine = presence.find((each) => each.agent.id === me.id);
  return desk.state === "open" && desk.known === true && mine?.state !== "not-reachable";
}

export function waitsOf(state: State): Wait[] {
  return [
    startWait(state),
    callWait(state),
    controlWait(state),
    holdWait(state),
    moveWait(state),
    backWait(state),
    ...state.queues.map(goalWait),
  ].filter((wait) => wait !== null);
}

/** Within the goal until now: whoever has waited longest for a team. */
function goalWait(queue: Queue): Wait | null {
  const { team } = queue;
  const first = waitsLongest(queue);
  const ms = first?.late_at ? byOurClock(first.late_at) - Date.now() : 0;
  if (!first || ms <= 0) return null;
  return {
    key: `goal ${team.id} ${first.sid}`,
    ms,
    late: () => ({ type: "goal.passed", caller: first, team: team.name }),
  };
}

function controlWait({ control }: State): Wait | null {
  if (!control?.act) return null;
  const key = `control ${control.root} ${JSON.stringify(control.act)}`;
  return { key, ms: CONTROL_WITHIN, late: () => ({ type: "control.late" }) };
}

function moveWait({ move }: State): Wait | null {
  if (!move?.step) return null;
  return { key: `move ${move.id} ${move.step}`, ms: START_WITHIN, late: () => ({ type: "move.late" }) };
}

/** The call here is over, and somebody waits for this agent: the desk goes back by itself. */
function backWait(state: State): Wait | null {
  const live = goesBackTo(state);
  if (!live) return null;
  const { sid } = live.call;
  return {
    key: `back ${sid}`,
    ms: BACK_WITHIN,
    late: () => ({ type: "agent.moved-here", root: sid, id: `back-${sid}-${++backs}` }),
  };
}

function holdWait({ hold }: State): Wait | null {
  if (!hold) return null;
  const key = `hold ${hold.root} ${hold.since} ${hold.reminders}`;
  const ms = hold.reminders ? NEXT_REMINDER : FIRST_REMINDER;
  return { key, ms, late: () => ({ type: "hold.lasts" }) };
}

/** For how many seconds somebody has heard music when the agent is reminded of it for the nth time. */
export function heldFor(reminders: number): number {
  return (FIRST_REMINDER + (reminders - 1) * NEXT_REMINDER) / 1000;
}

function startWait(state: State): Wait | null {
  const step = startStep(state);
  if (!step || state.late === step) return null;
  const ms = step === "prompt" ? PROMPT_WITHIN : START_WITHIN;
  return { key: `start ${step}`, ms, late: () => ({ type: "start.late", step }) };
}

function callWait({ calls }: State): Wait | null {
  if (calls.focus === null) return reasonWait(calls.ending);
  const { focus } = calls;
  const lateCall = (what: string, ms: number): Wait => ({
    key: `${what} ${focus.id}`,
    ms,
    late: (at) => ({ type: "call.late", id: focus.id, at }),
  });
  switch (focus.state) {
    case "supervising":
      return supervisionWait(focus, lateCall);
    case "pending":
      return focus.answering ? lateCall("answer", ANSWER_WITHIN) : null;
    case "connecting":
      return lateCall("connect", CONNECT_WITHIN);
    case "ringing":
      return lateCall("ring", RING_WITHIN);
    case "reconnecting":
      return lateCall("reconnect", RECONNECT_WITHIN);
    case "open":
      return null;
  }
}

function supervisionWait(
  { phase, asked }: Supervising,
  wait: (what: string, ms: number) => Wait,
): Wait | null {
  if (phase === "asking" || (phase === "in" && asked)) return wait(`${phase} ${asked}`, CONTROL_WITHIN);
  if (phase === "connecting") return wait("connect", CONNECT_WITHIN);
  return phase === "lost" ? wait("reconnect", RECONNECT_WITHIN) : null;
}

function reasonWait(ending: Ending | null): Wait | null {
  if (ending?.kind !== "withdrawn" || ending.reason !== null) return null;
  return { key: `reason ${ending.root}`, ms: REASON_WITHIN, late: () => ({ type: "reason.late" }) };
}
