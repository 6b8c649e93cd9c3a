/**
 * A call of this agent that runs in another tab, browser or app, and is wanted here. The server notes the wish; then
 * this page's phone calls into the call, and the other one is let go when it is there.
 */
import type { Call, LiveCall } from "../messages";
import { t } from "../i18n/i18n";
import { idle } from "./calls";
import type { Command, SoftphoneEvent } from "./events";
import type { Hints, State } from "./state";
import { byOurClock } from "../serverClock";

type Step = [State, ...Command[]];
type Of<T extends SoftphoneEvent["type"]> = Extract<SoftphoneEvent, { type: T }>;

/** `phone`: it is being started. `asked`: the server is. `problem`: why the last of it came to nothing. */
export interface Move {
  root: string;
  id: string;
  step: "phone" | "asked" | null;
  problem: string;
}

/** The talk that this agent has at another place; null while there is a call here. */
export function elsewhere(state: State): LiveCall | null {
  if (state.calls.focus !== null || state.desk.state !== "open") return null;
  const found = Object.values(state.lives).filter((live) => isElsewhere(live, state));
  const wanted = found.find(({ call }) => call.sid === state.move?.root);
  // While the agent goes from one caller to another, both are parked. Else the talk in another tab comes first: to go
  // to who waits from here would have the agent talk in two.
  return wanted ?? found.find(({ call }) => call.parked_since == null) ?? found[0] ?? null;
}

function isElsewhere({ call, mine }: LiveCall, { calls }: State): boolean {
  // Two colleagues talk where they are.
  if (mine !== "active" || call.internal || call.answer_time === null || call.end_time !== null) return false;
  const ending = calls.focus === null && calls.ending?.root === call.sid ? calls.ending : null;
  // What has just ended here lives on for a moment; what rang here as well was answered there.
  return !ending || ending.kind === "withdrawn" || (ending.kind === "ended" && ending.movedOn);
}

export function movedHere(state: State, { root, id }: Of<"agent.moved-here">): Step {
  const wanted = elsewhere(state);
  if (wanted?.call.sid !== root || state.move?.step || !state.grants.outgoing) return [state];
  if (state.microphone !== "granted") {
    const move: Move = { root, id, step: null, problem: t("move.failed") };
    return [{ ...state, move }, { type: "microphone.check" }];
  }
  const next: State = { ...state, move: { root, id, step: "phone", problem: "" } };
  // The tab that talks keeps its phone until the call is over there.
  return state.leader.state === "elsewhere" ? [next, { type: "leader.take", anyway: true }] : [next];
}

/** As soon as this page's phone can call, the server is asked. */
export function asking(state: State): Step {
  const { move, device } = state;
  if (move?.step && elsewhere(state)?.call.sid !== move.root) return [{ ...state, move: null }];
  const can = device.state === "registered" || device.state === "ready";
  if (move?.step !== "phone" || !can || state.leader.state !== "held") return [state];
  return [
    { ...state, move: { ...move, step: "asked" } },
    { type: "call.move", sid: move.root },
  ];
}

/** The server lets it in: the phone calls. */
export function dialledHere(state: State, { sid, at }: Of<"move.noted">): Step {
  const { move } = state;
  const live = elsewhere(state);
  if (move?.step !== "asked" || move.root !== sid || live?.call.sid !== sid) return [state];
  const { call } = live;
  const { incoming } = call;
  const { number, display, name, place } = call.party;
  const since = call.answer_time ? byOurClock(call.answer_time) : at;
  const hints: Hints = {
    number,
    display,
    name,
    place,
    line: call.line?.name ?? "",
    move: { root: sid, incoming, since },
  };
  const { id } = move;
  const focus = { state: "connecting", id, root: null, hints, line: call.line, since: at } as const;
  return [
    { ...state, move: null, calls: { focus, others: [] } },
    { type: "phone.connect", id, to: "", lineId: null, override: null, callBack: null, move: sid },
  ];
}

export function notMoved(state: State, root: string, problem: string): State {
  return state.move?.root === root ? { ...state, move: { ...state.move, step: null, problem } } : state;
}

export function moveLate(state: State): State {
  return state.move?.step ? notMoved(state, state.move.root, t("move.failed")) : state;
}

/** What did not come about here is no failed call: it goes on where it was. */
export function movesFailed(state: State): State {
  const { calls } = state;
  const root = calls.focus === null ? calls.ending?.hints.move?.root : undefined;
  if (root === undefined || calls.focus !== null || calls.ending?.kind !== "failed") return state;
  const isParked = state.lives[root]?.call.parked_since != null;
  const problem = isParked ? t("second.notBack") : t("move.failed");
  const move: Move = { root, id: "", step: null, problem };
  return { ...state, calls: idle(), move: state.lives[root] ? move : null };
}

/** Whether a call that is over here goes on with this agent's other phone: told with its end, or after it. */
export function movedOn(state: State): State {
  const { calls, me } = state;
  if (calls.focus !== null || calls.ending?.kind !== "ended") return state;
  const { ending } = calls;
  const is = hasOtherLeg(state.lives[ending.root]?.call, me.id, ending.leg);
  return is === ending.movedOn
    ? state
    : { ...state, calls: { ...calls, ending: { ...ending, movedOn: is } } };
}

function hasOtherLeg(call: Call | undefined, me: number, leg: string): boolean {
  const mine = (call?.participants ?? []).filter(({ agent, state }) => agent?.id === me && state === "in");
  return mine.some((party) => party.leg !== leg);
}
