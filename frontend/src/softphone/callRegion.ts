/** The call region: what the SDK's calls and the agent does to it. */
import type { Command, SoftphoneEvent } from "./events";
import { failureOfAnswer, failureOfCode, LATE, UNANSWERED } from "./failures";
import type { CallRegion, Conversation, Dialling, Ring, State } from "./state";

type Step = [CallRegion, ...Command[]];
type Of<T extends SoftphoneEvent["type"]> = Extract<SoftphoneEvent, { type: T }>;

/** The region after an event, with what is to be done; null when the event means nothing in this state. */
export function callTransition(state: State, event: SoftphoneEvent): Step | null {
  const call = state.call;
  switch (event.type) {
    case "call.incoming":
      return incoming(call, event);
    case "call.ringing":
      if (call.state !== "connecting" || call.dialling.id !== event.id) return null;
      return [{ ...call, state: "ringing", dialling: { ...call.dialling, root: event.sid } }];
    case "call.accepted":
      return accepted(call, event);
    case "call.canceled":
      return gone(call, event.id, event.at);
    case "call.disconnected":
      return disconnected(call, event.id, event.at);
    case "call.failed":
      return failed(call, event);
    case "call.late":
      return late(call, event);
    case "reason.late":
      if (call.state !== "closed" || call.ending?.kind !== "withdrawn" || call.ending.reason) return null;
      return [{ ...call, ending: { ...call.ending, reason: "unknown" } }];
    case "call.muted":
      return withTalk(call, event.id, (talk) => ({ ...talk, muted: event.muted }));
    case "call.warning":
      return withTalk(call, event.id, (talk) =>
        talk.warnings.includes(event.name) ? talk : { ...talk, warnings: [...talk.warnings, event.name] },
      );
    case "call.warning-cleared":
      return withTalk(call, event.id, (talk) => ({
        ...talk,
        warnings: talk.warnings.filter((name) => name !== event.name),
      }));
    case "call.reconnecting":
      if (call.state !== "open" || call.talk.id !== event.id) return null;
      return [{ ...call, state: "reconnecting", lostAt: event.at }];
    case "call.reconnected":
      if (call.state !== "reconnecting" || call.talk.id !== event.id) return null;
      return [{ state: "open", talk: call.talk, others: call.others }];
    default:
      return agentTransition(call, event);
  }
}

function agentTransition(call: CallRegion, event: SoftphoneEvent): Step | null {
  switch (event.type) {
    case "agent.dialled": {
      if (call.state !== "closed") return null;
      const { id, hints, line, at } = event;
      const dialling: Dialling = { id, root: null, hints, line, since: at, muted: false };
      return [
        { state: "connecting", dialling, others: [] },
        { type: "phone.connect", id, to: hints.number, lineId: line?.id ?? null },
      ];
    }
    case "agent.answered":
      if (call.state !== "pending" || call.ring.answering) return null;
      return [
        { ...call, ring: { ...call.ring, answering: true } },
        { type: "phone.accept", id: call.ring.id },
      ];
    case "agent.rejected":
      if (call.state !== "pending" || call.ring.answering) return null;
      return [nextRing(call.others, rejection(call.ring)), { type: "phone.reject", id: call.ring.id }];
    case "agent.muted":
      if (call.state === "open" || call.state === "reconnecting") {
        // The button follows the SDK's own `mute` event: it never claims a silence that is not there.
        return [call, { type: "phone.mute", id: call.talk.id, muted: event.muted }];
      }
      return null;
    case "agent.pressed":
      if (call.state !== "open" || !/^[0-9*#]$/.test(event.digit)) return null;
      return [
        { ...call, talk: { ...call.talk, digits: call.talk.digits + event.digit } },
        { type: "phone.digit", id: call.talk.id, digit: event.digit },
      ];
    case "agent.hung-up":
      return hungUp(call, event.at);
    case "agent.closed":
      return call.state === "closed" && call.ending ? [{ state: "closed", ending: null }] : null;
    default:
      return null;
  }
}

function incoming(call: CallRegion, event: Of<"call.incoming">): Step | null {
  const { id, root, hints, at } = event;
  const ring: Ring = { id, root, hints, since: at, answering: false };
  if (rings(call).some((known) => known.id === id)) return null;
  if (call.state === "closed") return [{ state: "pending", ring, others: [] }];
  // Kept, not refused: refusing would send this caller away although the agent may be free in a moment.
  return [{ ...call, others: [...call.others, ring] }];
}

function accepted(call: CallRegion, event: Of<"call.accepted">): Step | null {
  const shared = { id: event.id, since: event.at, digits: "", warnings: [] };
  if (call.state === "pending" && call.ring.id === event.id) {
    const { root, hints } = call.ring;
    const talk: Conversation = { ...shared, root, hints, incoming: true, line: null, muted: false };
    return [{ state: "open", talk, others: call.others }];
  }
  if ((call.state === "connecting" || call.state === "ringing") && call.dialling.id === event.id) {
    const { hints, line, muted } = call.dialling;
    const talk: Conversation = { ...shared, root: event.sid, hints, line, muted, incoming: false };
    return [{ state: "open", talk, others: call.others }];
  }
  return null;
}

/** A ringing call that is no longer there, for a reason that only the server knows. */
function gone(call: CallRegion, id: string, at: number): Step | null {
  if (call.state === "pending" && call.ring.id === id) {
    const { root, hints } = call.ring;
    return [nextRing(call.others, { kind: "withdrawn", root, hints, reason: null, by: null, at })];
  }
  return withoutOther(call, id);
}

function disconnected(call: CallRegion, id: string, at: number): Step | null {
  if ((call.state === "open" || call.state === "reconnecting") && call.talk.id === id) {
    return [nextRing(call.others, endingOf(call.talk, at))];
  }
  if ((call.state === "connecting" || call.state === "ringing") && call.dialling.id === id) {
    const { root, hints, line } = call.dialling;
    return [nextRing(call.others, { kind: "failed", root, hints, line, ...UNANSWERED, code: null, at })];
  }
  return gone(call, id, at);
}

function failed(call: CallRegion, event: Of<"call.failed">): Step | null {
  const { id, code, at } = event;
  if ((call.state === "connecting" || call.state === "ringing") && call.dialling.id === id) {
    const { root, hints, line } = call.dialling;
    return [nextRing(call.others, { kind: "failed", root, hints, line, ...failureOfCode(code), code, at })];
  }
  if (call.state === "pending" && call.ring.id === id) {
    if (!call.ring.answering) return gone(call, id, at);
    const { root, hints } = call.ring;
    const failure = failureOfAnswer(code);
    return [nextRing(call.others, { kind: "failed", root, hints, line: null, ...failure, code, at })];
  }
  // In a call the SDK says `disconnect` as well when an error ends it.
  return null;
}

/** Neither the SDK nor the server says what became of it: the agent is told that it is over, and it is ended. */
function late(call: CallRegion, { id, at }: Of<"call.late">): Step | null {
  const hangUp: Command = { type: "phone.hang-up", id };
  const shared = { kind: "failed" as const, code: null, at };
  if (call.state === "pending" && call.ring.id === id && call.ring.answering) {
    const { root, hints } = call.ring;
    return [nextRing(call.others, { ...shared, root, hints, line: null, ...LATE.answer }), hangUp];
  }
  if ((call.state === "connecting" || call.state === "ringing") && call.dialling.id === id) {
    const { root, hints, line } = call.dialling;
    const failure = call.state === "ringing" ? UNANSWERED : LATE.connect;
    return [nextRing(call.others, { ...shared, root, hints, line, ...failure }), hangUp];
  }
  if (call.state === "reconnecting" && call.talk.id === id) {
    const { root, hints, line } = call.talk;
    const ending = { ...shared, root, hints, line, ...LATE.reconnect };
    // Without signalling the SDK's own word cannot reach Twilio: our server says it too.
    return [nextRing(call.others, ending), hangUp, { type: "call.hang-up", sid: root }];
  }
  return null;
}

function rejection({
  root,
  hints,
  since,
}: Ring): NonNullable<Extract<CallRegion, { state: "closed" }>["ending"]> {
  return { kind: "withdrawn", root, hints, reason: "rejected", by: null, at: since };
}

function hungUp(call: CallRegion, at: number): Step | null {
  if (call.state === "open" || call.state === "reconnecting") {
    const hangUp: Command[] = [{ type: "phone.hang-up", id: call.talk.id }];
    // Without signalling the SDK's own word cannot reach Twilio: our server says it too.
    if (call.state === "reconnecting") hangUp.push({ type: "call.hang-up", sid: call.talk.root });
    return [nextRing(call.others, endingOf(call.talk, at)), ...hangUp];
  }
  if (call.state === "connecting" || call.state === "ringing") {
    return [nextRing(call.others), { type: "phone.hang-up", id: call.dialling.id }];
  }
  return null;
}

export function endingOf(talk: Conversation, at: number): Extract<CallRegion, { state: "closed" }>["ending"] {
  const seconds = Math.max(0, Math.round((at - talk.since) / 1000));
  const { root, hints, line, incoming } = talk;
  return { kind: "ended", root, hints, line, dialled: !incoming, seconds, at };
}

/** Idle with an ending to tell, or the next caller that was ringing meanwhile. */
export function nextRing(
  others: Ring[],
  ending: Extract<CallRegion, { state: "closed" }>["ending"] = null,
): CallRegion {
  const [ring, ...rest] = others;
  return ring ? { state: "pending", ring, others: rest } : { state: "closed", ending };
}

export function rings(call: CallRegion): Ring[] {
  if (call.state === "closed") return [];
  return call.state === "pending" ? [call.ring, ...call.others] : call.others;
}

export function withoutOther(call: CallRegion, id: string): Step | null {
  if (call.state === "closed" || !call.others.some((ring) => ring.id === id)) return null;
  return [{ ...call, others: call.others.filter((ring) => ring.id !== id) }];
}

function withTalk(call: CallRegion, id: string, change: (talk: Conversation) => Conversation): Step | null {
  if ((call.state !== "open" && call.state !== "reconnecting") || call.talk.id !== id) return null;
  return [{ ...call, talk: change(call.talk) }];
}
