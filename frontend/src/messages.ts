/** What the server and the desk tell each other: docs/desk-protocol.md, as types and a decoder. */

export type Agent = { id: number; identity: string; name: string };
export type Line = { id: number; name: string; number: string; display: string };
export type Contact = { id: number; name: string; company: string; note: string };

/** The other party, whichever way the call goes. */
type Party = {
  number: string;
  display: string;
  name: string;
  company: string;
  place: string;
  withheld: boolean;
  verified: boolean;
  /** The phone network checked the number and could not confirm it. */
  verification_failed: boolean;
};

type CallStatus =
  | "queued"
  | "initiated"
  | "ringing"
  | "in-progress"
  | "completed"
  | "busy"
  | "failed"
  | "no-answer"
  | "canceled";

export type CallResult =
  "" | "answered" | "missed" | "voicemail" | "reached" | "busy" | "no-answer" | "failed" | "canceled";

/** What the agent says that a call came to. */
export type CallOutcome = "" | "resolved" | "follow-up" | "call-back" | "wrong-number" | "spam" | "other";

type Leg = {
  sid: string;
  parent_call_sid: string | null;
  direction: "inbound" | "outbound-dial" | "outbound-api";
  caller: string;
  called: string;
  status: CallStatus;
  start_time: string;
  answer_time: string | null;
  end_time: string | null;
  duration: number | null;
  agent: Agent | null;
};

/** A message that a caller left. */
export interface Recording {
  sid: string;
  /** Seconds. */
  duration: number | null;
  url: string;
}

/** A row of the log: a root call with its legs. */
export type Call = Leg & {
  incoming: boolean;
  party: Party;
  line: Line | null;
  contact: Contact | null;
  result: CallResult;
  ring_seconds: number | null;
  problem: string;
  note: string;
  outcome: CallOutcome;
  revision: number;
  recordings: Recording[];
  legs: Leg[];
};

export type PastCall = {
  sid: string;
  incoming: boolean;
  result: CallResult;
  start_time: string;
  duration: number | null;
  agent: Agent | null;
  /** In a push, its beginning. */
  note: string;
  outcome: CallOutcome;
};

/** A call that lives, as this agent sees it. */
export type LiveCall = { call: Call; mine: "ringing" | "active"; history: PastCall[] };

export type Availability = "available" | "busy" | "away";
export type PresenceState = Availability | "on-call" | "not-reachable";
export type Presence = { agent: Agent; availability: Availability; state: PresenceState };

export type WithdrawnReason = "answered-elsewhere" | "caller-hung-up" | "not-answered" | "rejected";

export type ServerMessage =
  | {
      type: "desk.snapshot";
      now: string;
      agent: Agent;
      availability: Availability;
      calls: LiveCall[];
      presence: Presence[];
      lines: Line[];
    }
  | { type: "call.incoming"; live: LiveCall }
  | { type: "call.status"; live: LiveCall }
  | { type: "call.withdrawn"; sid: string; reason: WithdrawnReason; by: Agent | null }
  | { type: "call.ended"; call: Call }
  | { type: "call.problem"; sid: string; message: string; permanent: boolean }
  | { type: "log.changed"; call: Call }
  | { type: "presence.changed"; presence: Presence }
  | { type: "phone.state"; registered: boolean }
  | { type: "session.ended"; message: string }
  | { type: "error"; message: string }
  | { type: "ping" }
  | { type: "pong" };

export type DeskMessage =
  | { type: "phone.state"; registered: boolean }
  | { type: "availability.set"; availability: Availability }
  | { type: "desk.refresh" }
  | { type: "ping" }
  | { type: "pong" };

/** The fields that a frame cannot do without, by type. */
const NEEDED: Record<ServerMessage["type"], readonly string[]> = {
  "desk.snapshot": ["now", "agent", "availability", "calls", "presence", "lines"],
  "call.incoming": ["live"],
  "call.status": ["live"],
  "call.withdrawn": ["sid", "reason"],
  "call.ended": ["call"],
  "call.problem": ["sid", "message"],
  "log.changed": ["call"],
  "presence.changed": ["presence"],
  "phone.state": ["registered"],
  "session.ended": ["message"],
  error: ["message"],
  ping: [],
  pong: [],
};

/** The message in a frame, or null for one that this desk does not know: a newer server may send more. */
export function decodeMessage(text: string): ServerMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !("type" in value)) return null;
  const needed = Object.hasOwn(NEEDED, String(value.type))
    ? NEEDED[value.type as ServerMessage["type"]]
    : undefined;
  if (needed === undefined || needed.some((field) => !(field in value))) return null;
  return value as ServerMessage;
}
