/** What the server's pushes do to the softphone. They may come before or after the SDK's own events. */
import type { Availability, Call, LiveCall, ServerMessage } from "../messages";
import { endingOf, nextRing, rings, withoutOther } from "./callRegion";
import type { Command } from "./events";
import { failureOfResult } from "./failures";
import { inCall, type State } from "./state";

type Step = [State, ...Command[]];

export function pushed(state: State, message: ServerMessage, at: number): Step {
  switch (message.type) {
    case "desk.snapshot":
      return snapshot(state, message);
    case "call.incoming":
    case "call.status":
      return [learn(state, message.live)];
    case "call.withdrawn":
      return withdrawn(state, message, at);
    case "call.ended":
      return ended(cutOffAfter(forget(state, message.call.sid), message.call), message.call, at);
    case "log.changed":
      return [cutOffAfter(state, message.call)];
    case "call.problem":
      return problem(state, message, at);
    case "presence.changed":
      return [presenceChanged(state, message.presence, at)];
    case "phone.state":
      if (state.desk.state !== "open") return [state];
      return [{ ...state, desk: { ...state.desk, known: message.registered } }];
    case "session.ended":
      return [signedOut(state, message.message)];
    default:
      return [state];
  }
}

/** Whoever comes to this computer next is not to read who called: a call that goes on is all that is kept. */
function signedOut(state: State, message: string): State {
  const root = rootOf(state);
  const live = root ? state.lives[root] : undefined;
  const lives = root && live && inCall(state) ? { [root]: live } : {};
  const call: State["call"] = inCall(state) ? state.call : { state: "closed", ending: null };
  return { ...state, desk: { state: "ended", message }, call, lives, presence: [], lines: [], orphans: [] };
}

function snapshot(state: State, message: Extract<ServerMessage, { type: "desk.snapshot" }>): Step {
  const lives = Object.fromEntries(message.calls.map((live) => [live.call.sid, live]));
  const active = message.calls.filter((live) => live.mine === "active");
  const orphan = ({ call: { sid } }: LiveCall) =>
    state.orphans.find((known) => known.sid === sid) ?? { sid, problem: "" };
  const { availability, presence, lines } = message;
  return [
    {
      ...state,
      lives,
      availability,
      presence,
      lines,
      orphans: state.call.state === "closed" ? active.map(orphan) : [],
    },
  ];
}

/** Keeps the newer of two frames about a call: one may overtake the other. */
function learn(state: State, live: LiveCall): State {
  const known = state.lives[live.call.sid];
  if (known && known.call.revision > live.call.revision) return state;
  return { ...state, lives: { ...state.lives, [live.call.sid]: live } };
}

/** The call that was cut off lives on for a moment: it can be called back when it is over. */
function cutOffAfter(state: State, call: Call): State {
  const known = state.cutOff;
  if (known?.sid !== call.sid || known.revision > call.revision) return state;
  return { ...state, cutOff: call };
}

function forget(state: State, sid: string): State {
  const { [sid]: gone, ...lives } = state.lives;
  // While the call area still shows it, its facts stay.
  const shown = rootOf(state) === sid;
  return {
    ...state,
    call: gone ? remembering(state.call, gone) : state.call,
    lives: shown && gone ? state.lives : lives,
    orphans: state.orphans.filter((orphan) => orphan.sid !== sid),
  };
}

/** What is told of a call that is over names its caller as the call did, not as the ring alone did. */
function remembering(call: State["call"], { call: { sid, party, line } }: LiveCall): State["call"] {
  if (call.state !== "closed" || call.ending?.root !== sid) return call;
  const { number, display, name, place } = party;
  const hints = { number, display, name, place, line: line?.name ?? call.ending.hints.line };
  return { ...call, ending: { ...call.ending, hints } };
}

function withdrawn(
  state: State,
  message: Extract<ServerMessage, { type: "call.withdrawn" }>,
  at: number,
): Step {
  const { sid, reason, by } = message;
  const call = state.call;
  const ring = rings(call).find((known) => known.root === sid);
  if (call.state === "pending" && ring === call.ring) {
    // Answered here a moment ago: the SDK's own event says how that went.
    if (ring.answering && by?.id === state.me.id) return [state];
    const ending = { kind: "withdrawn" as const, root: sid, hints: ring.hints, reason, by, at };
    const next = { ...state, call: nextRing(call.others, ending) };
    return [forget(next, sid), { type: "phone.ignore", id: ring.id }];
  }
  if (ring) {
    const step = withoutOther(call, ring.id);
    const next = step ? { ...state, call: step[0] } : state;
    return [forget(next, sid), { type: "phone.ignore", id: ring.id }];
  }
  if (call.state === "closed" && call.ending?.kind === "withdrawn" && call.ending.root === sid) {
    // What the agent did is the reason here, whatever became of the caller afterwards.
    if (call.ending.reason === "rejected") return [forget(state, sid)];
    return [forget({ ...state, call: { ...call, ending: { ...call.ending, reason, by } } }, sid)];
  }
  return [forget(state, sid)];
}

function ended(state: State, ended: Call, at: number): Step {
  const call = state.call;
  if ((call.state === "open" || call.state === "reconnecting") && call.talk.root === ended.sid) {
    const next = { ...state, call: nextRing(call.others, endingOf(call.talk, at)) };
    return [next, { type: "phone.hang-up", id: call.talk.id }];
  }
  if ((call.state === "connecting" || call.state === "ringing") && call.dialling.root === ended.sid) {
    const failure = failureOfResult(ended.result);
    if (!failure) return [state];
    const { root, hints, line, id } = call.dialling;
    const message = ended.problem || failure.message;
    const ending = { kind: "failed" as const, root, hints, line, ...failure, message, code: null, at };
    return [
      { ...state, call: nextRing(call.others, ending) },
      { type: "phone.hang-up", id },
    ];
  }
  return [refine(state, ended)];
}

/** The server knows better why a call came to nothing than the SDK, which only knows that it did. */
function refine(state: State, ended: Call): State {
  const call = state.call;
  if (call.state !== "closed" || !call.ending || call.ending.root !== ended.sid) return state;
  const failure = failureOfResult(ended.result);
  if (!failure) {
    // The log's length is Twilio's: the same call is not of two lengths.
    if (call.ending.kind !== "ended" || !ended.duration || !ended.answer_time) return state;
    return { ...state, call: { ...call, ending: { ...call.ending, seconds: ended.duration } } };
  }
  const message = ended.problem || failure.message;
  if (call.ending.kind === "failed" && call.ending.code === null) {
    const permanent = call.ending.permanent || failure.permanent;
    return { ...state, call: { ...call, ending: { ...call.ending, message, permanent } } };
  }
  if (call.ending.kind === "ended" && call.ending.dialled) {
    const { root, hints, line, at } = call.ending;
    return {
      ...state,
      call: { ...call, ending: { kind: "failed", root, hints, line, ...failure, message, code: null, at } },
    };
  }
  return state;
}

function problem(state: State, message: Extract<ServerMessage, { type: "call.problem" }>, at: number): Step {
  const call = state.call;
  const failed = { kind: "failed" as const, message: message.message, permanent: message.permanent };
  if (call.state === "connecting" || call.state === "ringing") {
    const { root, hints, line, id } = call.dialling;
    if (root !== null && root !== message.sid) return [state];
    const ending = { ...failed, root: message.sid, hints, line, code: null, at };
    return [
      { ...state, call: nextRing(call.others, ending) },
      { type: "phone.hang-up", id },
    ];
  }
  if ((call.state === "open" || call.state === "reconnecting") && call.talk.root === message.sid) {
    const { root, hints, line, id } = call.talk;
    const ending = { ...failed, root, hints, line, code: null, at };
    return [
      { ...state, call: nextRing(call.others, ending) },
      { type: "phone.hang-up", id },
    ];
  }
  if (call.state === "closed" && call.ending && call.ending.kind !== "withdrawn") {
    const { root, hints, line } = call.ending;
    if (root !== null && root !== message.sid) return [state];
    const ending = { ...failed, root: message.sid, hints, line, code: null, at };
    return [{ ...state, call: { state: "closed", ending } }];
  }
  return [state];
}

function presenceChanged(state: State, presence: State["presence"][number], at: number): State {
  const before = state.presence.find((known) => known.agent.id === presence.agent.id);
  const others = state.presence.filter((known) => known.agent.id !== presence.agent.id);
  const mine = presence.agent.id === state.me.id;
  return {
    ...state,
    presence: [...others, presence].sort((a, b) => a.agent.name.localeCompare(b.agent.name)),
    availability: mine ? presence.availability : state.availability,
    // Whoever was away is ready from when calls ring again, not from when the phone was started.
    readySince:
      mine && state.readySince !== null && isBack(before?.availability, presence.availability)
        ? at
        : state.readySince,
  };
}

function isBack(before: Availability | undefined, now: Availability): boolean {
  return now === "available" && before !== undefined && before !== "available";
}

/** The root sid of the call in the call area. */
/** The call in this tab, by a name that it keeps from its first moment to its end. */
export function callId({ call }: State): string | null {
  switch (call.state) {
    case "closed":
      return null;
    case "pending":
      return call.ring.id;
    case "connecting":
    case "ringing":
      return call.dialling.id;
    default:
      return call.talk.id;
  }
}

export function rootOf(state: State): string | null {
  const call = state.call;
  switch (call.state) {
    case "closed":
      return null;
    case "pending":
      return call.ring.root;
    case "connecting":
    case "ringing":
      return call.dialling.root;
    default:
      return call.talk.root;
  }
}
