/** The log's words and signs for what came of a call. */
import type { Call, CallOutcome, CallResult, PastCall, PresenceState } from "./messages";

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
export function pastCallSentence(call: PastCall, length: string): string {
  const who = call.agent?.name.split(" ")[0] ?? "";
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
  return party.name || (party.withheld ? "Number withheld" : party.display);
}
