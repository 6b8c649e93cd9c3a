/** The calls: what the SDK's calls and the agent do to them. */
import type { Command, SoftphoneEvent } from "./events";
import { failureOfAnswer, failureOfCode, type Failure, lateFailure, unanswered } from "./failures";
import {
  type Calls,
  type Conversation,
  type Ending,
  type FocusCall,
  type Hints,
  isDialling,
  isSupervising,
  isTalk,
  type Ring,
  type Supervising,
  type WaitingCall,
} from "./state";

type Step = [Calls, ...Command[]];
type Of<T extends SoftphoneEvent["type"]> = Extract<SoftphoneEvent, { type: T }>;

/** The calls after an event, with what is to be done; null when the event means nothing to them now. */
export function callsTransition(calls: Calls, event: SoftphoneEvent): Step | null {
  const { focus } = calls;
  switch (event.type) {
    case "call.incoming":
      return incoming(calls, event);
    case "call.ringing":
      if (focus?.state !== "connecting" || focus.id !== event.id) return null;
      return [inFocus(calls, { ...focus, state: "ringing", root: event.sid })];
    case "call.accepted":
      return accepted(calls, event);
    // Also of a call that was accepted: who gives up just then crosses the answer on its way.
    case "call.canceled":
    case "call.disconnected":
      return disconnected(calls, event.id, event.at);
    case "call.left":
      return left(calls, event.id, event.at);
    case "call.failed":
      return failed(calls, event);
    case "call.late":
      return late(calls, event);
    case "reason.late":
      if (calls.focus !== null || calls.ending?.kind !== "withdrawn" || calls.ending.reason) return null;
      return [idle({ ...calls.ending, reason: "unknown" })];
    case "call.muted":
      return withTalk(calls, event.id, (talk) => ({ ...talk, muted: event.muted }));
    case "call.warning":
      return withTalk(calls, event.id, (talk) =>
        talk.warnings.includes(event.name) ? talk : { ...talk, warnings: [...talk.warnings, event.name] },
      );
    case "call.warning-cleared":
      return withTalk(calls, event.id, (talk) => ({
        ...talk,
        warnings: talk.warnings.filter((name) => name !== event.name),
      }));
    case "call.reconnecting":
      if (focus?.state !== "open" || focus.id !== event.id) return null;
      return [inFocus(calls, { ...focus, state: "reconnecting", lostAt: event.at })];
    case "call.reconnected": {
      if (focus?.state !== "reconnecting" || focus.id !== event.id) return null;
      const { lostAt: _, ...talk } = focus;
      return [inFocus(calls, { ...talk, state: "open" })];
    }
    default:
      return agentTransition(calls, event);
  }
}

function agentTransition(calls: Calls, event: SoftphoneEvent): Step | null {
  const { focus, others } = calls;
  switch (event.type) {
    case "agent.dialled": {
      if (focus) return null;
      const { id, hints, line, at } = event;
      return [
        inFocus(calls, { state: "connecting", id, root: null, hints, line, since: at }),
        {
          type: "phone.connect",
          id,
          to: hints.number,
          lineId: line?.id ?? null,
          override: hints.override ?? null,
          callBack: hints.callBack ?? null,
        },
      ];
    }
    case "agent.refused": {
      if (focus) return null;
      const { hints, line, check, at } = event;
      const why = { message: check.message, remedy: "ask-server", check } as const;
      return [idle({ kind: "failed", root: null, hints, line, ...why, code: null, at })];
    }
    case "agent.answered":
      if (focus?.state !== "pending" || focus.answering) return null;
      return [inFocus(calls, { ...focus, answering: true }), { type: "phone.accept", id: focus.id }];
    case "agent.rejected":
      if (focus?.state !== "pending" || focus.answering) return null;
      return [nextInFocus(others, rejection(focus)), { type: "phone.reject", id: focus.id }];
    case "agent.muted":
      // The button follows the SDK's own `mute` event: it never claims a silence that is not there.
      return isTalk(focus) ? [calls, { type: "phone.mute", id: focus.id, muted: event.muted }] : null;
    case "agent.pressed":
      if (focus?.state !== "open" || !/^[0-9*#]$/.test(event.digit)) return null;
      return [
        inFocus(calls, { ...focus, digits: focus.digits + event.digit }),
        { type: "phone.digit", id: focus.id, digit: event.digit },
      ];
    case "agent.hung-up":
      return hungUp(calls, event.at);
    case "agent.closed":
      return calls.focus === null && calls.ending ? [idle()] : null;
    default:
      return null;
  }
}

function incoming(calls: Calls, { id, root, hints, at }: Of<"call.incoming">): Step | null {
  const ring: Ring = { state: "pending", id, root, hints, since: at, answering: false };
  if (ringsOf(calls).some((known) => known.id === id)) return null;
  if (calls.focus === null) return [inFocus(calls, ring)];
  // Kept, not refused: refusing would send this caller away although the agent may be free in a moment.
  return [{ ...calls, others: [...calls.others, ring] }];
}

function accepted(calls: Calls, { id, sid, at }: Of<"call.accepted">): Step | null {
  const { focus } = calls;
  if (focus?.id !== id || isTalk(focus) || isSupervising(focus)) return null;
  const { hints } = focus;
  const fresh = { state: "open", id, hints, since: at, muted: false, digits: "" } as const;
  const talk: Conversation =
    focus.state === "pending"
      ? { ...fresh, root: focus.root, line: null, incoming: true, warnings: [] }
      : { ...fresh, ...begun(hints, sid), line: focus.line, warnings: [] };
  return [inFocus(calls, talk)];
}

/** A call that this phone made: one of its own, or into one that the agent had at another place. */
function begun({ move }: Hints, sid: string): Pick<Conversation, "root" | "incoming" | "leg"> {
  return move ? { ...move, leg: sid } : { root: sid, incoming: false };
}

/** A ringing call that is no longer there, for a reason that only the server knows. */
function gone(calls: Calls, id: string, at: number): Step | null {
  const { focus, others } = calls;
  if (focus?.state === "pending" && focus.id === id) {
    const { root, hints } = focus;
    return [nextInFocus(others, { kind: "withdrawn", root, hints, reason: null, by: null, at })];
  }
  return withoutOther(calls, id);
}

/** The server is told: what the SDK refuses with its page, the agent has not. */
function left(calls: Calls, id: string, at: number): Step | null {
  const ring = ringsOf(calls).find((one) => one.id === id);
  const step = gone(calls, id, at);
  if (!ring || !step) return null;
  return [...step, { type: "desk.send", message: { type: "ring.left", sid: ring.root } }];
}

function disconnected(calls: Calls, id: string, at: number): Step | null {
  const { focus, others } = calls;
  if (focus?.id !== id || focus.state === "pending" || isSupervising(focus)) return gone(calls, id, at);
  return [
    nextInFocus(others, isTalk(focus) ? endingOf(focus, at) : failureOf(focus, unanswered(), null, at)),
  ];
}

function failed(calls: Calls, { id, code, at }: Of<"call.failed">): Step | null {
  const { focus, others } = calls;
  // In a call the SDK says `disconnect` as well when an error ends it.
  if (focus?.id !== id || isTalk(focus) || isSupervising(focus)) return null;
  if (isDialling(focus)) return [nextInFocus(others, failureOf(focus, failureOfCode(code), code, at))];
  if (!focus.answering) return gone(calls, id, at);
  return [nextInFocus(others, failureOf(focus, failureOfAnswer(code), code, at))];
}

/** Neither the SDK nor the server says what became of it: the agent is told that it is over, and it is ended. */
function late(calls: Calls, { id, at }: Of<"call.late">): Step | null {
  const { focus, others } = calls;
  if (focus?.id !== id || isSupervising(focus)) return null;
  const hangUp: Command = { type: "phone.hang-up", id };
  const over = (failure: Failure, ...more: Command[]): Step => [
    nextInFocus(others, failureOf(focus, failure, null, at)),
    hangUp,
    ...more,
  ];
  switch (focus.state) {
    case "pending":
      return focus.answering ? over(lateFailure("Answer")) : null;
    case "connecting":
      return over(lateFailure("Connect"));
    case "ringing":
      return over(unanswered());
    case "reconnecting":
      // A caller is led back to the queue by the server, and rings here again.
      if (focus.incoming) return over(lateFailure("Reconnect"));
      // Without signalling the SDK's own word cannot reach Twilio: our server says it too.
      return over(lateFailure("Reconnect"), { type: "call.hang-up", sid: focus.root });
    case "open":
      return null;
  }
}

function hungUp({ focus, others }: Calls, at: number): Step | null {
  if (isDialling(focus)) return [nextInFocus(others), { type: "phone.hang-up", id: focus.id }];
  if (!isTalk(focus)) return null;
  const hangUp: Command[] = [{ type: "phone.hang-up", id: focus.id }];
  // Without signalling the SDK's own word cannot reach Twilio: our server says it too.
  if (focus.state === "reconnecting") hangUp.push({ type: "call.hang-up", sid: focus.root });
  return [nextInFocus(others, endingOf(focus, at)), ...hangUp];
}

function rejection({ root, hints, since }: Ring): Ending {
  return { kind: "withdrawn", root, hints, reason: "rejected", by: null, at: since };
}

export function endingOf(
  { id, root, hints, line, incoming, since, ...talk }: Conversation,
  at: number,
): Ending {
  const seconds = Math.max(0, Math.round((at - since) / 1000));
  const leg = talk.leg ?? (incoming ? id : root);
  return {
    kind: "ended",
    root,
    hints,
    line,
    dialled: !incoming,
    seconds,
    handedTo: "",
    takenOver: "",
    leg,
    movedOn: false,
    goesOn: false,
    at,
  };
}

export function failureOf(
  call: Exclude<FocusCall, Supervising>,
  failure: Failure,
  code: number | null,
  at: number,
): Ending {
  const { root, hints } = call;
  const line = call.state === "pending" ? null : call.line;
  return { kind: "failed", root, hints, line, ...failure, code, at };
}

/** No call at all, with what is to be told of the last one. */
export function idle(ending: Ending | null = null): Calls {
  return { focus: null, others: [], ending };
}

/** This call in the place of the one that was in focus. */
function inFocus({ others }: Calls, focus: FocusCall): Calls {
  return { focus, others };
}

/** The call in focus is over: the next one that waits comes into focus, or its ending is told. */
export function nextInFocus(others: WaitingCall[], ending: Ending | null = null): Calls {
  const [focus, ...rest] = others;
  return focus ? { focus, others: rest } : idle(ending);
}

export function ringsOf({ focus, others }: Calls): Ring[] {
  return focus?.state === "pending" ? [focus, ...others] : others;
}

export function withoutOther(calls: Calls, id: string): Step | null {
  if (calls.focus === null || !calls.others.some((other) => other.id === id)) return null;
  return [{ ...calls, others: calls.others.filter((other) => other.id !== id) }];
}

function withTalk(calls: Calls, id: string, change: (talk: Conversation) => Conversation): Step | null {
  const { focus } = calls;
  return isTalk(focus) && focus.id === id ? [inFocus(calls, change(focus))] : null;
}
