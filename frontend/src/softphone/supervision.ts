/**
 * A supervisor's own phone in a colleague's call: listens, whispers, joins, and takes it over. The microphone is open only
 * while somebody is meant to hear it, whatever Twilio does beside that.
 */
import type { Agent, Call, LiveCall, SupervisedCall, SuperviseMode, Supervision } from "../messages";
import { firstName } from "../names";
import { t } from "../i18n/i18n";
import { nextInFocus } from "./calls";
import type { Command, SoftphoneEvent } from "./events";
import { failureOfCode, lateFailure } from "./failures";
import { heldSince } from "./room";
import { NOBODY } from "./selectors";
import type { Conversation, Ending, State, Supervising } from "./state";

type Step = [State, ...Command[]];
type Of<T extends SoftphoneEvent["type"]> = Extract<SoftphoneEvent, { type: T }>;

/** The state after an event of a supervision; null when the event means something else, or nothing. */
export function supervisionTransition(state: State, event: SoftphoneEvent): Step | null {
  if (event.type === "agent.supervised") return begun(state, event);
  if (event.type === "agent.closed-supervision") return [{ ...state, interrupted: null }];
  if (event.type === "supervision.cut-off") return cutOff(state, event);
  const { focus } = state.calls;
  if (focus?.state !== "supervising") return null;
  if (event.type === "agent.hung-up") return ended(state, focus, "left", event.at);
  if (event.type === "agent.chose-mode") return modeChosen(state, focus, event.mode);
  if (!("id" in event) || event.id !== focus.id) return null;
  return ofOwnLeg(state, focus, event);
}

/** What the server and the phone say of it. */
function ofOwnLeg(state: State, focus: Supervising, event: SoftphoneEvent): Step | null {
  switch (event.type) {
    case "supervise.taken":
      return taken(state, focus, event.call);
    case "supervise.refused":
      return refused(state, focus, event.message, event.at);
    case "call.accepted":
      return [inFocus(state, { ...focus, phase: "in", since: event.at, muted: false })];
    case "call.reconnecting":
      return [inFocus(state, { ...focus, phase: "lost" })];
    case "call.reconnected":
      return [inFocus(state, { ...focus, phase: "in" })];
    case "call.failed":
      // In a call the SDK says `disconnect` as well.
      if (focus.phase !== "connecting") return [state];
      return over(state, focus, "problem", failureOfCode(event.code).message, event.at);
    case "call.canceled":
    case "call.disconnected":
      return ended(state, focus, "out", event.at, false);
    case "call.late":
      return late(state, focus, event.at);
    default:
      return null;
  }
}

function begun(state: State, { id, call, agent, mode, hints, at }: Of<"agent.supervised">): Step {
  if (obstacle(state) !== null) return [state];
  const focus: Supervising = {
    state: "supervising",
    id,
    root: call,
    hints,
    agent,
    since: at,
    phase: "asking",
    mode: mode === "take-over" ? "join" : mode,
    asked: mode === "take-over" ? mode : null,
    muted: false,
    problem: "",
  };
  return [
    { ...inFocus(state, focus), interrupted: null },
    { type: "call.supervise", id, sid: call, mode },
  ];
}

/** One after the other: pressed again, or anything else, while one waits means nothing. */
function modeChosen(state: State, focus: Supervising, mode: Supervision): Step {
  if (focus.phase !== "in" || focus.asked !== null || mode === focus.mode) return [state];
  return [
    inFocus(state, { ...focus, asked: mode, problem: "" }),
    { type: "call.supervise", id: focus.id, sid: focus.root, mode },
  ];
}

function taken(state: State, focus: Supervising, call: Call): Step {
  const next = known(state, call);
  if (focus.phase !== "asking") return [next];
  return [
    inFocus(next, { ...focus, phase: "connecting" }),
    { type: "phone.supervise", id: focus.id, sid: focus.root },
  ];
}

/** The newer of two words about a call: one may overtake the other. */
function known(state: State, call: Call): State {
  const before = state.lives[call.sid];
  if (before && before.call.revision > call.revision) return state;
  const live: LiveCall = { mine: "active", history: [], ...before, call };
  return { ...state, lives: { ...state.lives, [call.sid]: live } };
}

function refused(state: State, focus: Supervising, problem: string, at: number): Step {
  if (focus.phase === "asking") return over(state, focus, "problem", problem, at);
  return [inFocus(state, { ...focus, asked: null, problem })];
}

/** Nobody says what became of it. */
function late(state: State, focus: Supervising, at: number): Step {
  if (focus.phase === "in" || focus.phase === "asking") return refused(state, focus, t("control.late"), at);
  const { message } = lateFailure(focus.phase === "connecting" ? "Connect" : "Reconnect");
  return over(state, focus, "problem", message, at, true);
}

type How = Extract<Ending, { kind: "supervised" }>["how"];

/** The phone's own leg alone is hung up: those two talk on. */
export function ended(
  state: State,
  focus: Supervising,
  how: Exclude<How, "problem">,
  at: number,
  hangUp = true,
): Step {
  return over(state, focus, how, sentenceOf(how, focus.agent), at, hangUp);
}

function over(state: State, focus: Supervising, how: How, message: string, at: number, hangUp = false): Step {
  const { id, root, hints, agent } = focus;
  const ending: Ending = { kind: "supervised", root, hints, agent, how, message, at };
  const { [root]: _gone, ...lives } = state.lives;
  const next = { ...state, lives, calls: nextInFocus(state.calls.others, ending) };
  return hangUp ? [next, { type: "phone.hang-up", id }] : [next];
}

export function sentenceOf(how: Exclude<How, "problem">, agent: Agent): string {
  return t(`supervised.${how}`, { name: firstName(agent.name) });
}

/** The page before this one was in a colleague's call, and the server knows of none any more. */
function cutOff(state: State, { agent, at }: Of<"supervision.cut-off">): Step {
  const { calls } = state;
  if (calls.focus !== null || calls.ending !== null || state.interrupted) return [state];
  const message = sentenceOf("cutOff", agent);
  const ending: Ending = { kind: "supervised", root: "", hints: NOBODY, agent, how: "cutOff", message, at };
  return [{ ...state, calls: { focus: null, others: [], ending } }];
}

function inFocus(state: State, focus: Supervising): State {
  return { ...state, calls: { focus, others: state.calls.others } };
}

/** What follows from the call as it is now: the mode is the server's word, and the microphone follows it. */
export function supervised(state: State): Step {
  const { focus } = state.calls;
  if (focus?.state !== "supervising") return [state];
  const call = state.lives[focus.root]?.call;
  const mine = (call?.participants ?? []).find(
    ({ agent, state: is }) => agent?.id === state.me.id && is !== "left",
  );
  if (mine?.role === "agent" && mine.state === "in" && focus.phase === "in")
    return talksNow(state, focus, mine.leg);
  const mode = (mine?.role === "supervisor" && mine.mode) || focus.mode;
  const asked = mine?.state === "in" && mode === focus.asked ? null : focus.asked;
  const silent = mode === "listen" || asked === "listen";
  // Whose call it is may change meanwhile: it was handed over.
  const agent = call?.agent && call.agent.id !== state.me.id ? call.agent : focus.agent;
  const changes = mode !== focus.mode || asked !== focus.asked || agent.id !== focus.agent.id;
  const next = changes ? { ...focus, agent, mode, asked } : focus;
  if (focus.phase !== "in" || silent === focus.muted) return [changes ? inFocus(state, next) : state];
  return [inFocus(state, { ...next, muted: silent }), { type: "phone.mute", id: focus.id, muted: silent }];
}

/** Taken over: a call like any other, in which this phone is as `leg`. */
function talksNow(state: State, { id, root, hints, since, muted }: Supervising, leg: string): Step {
  const talk: Conversation = {
    state: "open",
    id,
    root,
    leg,
    hints,
    since,
    muted,
    line: null,
    incoming: state.lives[root]?.call.incoming ?? true,
    digits: "",
    warnings: [],
  };
  const next = { ...state, calls: { focus: talk, others: state.calls.others } };
  return muted ? [next, { type: "phone.mute", id, muted: false }] : [next];
}

/** Why this phone cannot go into a colleague's call now. */
export type Obstacle = "onCall" | "microphone" | "otherTab" | "notReachable" | "callsOut";

export function obstacle(state: State): Obstacle | null {
  if (state.calls.focus !== null) return "onCall";
  if (state.desk.state !== "open") return "notReachable";
  if (state.leader.state === "elsewhere") return "otherTab";
  if (state.microphone !== "granted") return "microphone";
  if (!state.grants.outgoing) return "callsOut";
  const { device } = state;
  return device.state === "registered" || device.state === "ready" ? null : "notReachable";
}

/** What the server says of it, in each of its steps. */
export function heard(state: State, told: SupervisedCall | null, at: number): State {
  const { focus } = state.calls;
  const { interrupted } = state;
  if (focus === null && told === null && interrupted?.call.agent) {
    const { agent } = interrupted.call;
    return cutOff({ ...state, interrupted: null }, { type: "supervision.cut-off", agent, at })[0];
  }
  if (focus === null) return { ...state, interrupted: interrupted && told };
  if (focus.state !== "supervising" || told?.call.sid !== focus.root) return state;
  return known(state, told.call);
}

/** Who hears the supervisor: as if it were that mode; "all": others are in the call, too. Whoever hears music hears nobody. */
export function heardAs(mode: SuperviseMode, call: Call | undefined): SuperviseMode | "all" {
  if (mode !== "join") return mode;
  if (othersHear(call)) return "all";
  return heldSince(call) !== null ? "whisper" : mode;
}

function othersHear(call: Call | undefined): boolean {
  return (call?.participants ?? []).some(
    ({ role, state, held, agent }) =>
      ["agent", "third-party"].includes(role) && state === "in" && !held && agent?.id !== call?.agent?.id,
  );
}

/** Whether it is not just its agent and the customer who talk. */
export function isWithMore(call: Call | undefined): boolean {
  return othersHear(call) || heldSince(call) !== null;
}
