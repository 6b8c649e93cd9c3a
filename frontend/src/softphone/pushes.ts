/** What the server's pushes do to the softphone. They may come before or after the SDK's own events. */
import type { Availability, Call, HelpAsked, LiveCall, Queue, ServerMessage } from "../messages";
import { talkSeconds } from "../words";
import { endingOf, failureOf, idle, nextInFocus, ringsOf, withoutOther } from "./calls";
import { explained } from "./control";
import type { Command } from "./events";
import { failureOfResult, type Remedy } from "./failures";
import { type Calls, type Ending, inCall, isDialling, isSupervising, isTalk, type State } from "./state";
import { ended as superviseEnded, heard as supervisionHeard, sentenceOf } from "./supervision";

type Step = [State, ...Command[]];

export function pushed(state: State, message: ServerMessage, at: number): Step {
  switch (message.type) {
    case "desk.snapshot":
      return snapshot(state, message);
    case "call.incoming":
    case "call.status":
      return [learnLive(state, message.live)];
    case "call.withdrawn":
      return withdrawn(state, message, at);
    case "call.ended":
      return ended(cutOffAfter(forget(state, message.call.sid), message.call), message.call, at);
    case "call.taken_over":
      return [{ ...state, takenOver: { root: message.sid, message: message.message } }];
    case "lost_caller.changed":
      return [{ ...state, lostCaller: message.lost_caller }];
    case "supervising.changed":
      return [supervisionHeard(state, message.supervising, at)];
    case "help.changed":
      return [{ ...state, helps: withHelp(state.helps, message) }];
    case "log.changed":
      return [cutOffAfter(state, message.call)];
    case "call.problem":
      return problem(state, message, at);
    case "presence.changed":
      return [presenceChanged(state, [message.presence], at)];
    case "presences.changed":
      return [presenceChanged(state, message.presences, at)];
    case "queue.changed":
      return [{ ...state, queues: withQueue(state.queues, message.queue) }];
    case "call_back.changed":
      return [{ ...state, callBack: message.call_back }];
    case "phone.state":
      if (state.desk.state !== "open") return [state];
      return [{ ...state, desk: { ...state.desk, known: message.registered } }];
    case "phone.renew":
      return [{ ...state, device: { ...state.device, renew: true } }];
    case "reach.restored":
      return [{ ...state, gap: { why: message.why, since: message.since, until: message.until } }];
    case "error":
      // What still counts follows, as `presence.changed`.
      return message.about === "availability.set" ? [{ ...state, choiceRefused: message.message }] : [state];
    case "session.ended":
      return [signedOut(state, message.message)];
    // Told to whoever shows the board, or texts: `board`, `threads`, `groupSends`.
    case "board.changed":
    case "message.new":
    case "message.status":
    case "thread.changed":
    case "send.progress":
    case "ping":
    case "pong":
      return [state];
    default:
      // A new type of frame has its case above, or does nothing there.
      message satisfies never;
      return [state];
  }
}

/** Whoever comes to this computer next is not to read who called: a call that goes on is all that is kept. */
function signedOut(state: State, message: string): State {
  const root = rootOf(state);
  const live = root ? state.lives[root] : undefined;
  const lives = root && live && inCall(state) ? { [root]: live } : {};
  const calls = inCall(state) ? state.calls : idle();
  return {
    ...state,
    desk: { state: "ended", message },
    calls,
    lives,
    presence: [],
    queues: [],
    callBack: null,
    gap: null,
    choiceRefused: "",
    lostCaller: null,
    lines: [],
    orphans: [],
    interrupted: null,
    helps: [],
    move: null,
    unreached: null,
  };
}

function snapshot(state: State, message: Extract<ServerMessage, { type: "desk.snapshot" }>): Step {
  const lives = Object.fromEntries(message.calls.map((live) => [live.call.sid, live]));
  // A server of the version before says nothing of it.
  const supervising = message.supervising ?? null;
  const active = message.calls.filter(
    ({ mine, call }) => mine === "active" && call.sid !== supervising?.call.sid,
  );
  const orphan = ({ call: { sid } }: LiveCall) =>
    state.orphans.find((known) => known.sid === sid) ?? { sid, problem: "" };
  const { availability, presence, queues, lines, away_reasons: awayReasons, call_back: callBack } = message;
  return [
    {
      ...state,
      lives,
      availability,
      awayReasons,
      presence,
      queues,
      // A server of the version before says nothing of it.
      callBack: callBack ?? null,
      lostCaller: message.lost_caller ?? null,
      lines,
      orphans: state.calls.focus === null ? active.map(orphan) : [],
      interrupted: state.calls.focus === null ? supervising : null,
      helps: message.helps ?? [],
    },
  ];
}

function withHelp(helps: HelpAsked[], { sid, since, agent, party, line }: HelpAsked): HelpAsked[] {
  const others = helps.filter((each) => each.sid !== sid);
  return since === null ? others : [...others, { sid, since, agent, party, line }];
}

function withQueue(queues: Queue[], changed: Queue): Queue[] {
  const known = queues.some(({ team }) => team.id === changed.team.id);
  if (!known) return [...queues, changed];
  return queues.map((queue) => (queue.team.id === changed.team.id ? changed : queue));
}

/** The call as an answer of REST tells it: what this agent has to do with it, and what was before, stays. */
export function learn(state: State, call: Call): State {
  const known = state.lives[call.sid];
  return known ? learnLive(state, { ...known, call }) : state;
}

/** Keeps the newer of two frames about a call: one may overtake the other. */
function learnLive(state: State, live: LiveCall): State {
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
    calls: gone ? remembering(state.calls, gone) : state.calls,
    lives: shown && gone ? state.lives : lives,
    orphans: state.orphans.filter((orphan) => orphan.sid !== sid),
    move: state.move?.root === sid ? null : state.move,
  };
}

/** What is told of a call that is over names its caller as the call did, not as the ring alone did. */
function remembering(calls: Calls, { call: { sid, party, line } }: LiveCall): Calls {
  if (calls.focus !== null || calls.ending?.root !== sid) return calls;
  const { number, display, name, place } = party;
  const hints = { number, display, name, place, line: line?.name ?? calls.ending.hints.line };
  return idle({ ...calls.ending, hints });
}

function withdrawn(
  state: State,
  message: Extract<ServerMessage, { type: "call.withdrawn" }>,
  at: number,
): Step {
  const { sid, reason, by } = message;
  const { calls } = state;
  const ring = ringsOf(calls).find((known) => known.root === sid);
  if (ring && ring === calls.focus) {
    // Answered here a moment ago: the SDK's own event says how that went.
    if (ring.answering && by?.id === state.me.id) return [state];
    const ending: Ending = { kind: "withdrawn", root: sid, hints: ring.hints, reason, by, at };
    const next = { ...state, calls: nextInFocus(calls.others, ending) };
    return [forget(next, sid), { type: "phone.ignore", id: ring.id }];
  }
  if (ring) {
    const step = withoutOther(calls, ring.id);
    const next = step ? { ...state, calls: step[0] } : state;
    return [forget(next, sid), { type: "phone.ignore", id: ring.id }];
  }
  if (calls.focus === null && calls.ending?.kind === "withdrawn" && calls.ending.root === sid) {
    // What the agent did is the reason here, whatever became of the caller afterwards.
    if (calls.ending.reason === "rejected") return [forget(state, sid)];
    return [forget({ ...state, calls: idle({ ...calls.ending, reason, by }) }, sid)];
  }
  return [forget(state, sid)];
}

function ended(state: State, ended: Call, at: number): Step {
  const { focus } = state.calls;
  if (isTalk(focus) && focus.root === ended.sid) return over(state, focus.id, endingOf(focus, at));
  if (isSupervising(focus) && focus.root === ended.sid) return superviseEnded(state, focus, "over", at);
  if (isDialling(focus) && focus.root === ended.sid) {
    const failure = failureOfResult(ended.result);
    if (!failure) return [state];
    const message = ended.problem || failure.message;
    return over(state, focus.id, failureOf(focus, { ...failure, message }, null, at));
  }
  return [refine(state, ended)];
}

/** The call in focus is over: the phone is told, too. */
function over(state: State, id: string, ending: Ending): Step {
  return [
    { ...state, calls: nextInFocus(state.calls.others, ending) },
    { type: "phone.hang-up", id },
  ];
}

/** The server knows better why a call came to nothing than the SDK, which only knows that it did. */
function refine(state: State, ended: Call): State {
  const { calls } = state;
  if (calls.focus !== null || !calls.ending || calls.ending.root !== ended.sid) return state;
  const { ending } = calls;
  if (ending.kind === "supervised") {
    if (ending.how !== "out") return state;
    return { ...state, calls: idle({ ...ending, how: "over", message: sentenceOf("over", ending.agent) }) };
  }
  const failure = failureOfResult(ended.result);
  if (!failure) {
    // The log's length is of Twilio's times: the same call is not of two lengths.
    const seconds = talkSeconds(ended);
    if (ending.kind !== "ended" || !seconds) return state;
    return { ...state, calls: idle({ ...ending, seconds }) };
  }
  const message = ended.problem || failure.message;
  if (ending.kind === "failed" && ending.code === null) {
    const remedy = ending.remedy === "again" ? failure.remedy : ending.remedy;
    return { ...state, calls: idle({ ...ending, message, remedy }) };
  }
  if (ending.kind === "ended" && ending.dialled) {
    const { root, hints, line, at } = ending;
    return {
      ...state,
      calls: idle({ kind: "failed", root, hints, line, ...failure, message, code: null, at }),
    };
  }
  return state;
}

function problem(state: State, message: Extract<ServerMessage, { type: "call.problem" }>, at: number): Step {
  const { calls } = state;
  const { focus } = calls;
  const remedy: Remedy = message.permanent ? "ask-server" : "again";
  const failure = { message: message.message, remedy };
  if (isDialling(focus)) {
    if (focus.root !== null && focus.root !== message.sid) return [state];
    return over(state, focus.id, { ...failureOf(focus, failure, null, at), root: message.sid });
  }
  // Once people have talked it is about somebody else, who was called into the call.
  const isMade = (state.lives[message.sid]?.call.participants ?? []).length > 0;
  if (isTalk(focus) && focus.root === message.sid) {
    if (isMade || focus.incoming) return [explained(state, message.sid, message.message)];
    return over(state, focus.id, failureOf(focus, failure, null, at));
  }
  const told = focus === null ? calls.ending : null;
  if (told && told.kind !== "withdrawn" && told.kind !== "supervised") {
    if (told.kind === "ended" && (isMade || !told.dialled)) return [state];
    const { root, hints, line } = told;
    if (root !== null && root !== message.sid) return [state];
    const ending: Ending = {
      kind: "failed",
      root: message.sid,
      hints,
      line,
      ...failure,
      code: null,
      at,
    };
    return [{ ...state, calls: idle(ending) }];
  }
  return [state];
}

function presenceChanged(state: State, presences: State["presence"], at: number): State {
  const told = new Set(presences.map(({ agent }) => agent.id));
  const others = state.presence.filter((known) => !told.has(known.agent.id));
  const before = state.presence.find((known) => known.agent.id === state.me.id);
  const mine = presences.find(({ agent }) => agent.id === state.me.id);
  return {
    ...state,
    presence: [...others, ...presences].sort((a, b) => a.agent.name.localeCompare(b.agent.name)),
    availability: mine ? mine.availability : state.availability,
    // Whoever was away is ready from when calls ring again, not from when the phone was started.
    readySince:
      mine && state.readySince !== null && isBack(before?.availability, mine.availability)
        ? at
        : state.readySince,
  };
}

function isBack(before: Availability | undefined, now: Availability): boolean {
  return now === "available" && before !== undefined && before !== "available";
}

/** The call in focus, by a name that it keeps from its first moment to its end. */
export function callId({ calls }: State): string | null {
  return calls.focus?.id ?? null;
}

/** The root sid of the call in focus. */
export function rootOf({ calls }: State): string | null {
  return calls.focus?.root ?? null;
}
