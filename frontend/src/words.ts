/** The log's words and signs for what came of a call. */
import type { Availability, Call, CallOutcome, CallResult, PastCall, PresenceState } from "./messages";
import { minutes } from "./format";
import { firstName, isolated } from "./names";

export type Tone = "go" | "stop" | "accent" | "plain";
export type WayIcon = "in" | "out" | "missed" | "voicemail";

const RESULTS: Record<Exclude<CallResult, "">, [string, Tone]> = {
  answered: ["Answered", "go"],
  missed: ["Missed", "stop"],
  voicemail: ["Voicemail", "accent"],
  reached: ["Reached", "plain"],
  busy: ["Busy", "plain"],
  "no-answer": ["No answer", "plain"],
  failed: ["Failed", "stop"],
  canceled: ["Canceled", "plain"],
};

export function resultWord(result: CallResult): { word: string; tone: Tone } {
  if (result === "") return { word: "Now", tone: "accent" };
  const [word, tone] = RESULTS[result];
  return { word, tone };
}

export function wayIcon(call: Pick<Call, "incoming" | "result">): WayIcon {
  if (call.result === "voicemail") return "voicemail";
  if (call.result === "missed") return "missed";
  return call.incoming ? "in" : "out";
}

export const WAY_WORDS: Record<WayIcon, string> = {
  in: "Incoming call",
  out: "Outgoing call",
  missed: "Missed call",
  voicemail: "Voicemail",
};

/** An earlier call in one line: "Answered by Ada, 3:21". */
export function pastCallSentence(call: PastCall | Call): string {
  const length = pastLength(call);
  const who = firstName(call.agent?.name ?? "");
  switch (call.result) {
    case "answered":
      return `Answered${who && ` by ${who}`}${length && `, ${length}`}`;
    case "reached":
      return `${who ? `${who} called` : "Called"}${length && `, ${length}`}`;
    case "missed":
      return "Missed";
    case "voicemail":
      return `Left a voicemail${length && `, ${length}`}`;
    default: {
      const { word } = resultWord(call.result);
      return call.incoming ? word : `${who ? `${who} called` : "Called"} · ${word.toLowerCase()}`;
    }
  }
}

export const PRESENCE_WORDS: Record<PresenceState, string> = {
  available: "Available",
  busy: "Busy",
  away: "Away",
  "on-call": "On a call",
  "not-reachable": "Not reachable",
};

/** What follows from a choice of availability, said when it is made. */
export const AVAILABILITY_SENTENCES: Record<Availability, (inCall: boolean) => string> = {
  available: (inCall) => (inCall ? "Available after this call." : "You are available."),
  busy: (inCall) =>
    inCall ? "Busy after this call: calls will not ring here." : "You are busy. Calls do not ring here.",
  away: (inCall) =>
    inCall ? "Away after this call: calls will not ring here." : "You are away. Calls do not ring here.",
};

/** What an agent can say that a call came to, in the order in which it is offered. */
export const OUTCOMES: [CallOutcome, string][] = [
  ["", "Not noted"],
  ["resolved", "Resolved"],
  ["follow-up", "Follow-up needed"],
  ["call-back", "Call back"],
  ["wrong-number", "Wrong number"],
  ["spam", "Spam"],
  ["other", "Other"],
];

export function outcomeWord(outcome: CallOutcome): string {
  return OUTCOMES.find(([value]) => value === outcome)?.[1] ?? outcome;
}

/** "Maya Okonkwo", "(206) 555-0111", "Number withheld": whom a row of the log is about. */
export function partyTitle({ party }: Pick<Call, "party">): string {
  return isolated(party.name) || (party.withheld ? "Number withheld" : isolated(party.display));
}

/**
 * The one length that a call has: of the conversation, or of the message that was left, which is shorter than the
 * call in which its caller heard a greeting. Without either, how long it rang.
 */
export function lengthOf(
  call: Pick<Call, "result" | "duration" | "answer_time" | "ring_seconds" | "recordings">,
): string {
  if (call.result === "voicemail") {
    const seconds = call.recordings.reduce((sum, recording) => sum + (recording.duration ?? 0), 0);
    return seconds ? minutes(seconds) : "";
  }
  if (call.duration && call.answer_time) return minutes(call.duration);
  return call.ring_seconds ? `rang ${minutes(call.ring_seconds)}` : "";
}

/** Of what came with a ring, the length of a message is not known: only that of the call in which it was left. */
function pastLength(call: PastCall | Call): string {
  if (call.result === "voicemail") return "recordings" in call ? lengthOf(call) : "";
  return call.duration ? minutes(call.duration) : "";
}

/** Who of us was on a call: "by Grace", "you called"; empty when nobody was. */
export function byWhom({ agent, incoming }: Pick<Call, "agent" | "incoming">, me: number): string {
  if (!agent) return "";
  const who = agent.id === me ? "you" : firstName(agent.name);
  return incoming ? `by ${who}` : `${who} called`;
}
