/** The log's words and signs for what came of a call. */
import type {
  Agent,
  Availability,
  Call,
  CallOutcome,
  CallResult,
  PastCall,
  Presence,
  PresenceState,
  Queue,
} from "./messages";
import { clock, minutes } from "./format";
import { firstName, isolated } from "./names";
import { t } from "./i18n/i18n";
import { byOurClock } from "./serverClock";

export type Tone = "go" | "stop" | "accent" | "plain";
type QueueCaller = Pick<Queue["callers"][number], "rings_at" | "not_before">;
export type WayIcon = "in" | "out" | "missed" | "voicemail";

const TONES: Record<CallResult, Tone> = {
  "": "accent",
  answered: "go",
  missed: "stop",
  voicemail: "accent",
  reached: "plain",
  busy: "plain",
  "no-answer": "plain",
  failed: "stop",
  canceled: "plain",
};

export function resultWord(result: CallResult): { word: string; tone: Tone } {
  return { word: t(`result.${result || "now"}`), tone: TONES[result] };
}

export function wayIcon(call: Pick<Call, "incoming" | "result">): WayIcon {
  if (call.result === "voicemail") return "voicemail";
  if (call.result === "missed") return "missed";
  return call.incoming ? "in" : "out";
}

export function wayWord(way: WayIcon): string {
  return t(`way.${way}`);
}

/** An earlier call in one line: "Answered by Ada, 3:21". */
export function pastCallSentence(call: PastCall | Call): string {
  const { result } = call;
  const name = firstName(call.agent?.name ?? "");
  const called = name ? t("past.calledBy", { name }) : t("past.called");
  const withLength = (sentence: string) => [sentence, pastLength(call)].filter(Boolean).join(", ");
  switch (result) {
    case "answered":
      return withLength(name ? t("past.answeredBy", { name }) : t("past.answered"));
    case "reached":
      return withLength(called);
    case "missed":
      return t("past.missed");
    case "voicemail":
      return withLength(t("past.voicemail"));
    default:
      return call.incoming ? resultWord(result).word : `${called} · ${t(`past.${result || "now"}`)}`;
  }
}

/** `ringing`: said by who waits (`queues`), not by presence itself. */
export type ShownPresence = PresenceState | "ringing";

export function presenceWord(presence: ShownPresence): string {
  return t(`presence.${presence}`);
}

/** "Lunch, back at 11:30.": as far as somebody who is away has said it. */
export function awaySentence({ reason, back_at }: Pick<Presence, "reason" | "back_at">): string {
  const named = isolated(reason);
  if (!back_at) return named ? t("away.reason", { reason: named }) : "";
  const time = clock(back_at);
  return named ? t("away.reasonBack", { reason: named, time }) : t("away.back", { time });
}

/** What stands under somebody's state in the team's list. */
export function presenceDetail(
  presence: Pick<Presence, "state" | "trouble" | "since" | "wrap_up" | "reason" | "back_at">,
  now: number,
): string {
  const { state, trouble, since, wrap_up } = presence;
  if (state === "wrap-up" && wrap_up) {
    if (wrap_up.stays) return t("detail.wrapUpStays");
    return t("detail.wrapUp", { left: minutes((byOurClock(wrap_up.until) - now) / 1000) });
  }
  if (state === "not-reachable") {
    const why = trouble ? t(`detail.${trouble}`, { time: since ? clock(since) : "" }) : "";
    return why || awaySentence(presence);
  }
  if (state === "available") return t("choice.available");
  return state === "away" ? awaySentence(presence) : "";
}

/** What follows from a choice of availability, said when it is made. */
export function availabilitySentence(availability: Availability, inCall: boolean): string {
  return inCall ? t(`chose.${availability}.inCall`) : t(`chose.${availability}`);
}

/** What an agent can say that a call came to, in the order in which it is offered. */
export const OUTCOMES: CallOutcome[] = [
  "",
  "resolved",
  "follow-up",
  "call-back",
  "wrong-number",
  "spam",
  "other",
];

export function outcomeWord(outcome: CallOutcome): string {
  // A newer server may offer more.
  return OUTCOMES.includes(outcome) ? t(`outcome.${outcome || "none"}`) : outcome;
}

/** "Maya Okonkwo", "(206) 555-0111", "Number withheld": whom a row of the log is about. */
export function partyTitle({ party }: Pick<Call, "party">): string {
  return isolated(party.name) || (party.withheld ? t("party.withheld") : isolated(party.display));
}

/**
 * How long somebody talked. A call's `duration` is Twilio's, of that one leg: as long as its caller waited, or the
 * number that it called rang, counts there, too.
 */
export function talkSeconds(call: Pick<Call, "answer_time" | "end_time">): number | null {
  if (!call.answer_time || !call.end_time) return null;
  return Math.max(0, Math.round((Date.parse(call.end_time) - Date.parse(call.answer_time)) / 1000));
}

/**
 * The one length that a call has: of the conversation, or of the message that was left, which is shorter than the
 * call in which its caller heard a greeting. Without either, how long it rang.
 */
export function lengthOf(
  call: Pick<Call, "result" | "answer_time" | "end_time" | "ring_seconds" | "recordings">,
): string {
  if (call.result === "voicemail") {
    const seconds = call.recordings.reduce((sum, recording) => sum + (recording.duration ?? 0), 0);
    return seconds ? minutes(seconds) : "";
  }
  const talked = talkSeconds(call);
  if (talked) return minutes(talked);
  return call.ring_seconds ? t("length.rang", { length: minutes(call.ring_seconds) }) : "";
}

/**
 * Of what came with a ring, the length of a message is not known: only that of the call in which it was left. Its
 * `duration` is the talk's; a whole call's is not, and the same call must not have two lengths on one screen.
 */
function pastLength(call: PastCall | Call): string {
  if (call.result === "voicemail") return "recordings" in call ? lengthOf(call) : "";
  const talked = "answer_time" in call ? talkSeconds(call) : call.duration;
  return talked ? minutes(talked) : "";
}

/** The agents who had a call, in order; as far as its server says. */
export function agentsOf({ agents, agent }: Pick<Call, "agents" | "agent">): Agent[] {
  // A server of the version before says nothing of it.
  const had = (agents ?? []).map((one) => one.agent);
  return had.length > 0 || !agent ? had : [agent];
}

/** "by Ada": who answered a call that came, or made one; "by Ada, then Grace" of one that was given away. */
export function byWhom(call: Pick<Call, "agents" | "agent" | "incoming">, me: number): string {
  const { agent, incoming } = call;
  if (!agent) return "";
  const first = agentsOf(call)[0] ?? agent;
  const by = beganBy(first, incoming, me);
  if (first.id === agent.id) return by;
  return agent.id === me ? t("by.thenYou", { by }) : t("by.then", { by, name: firstName(agent.name) });
}

function beganBy(agent: Agent, incoming: boolean, me: number): string {
  if (agent.id === me) return incoming ? t("by.you") : t("by.youCalled");
  const name = firstName(agent.name);
  return incoming ? t("by.name", { name }) : t("by.nameCalled", { name });
}

/** What becomes of a caller who hung up and kept the place. */
export function callBackSentence({ rings_at, not_before }: QueueCaller, now: number): string {
  const names = rings_at.map(({ name }) => isolated(name)).join(", ");
  if (names) return t("waiting.callsBack", { names });
  if (!not_before || byOurClock(not_before) <= now) return t("waiting.callBack");
  return t("waiting.callBackAt", { time: clock(not_before) });
}
