/** The softphone's one value: every screen is a function of it. Words are the Voice SDK's own. */
import type {
  Agent,
  Availability,
  AwayReason,
  Call,
  CallBack,
  HelpAsked,
  Line,
  LiveCall,
  LostCaller,
  Presence,
  Queue,
  QueuedCaller,
  ReachGap,
  SupervisedCall,
  SuperviseMode,
  Supervision,
  WithdrawnReason,
} from "../messages";
import type { NoiseState } from "../noise/ports";
import type { NumberCheck } from "../ports";
import type { Control } from "./control";
import type { Remedy } from "./failures";
import type { Move } from "./moving";
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
  /** Leave to call this number once against a rule. */
  override?: string;
  /** The caller who is called back: the sid of the first call. */
  callBack?: string;
  /** The agent's own talk at another place, which is to go on here. */
  move?: { root: string; incoming: boolean; since: number };
}

export interface Grants {
  incoming: boolean;
  outgoing: boolean;
  /** A call may ring softly during another. A server of the version before says nothing of it. */
  second_call?: boolean;
}

/** What every call in this browser has. `id` is that of its own leg, `root` the sid of the whole call. */
interface PhoneCall {
  id: string;
  hints: Hints;
  since: number;
}

/** Somebody calls, and nobody has answered yet. */
export interface Ring extends PhoneCall {
  state: "pending";
  root: string;
  answering: boolean;
}

/** We call, and nobody has answered yet. The root is known once Twilio has it. */
export type Dialling = PhoneCall & { line: Line | null } & (
    { state: "connecting"; root: null } | { state: "ringing"; root: string }
  );

interface Talk extends PhoneCall {
  root: string;
  /** The sid of its own leg, where neither `id` nor `root` is that. */
  leg?: string;
  incoming: boolean;
  line: Line | null;
  muted: boolean;
  digits: string;
  warnings: string[];
}

/** On the line. */
export type Conversation = Talk & ({ state: "open" } | { state: "reconnecting"; lostAt: number });

/** A colleague's call in which this agent is, as its supervisor. `root` is that call's. */
export interface Supervising extends PhoneCall {
  state: "supervising";
  root: string;
  /** Whose call it is. */
  agent: Agent;
  /** Asks our server, connects the phone, is in it, or has lost the connection for a while. */
  phase: "asking" | "connecting" | "in" | "lost";
  mode: SuperviseMode;
  /** What was asked for and is not so yet. */
  asked: Supervision | null;
  /** What the phone was told of its microphone. */
  muted: boolean;
  /** Why the last wish came to nothing. */
  problem: string;
}

/** The call that is shown, and the only one in which sound flows. */
export type FocusCall = Ring | Dialling | Conversation | Supervising;
/** A call beside the one in focus: it rings. */
export type WaitingCall = Ring;

/** The calls in this browser. As soon as there is any, one is in focus. */
export type Calls =
  { focus: null; others: []; ending: Ending | null } | { focus: FocusCall; others: WaitingCall[] };

/** Why the call area is idle again. */
export type Ending =
  | {
      kind: "ended";
      root: string;
      hints: Hints;
      line: Line | null;
      dialled: boolean;
      seconds: number;
      /** To whom the customer went on from here; "" when the call is over. */
      handedTo: string;
      /** That a supervisor has it now, in a sentence; "" when nobody took it. */
      takenOver: string;
      /** The sid of the leg that was here. */
      leg: string;
      /** Others talk on. */
      goesOn: boolean;
      /** The agent talks on with another phone. */
      movedOn: boolean;
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
      remedy: Remedy;
      /** What the server says of the number, as far as it was asked. */
      check?: NumberCheck;
      code: number | null;
      at: number;
    }
  | {
      kind: "supervised";
      root: string;
      hints: Hints;
      /** Whose call it was. */
      agent: Agent;
      /** `out`: the line has ended, and nobody has said why. `cutOff`: with the page before this one. */
      how: "left" | "over" | "out" | "cutOff" | "problem";
      message: string;
      at: number;
    };

/** `told`: what the server was last told about this phone, "registered" or its trouble; `known`: what it said that it knows. Null: nothing yet. */
export type DeskRegion =
  | { state: "connecting"; lostAt: number | null }
  | { state: "open"; told: string | null; known: boolean | null }
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
  /** Whether what a call hears of the agent is freed of noise. */
  noise: NoiseState;
  /** `renew`: a ring did not arrive, and the phone is to register anew once there is no call. */
  device: { state: DeviceState; wanted: boolean; problem: string; renew: boolean };
  /** What the phone's token lets the agent do. */
  grants: Grants;
  leader: { state: "unknown" | "held" | "elsewhere"; refused: boolean };
  calls: Calls;
  desk: DeskRegion;
  availability: Availability;
  awayReasons: AwayReason[];
  /** Since when, until when and why no call rang here, until that is read. */
  gap: ReachGap | null;
  /** Why the availability that the agent chose last is not taken, in a sentence; "" when it is, or once it is read. */
  choiceRefused: string;
  /** Of whom the agent has not read yet. */
  lostCaller: LostCaller | null;
  presence: Presence[];
  /** Of the agent's teams: who waits. */
  queues: Queue[];
  /** Who was the last to have waited longer than the goal, for which team. */
  pastGoal: { caller: QueuedCaller; team: string } | null;
  /** A caller whom this agent is to call back now. */
  callBack: CallBack | null;
  lines: Line[];
  /** Living calls by root sid, as pushed. */
  lives: Record<string, LiveCall>;
  /** What the agent does to the call by our server. */
  control: Control | null;
  /** Since when the customer hears music, and how often the agent was reminded of it. */
  hold: { root: string; since: string; reminders: number } | null;
  orphans: Orphan[];
  /** A colleague's call in which the page before this one was, by the server's word: its sound is not here. */
  interrupted: SupervisedCall | null;
  /** Who asks for help in the teams that this agent supervises, the longest first. */
  helps: HelpAsked[];
  /** That a supervisor has this agent's call now, in a sentence. */
  takenOver: { root: string; message: string } | null;
  /** The talk at another place that is to go on here. */
  move: Move | null;
  /** The call that ended because the page before this one was closed or loaded again. */
  cutOff: Call | null;
  /** Opened from the notification of a caller who waits, until the phone is ready. */
  woken: boolean;
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
    noise: "off",
    device: { state: "unregistered", wanted: false, problem: "", renew: false },
    grants: { incoming: true, outgoing: true },
    leader: { state: "unknown", refused: false },
    calls: { focus: null, others: [], ending: null },
    desk: { state: "connecting", lostAt: null },
    availability: "available",
    awayReasons: [],
    gap: null,
    choiceRefused: "",
    lostCaller: null,
    presence: [],
    queues: [],
    pastGoal: null,
    callBack: null,
    lines: [],
    lives: {},
    control: null,
    hold: null,
    orphans: [],
    interrupted: null,
    helps: [],
    takenOver: null,
    move: null,
    cutOff: null,
    woken: false,
    readySince: null,
    late: null,
  };
}

export function isDialling(call: FocusCall | null): call is Dialling {
  return call?.state === "connecting" || call?.state === "ringing";
}

export function isTalk(call: FocusCall | null): call is Conversation {
  return call?.state === "open" || call?.state === "reconnecting";
}

export function isSupervising(call: FocusCall | null): call is Supervising {
  return call?.state === "supervising";
}

/** Whether somebody calls here, and is to be answered. */
export function isRung({ calls: { focus } }: State): boolean {
  return focus?.state === "pending";
}

/** Whether this tab has a call that closing it would end. */
export function inCall({ calls: { focus } }: State): boolean {
  return isDialling(focus) || isTalk(focus) || isSupervising(focus);
}
