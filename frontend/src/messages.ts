/** What the server and the desk tell each other: types made from the API's description, and a decoder. */

import type { components } from "./generated/api";

type Schemas = components["schemas"];

export type Agent = Schemas["Agent"];
export type Line = Schemas["Line"];
export type Contact = Schemas["Contact"];
/** A message that a caller left. */
export type Recording = Schemas["Recording"];
/** Who is in a call, is called into it, or was in it. `held` of the customer is the hold that everybody means. */
export type Participant = Schemas["Participant"];
/** That a customer is to go to somebody else, and how far that has come. */
export type Transfer = Schemas["Transfer"];
/** A colleague's call in which this agent is, as its supervisor. */
export type SupervisedCall = Schemas["Supervising"];
/** That an agent asks for help with a call. */
export type HelpAsked = Schemas["HelpAsked"];
/** What a supervisor does in a colleague's call, and what can be asked for. */
export type SuperviseMode = Exclude<Participant["mode"], "">;
export type Supervision = SuperviseMode | "take-over";
export type TransferTargets = Schemas["TransferTargets"];
/** A row of the log: a root call with its legs. */
export type Call = Schemas["Call"];
export type CallResult = Call["result"];
/** What the agent says that a call came to. */
export type CallOutcome = Call["outcome"];
export type PastCall = Schemas["PastCall"];
/** A call that lives, as this agent sees it. */
export type LiveCall = Schemas["LiveCall"];
/** What one number and one of our lines wrote each other. */
export type Thread = Schemas["Thread"];
export type UnreadThread = Schemas["UnreadThread"];
/** A text, in or out. */
export type Text = Schemas["Message"];
export type TextFile = Schemas["Media"];
/** A line of a thread: a text, a call, or what was said of texts. */
export type ThreadEntry = Schemas["ThreadEntry"];
export type TextConsent = Schemas["TextConsent"];
export type ReadyText = Schemas["ReadyText"];
export type Presence = Schemas["Presence"];
export type PresenceState = Presence["state"];
export type Availability = Presence["availability"];
/** Why somebody is away, as admins name it. */
export type AwayReason = Schemas["AwayReason"];
/** That this desk could not be rung for a while. */
export type ReachGap = Omit<Schemas["ReachRestored"], "type">;
/** A caller to whom this agent did not come back. */
export type LostCaller = Schemas["LostCaller"];
export type WithdrawnReason = Schemas["CallWithdrawn"]["reason"];
/** Who waits for a team. */
export type Queue = Schemas["Queue"];
export type QueuedCaller = Queue["callers"][number];
/** What supervisors see of the own teams: who waits, who works, how the day goes. */
export type Board = Schemas["Board"];
export type BoardStanding = Schemas["BoardStanding"];
export type BoardAgent = Schemas["BoardAgent"];
/** A caller who is offered to this agent to be called back. */
export type CallBack = Schemas["CallBack"];
export type ServerMessage = Schemas["ServerFrame"];
export type DeskMessage = Schemas["DeskFrame"];

/** The fields that a frame cannot do without, by type. */
const NEEDED: Record<ServerMessage["type"], readonly string[]> = {
  "desk.snapshot": [
    "now",
    "agent",
    "availability",
    "calls",
    "away_reasons",
    "presence",
    "lines",
    "unread_threads",
  ],
  "call.incoming": ["live"],
  "call.status": ["live"],
  "call.withdrawn": ["sid", "reason"],
  "call.ended": ["call"],
  "call.problem": ["sid", "message"],
  "call.taken_over": ["sid", "by", "message"],
  // Null when there is none to read of any more.
  "lost_caller.changed": [],
  // Null when none is supervised any more.
  "supervising.changed": [],
  // Null when none is wanted any more.
  "help.changed": ["sid", "agent", "party"],
  "log.changed": ["call"],
  "message.new": ["thread", "message"],
  "message.status": ["thread", "message"],
  "send.progress": ["send"],
  "thread.changed": ["thread"],
  "presence.changed": ["presence"],
  "presences.changed": ["presences"],
  "queue.changed": ["queue"],
  "board.changed": ["board"],
  // Null when none is offered any more.
  "call_back.changed": [],
  "phone.state": ["registered"],
  "phone.renew": [],
  "reach.restored": ["why", "since", "until"],
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
