/** Of those who wait for the agent's teams: how many there are, and who is to be seen. */
import type { Queue, QueuedCaller } from "../messages";
import { byOurClock } from "../serverClock";
import type { Ring, State } from "./state";

/** Of callers for whom phones ring, those who ring at colleagues'. */
export function ringsElsewhere({ state, rings_at }: QueuedCaller, me: number): boolean {
  return state === "offered" && rings_at.length > 0 && !rings_at.some(({ id }) => id === me);
}

export function isToCallBack({ state, rings_at }: QueuedCaller, me: number): boolean {
  return state === "call-back" && !rings_at.some(({ id }) => id === me);
}

function shown(caller: QueuedCaller, me: number): boolean {
  return ringsElsewhere(caller, me) || isToCallBack(caller, me);
}

export function countOf(queues: Queue[]): number {
  return queues.reduce((sum, { waiting, call_backs }) => sum + waiting + call_backs, 0);
}

/** Whether there is anything to see. */
export function somebodyWaits(queues: Queue[], me: number): boolean {
  return countOf(queues) > 0 || queues.some(({ callers }) => callers.some((one) => shown(one, me)));
}

/** Who got somebody at once has not waited: in seconds. */
export const AT_ONCE = 5;

export interface CameBy {
  team: string;
  /** How long the caller waited before it rang here; 0 for who got somebody at once. */
  waited: number;
  /** What the caller chose; "" for nothing. */
  why: string;
}

/** How the caller who rings came here, when that says something. */
export function cameBy({ queues }: State, { root, since }: Ring): CameBy | null {
  for (const { team, callers } of queues) {
    const caller = callers.find(({ sid }) => sid === root);
    if (!caller) continue;
    const seconds = Math.floor((since - byOurClock(caller.since)) / 1000);
    const waited = seconds >= AT_ONCE ? seconds : 0;
    return waited || caller.why ? { team: team.name, waited, why: caller.why } : null;
  }
  return null;
}

/** Who has waited longest, whoever comes before. */
export function waitsLongest({ callers }: Queue): QueuedCaller | null {
  const waiting = callers.filter(({ state }) => state === "waiting");
  return waiting.toSorted((one, other) => one.since.localeCompare(other.since))[0] ?? null;
}
