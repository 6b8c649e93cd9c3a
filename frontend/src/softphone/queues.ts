/** Of those who wait for the agent's teams: how many there are, and who is to be seen. */
import type { Queue } from "../messages";

type Caller = Queue["callers"][number];

/** Of callers for whom phones ring, those who ring at colleagues'. */
export function ringsElsewhere({ state, rings_at }: Caller, me: number): boolean {
  return state === "offered" && rings_at.length > 0 && !rings_at.some(({ id }) => id === me);
}

export function isToCallBack({ state, rings_at }: Caller, me: number): boolean {
  return state === "call-back" && !rings_at.some(({ id }) => id === me);
}

function shown(caller: Caller, me: number): boolean {
  return ringsElsewhere(caller, me) || isToCallBack(caller, me);
}

export function countOf(queues: Queue[]): number {
  return queues.reduce((sum, { waiting, call_backs }) => sum + waiting + call_backs, 0);
}

/** Whether there is anything to see. */
export function somebodyWaits(queues: Queue[], me: number): boolean {
  return countOf(queues) > 0 || queues.some(({ callers }) => callers.some((one) => shown(one, me)));
}
