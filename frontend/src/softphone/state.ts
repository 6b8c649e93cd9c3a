/** The softphone's one value: every screen is a function of it. Words are the Voice SDK's own. */
import type { Agent, Availability, Call, Line, LiveCall, Presence, WithdrawnReason } from "../messages";
import type { StartStep } from "./waits";

export type MicrophoneState = "unknown" | "prompt" | "requesting" | "granted" | "denied" | "missing";
/** `ready`, which the SDK has not: can call out and does not ring, as its token allows no more. */
export type DeviceState = "unregistered" | "registering" | "registered" | "ready" | "destroyed";

/**
 * The microphone of the present call. `missed`: the chosen one, which could not be had; empty when it is the chosen one.
 * Lost: it was unplugged, and no other was found.
 */
export type Hearing = { state: "live"; label: string; missed: string } | { state: "lost"; label: string };

/** What is known of the other party before the server's push arrives. */
export interface Hints {
  number: string;
  display: string;
  name: string;
  place: string;
  line: string;
}

export interface Grants {
  incoming: boolean;
  outgoing: boolean;
}

/** An incoming call in this browser. `id` is the leg's sid, `root` that of the caller's own call. */
export interface Ring {
  id: string;
  root: string;
  hints: Hints;
  since: number;
  answering: boolean;
}

/** An outgoing call that nobody has answered yet. The sid is known once Twilio has it. */
export interface Dialling {
  id: string;
  root: string | null;
  hints: Hints;
  line: Line | null;
  since: number;
  muted: boolean;
}

export interface Conversation {
  id: string;
  root: string;
  incoming: boolean;
  hints: Hints;
  line: Line | null;
  since: number;
  muted: boolean;
  digits: string;
  warnings: string[];
}

/** Why the call area is idle again. */
export type Ending =
  | {
      kind: "ended";
      root: string;
      hints: Hints;
      line: Line | null;
      dialled: boolean;
      seconds: number;
      at: number;
    }
  | {
      kind: "withdrawn";
      root: string;
      hints: Hints;
      /** Null until the server has said; unknown when it says nothing. */
      reason: WithdrawnReason | "unknown" | null;
      by: Agent | null;
      at: number;
    }
  | {
      kind: "failed";
      root: string | null;
      hints: Hints;
      line: Line | null;
      message: string;
      permanent: boolean;
      code: number | null;
      at: number;
    };

export type CallRegion =
  | { state: "closed"; ending: Ending | null }
  | { state: "pending"; ring: Ring; others: Ring[] }
  | { state: "connecting"; dialling: Dialling; others: Ring[] }
  | { state: "ringing"; dialling: Dialling; others: Ring[] }
  | { state: "open"; talk: Conversation; others: Ring[] }
  | { state: "reconnecting"; talk: Conversation; lostAt: number; others: Ring[] };

/** `told`: what the server was last told about this phone; `known`: what it said that it knows. Null: nothing yet. */
export type DeskRegion =
  | { state: "connecting"; lostAt: number | null }
  | { state: "open"; told: boolean | null; known: boolean | null }
  | { state: "lost"; lostAt: number; retryAt: number }
  | { state: "ended"; message: string };

/** A call of mine that lives at Twilio without a phone here: the page was loaded again during it. */
export interface Orphan {
  /** The root's. */
  sid: string;
  /** Why it could not be ended, as a sentence for the agent; "" unless that was tried in vain. */
  problem: string;
}

export interface State {
  me: Agent;
  microphone: MicrophoneState;
  /** Whether the browser lets the page sound: it may wait for a first press. */
  sound: "on" | "blocked";
  /** Null without a call. */
  hearing: Hearing | null;
  device: { state: DeviceState; wanted: boolean; problem: string };
  /** What the phone's token lets the agent do. */
  grants: Grants;
  leader: { state: "unknown" | "held" | "elsewhere"; refused: boolean };
  call: CallRegion;
  desk: DeskRegion;
  availability: Availability;
  presence: Presence[];
  lines: Line[];
  /** Living calls by root sid, as pushed. */
  lives: Record<string, LiveCall>;
  orphans: Orphan[];
  /** The call that ended because the page before this one was closed or loaded again. */
  cutOff: Call | null;
  readySince: number | null;
  /** What has been waited for too long. */
  late: StartStep | null;
}

export function initialState(me: Agent): State {
  return {
    me,
    microphone: "unknown",
    sound: "on",
    hearing: null,
    device: { state: "unregistered", wanted: false, problem: "" },
    grants: { incoming: true, outgoing: true },
    leader: { state: "unknown", refused: false },
    call: { state: "closed", ending: null },
    desk: { state: "connecting", lostAt: null },
    availability: "available",
    presence: [],
    lines: [],
    lives: {},
    orphans: [],
    cutOff: null,
    readySince: null,
    late: null,
  };
}

/** Whether this tab has a call that closing it would end. */
export function inCall(state: State): boolean {
  return ["connecting", "ringing", "open", "reconnecting"].includes(state.call.state);
}
