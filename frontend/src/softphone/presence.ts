/** Whether the agent wants calls, as the agent, a supervisor or a rule says: what the desk knows of it, and changes. */
import type { Availability, AwayReason, Presence } from "../messages";
import type { Command, SoftphoneEvent } from "./events";
import { elsewhere } from "./moving";
import { parkedCalls } from "./room";
import { inCall, type State } from "./state";
import { byOurClock } from "../serverClock";

type Step = [State, ...Command[]];

/** What the server says of this agent. */
export function mine(state: State): Presence | null {
  return state.presence.find((each) => each.agent.id === state.me.id) ?? null;
}

/** The time after a call in which nobody is put through; null without one, and while the next call is there. */
export function wrapUp(state: State): { until: string; stays: boolean } | null {
  const found = mine(state)?.wrap_up;
  if (!found || state.calls.focus !== null || state.desk.state !== "open") return null;
  return found;
}

/** Why somebody is to be away, and until when, as far as it is said. */
export interface Away {
  reason: AwayReason | null;
  backAt: string | null;
}

/** Minutes from now. Each is rounded up to the clock's next five. */
const BACK_IN = [15, 30, 60];
const FIVE_MINUTES = 300_000;

/** The times at which somebody who goes away may say to be back. */
export function backTimes(now: number): string[] {
  return BACK_IN.map((minutes) =>
    new Date(Math.ceil((now + minutes * 60_000) / FIVE_MINUTES) * FIVE_MINUTES).toISOString(),
  );
}

/** The time of return that was said, unless it is over: who is late chooses a new one, or none. */
export function stillAhead(backAt: string | null | undefined): string | null {
  return backAt && byOurClock(backAt) > Date.now() ? backAt : null;
}

/** The agent's phone is switched off until the agent comes back: not while a call of the agent's lives. */
export function isFinished(state: State): boolean {
  if (state.availability !== "offline" || inCall(state)) return false;
  // Whoever is parked waits for this phone, also while the desk's connection is lost.
  return elsewhere(state) === null && parkedCalls(state).length === 0;
}

export function chose(state: State, { availability, reason, backAt }: Chosen): Step {
  if (state.desk.state !== "open") return [state];
  const away = availability === "away";
  const message = {
    type: "availability.set",
    availability,
    ...(away && reason ? { reason: reason.id } : {}),
    ...(away && backAt ? { back_at: backAt } : {}),
  } as const;
  const mineNow = (presence: Presence): Presence => ({
    ...presence,
    availability,
    reason: away ? (reason?.name ?? "") : "",
    back_at: away ? (backAt ?? null) : null,
    set_by: null,
    rule: "",
    wrap_up: null,
  });
  return [
    { ...withMine(state, mineNow), availability, choiceRefused: "" },
    { type: "desk.send", message },
  ];
}

type Chosen = Extract<SoftphoneEvent, { type: "agent.chose" }>;

/** Done with the call. The server's word would come in a moment. */
export function wrapUpEnded(state: State): Step {
  if (wrapUp(state) === null) return [state];
  const next = withMine(state, (presence) => ({ ...presence, wrap_up: null }));
  return [next, { type: "desk.send", message: { type: "wrapup.end" } }];
}

export function wrapUpStayed(state: State): Step {
  if (wrapUp(state) === null) return [state];
  return [state, { type: "desk.send", message: { type: "wrapup.stay" } }];
}

function withMine(state: State, change: (presence: Presence) => Presence): State {
  const presence = state.presence.map((each) => (each.agent.id === state.me.id ? change(each) : each));
  return { ...state, presence };
}

/** Whether somebody else, or a rule, said what the agent is now. */
export function isSetByOthers(state: State): boolean {
  const now = mine(state);
  return (
    now !== null && state.availability === now.availability && (now.set_by !== null || now.rule === "missed")
  );
}

export const CHOICES: Availability[] = ["available", "busy", "away"];
