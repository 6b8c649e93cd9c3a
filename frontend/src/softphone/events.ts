/** Everything that can happen to the softphone, and everything it can ask to be done. */
import type {
  Agent,
  Availability,
  AwayReason,
  Call,
  DeskMessage,
  Line,
  QueuedCaller,
  ServerMessage,
  Supervision,
} from "../messages";
import type { CallAct } from "./control";
import type { DeviceState, Grants, Hints, Hearing, MicrophoneState } from "./state";
import type { NoiseState } from "../noise/ports";
import type { NumberCheck } from "../ports";
import type { StartStep } from "./waits";

export type SoftphoneEvent =
  | { type: "started" }
  // microphone and sound
  | { type: "microphone.changed"; microphone: MicrophoneState }
  | { type: "microphone.asked" }
  | { type: "microphone.checked" }
  | { type: "sound.changed"; sound: "on" | "blocked" }
  /** Which device a call's sound comes from, and that it went away. */
  | { type: "hearing.changed"; hearing: Hearing }
  | { type: "noise.changed"; noise: NoiseState }
  // the phone
  | { type: "device.changed"; state: DeviceState; at: number }
  | { type: "grants.changed"; grants: Grants }
  | { type: "device.failed"; message: string }
  | { type: "device.retried" }
  // what was waited for in vain
  | { type: "start.late"; step: StartStep }
  | { type: "start.retried" }
  | { type: "call.late"; id: string; at: number }
  | { type: "reason.late" }
  // tabs
  | { type: "leader.changed"; leader: "held" | "elsewhere" }
  | { type: "leader.refused" }
  | { type: "leader.wanted" }
  // the SDK's calls
  | { type: "call.incoming"; id: string; root: string; hints: Hints; at: number }
  | { type: "call.ringing"; id: string; sid: string }
  | { type: "call.accepted"; id: string; sid: string; at: number }
  | { type: "call.canceled"; id: string; at: number }
  /** The page or its phone goes while it rings. */
  | { type: "call.left"; id: string; at: number }
  | { type: "call.disconnected"; id: string; at: number }
  | { type: "call.failed"; id: string; code: number | null; at: number }
  | { type: "call.muted"; id: string; muted: boolean }
  | { type: "call.warning"; id: string; name: string }
  | { type: "call.warning-cleared"; id: string; name: string }
  | { type: "call.reconnecting"; id: string; at: number }
  | { type: "call.reconnected"; id: string }
  // the page before this one
  | { type: "call.cut-off"; call: Call }
  | { type: "supervision.cut-off"; agent: Agent; at: number }
  // our server
  /** It could not end the call of this root; `message` says why. */
  | { type: "call.not-ended"; sid: string; message: string }
  /** What the agent wanted of the call of this root: taken, with the call as it is now, or refused in a sentence. */
  | { type: "call.acted"; sid: string; call: Call }
  | { type: "call.not-acted"; sid: string; message: string }
  /** Nobody says what became of it. */
  | { type: "control.late" }
  /** The call of this root may go on here; or why not; or nobody says so. */
  | { type: "move.noted"; sid: string; at: number }
  | { type: "move.refused"; sid: string; message: string }
  | { type: "move.late" }
  /** The customer has heard music for so long that the agent is reminded of it, once more. */
  | { type: "hold.lasts" }
  /** Whoever has waited longest for the team has waited longer than its line's goal. */
  | { type: "goal.passed"; caller: QueuedCaller; team: string }
  /** What this phone wanted of a colleague's call: taken, with the call as it is now, or refused in a sentence. */
  | { type: "supervise.taken"; id: string; call: Call }
  | { type: "supervise.refused"; id: string; message: string; at: number }
  // the agent
  | { type: "agent.dialled"; id: string; hints: Hints; line: Line | null; at: number }
  /** It was not dialled: the check says why. */
  | { type: "agent.refused"; hints: Hints; line: Line | null; check: NumberCheck; at: number }
  /** Calls whom the server offers to be called back; or leaves that to somebody else. */
  | { type: "agent.called-back"; id: string; at: number }
  | { type: "agent.declined-call-back" }
  | { type: "agent.answered" }
  | { type: "agent.rejected" }
  /** Of what rings softly during a call. */
  | { type: "agent.held-and-answered" }
  | { type: "agent.declined-second" }
  /** Goes to the parked caller; the one in focus is parked. */
  | { type: "agent.swapped" }
  | { type: "agent.muted"; muted: boolean }
  | { type: "agent.pressed"; digit: string }
  | { type: "agent.acted"; act: CallAct }
  /** Has read why something came to nothing. */
  | { type: "agent.closed-problem" }
  | { type: "agent.hung-up"; at: number }
  /** Goes into a colleague's call. */
  | {
      type: "agent.supervised";
      id: string;
      call: string;
      agent: Agent;
      mode: Supervision;
      hints: Hints;
      at: number;
    }
  | { type: "agent.chose-mode"; mode: Supervision }
  | { type: "agent.closed-supervision" }
  | { type: "agent.ended-orphan"; sid: string }
  /** Wants the talk at another place to go on here. `id`: that of the call here. */
  | { type: "agent.moved-here"; root: string; id: string }
  | { type: "agent.closed" }
  | { type: "agent.closed-cut-off" }
  | { type: "agent.chose"; availability: Availability; reason?: AwayReason | null; backAt?: string | null }
  | { type: "agent.ended-wrap-up" }
  | { type: "agent.stayed-in-wrap-up" }
  | { type: "agent.closed-gap" }
  | { type: "agent.closed-choice-refused" }
  | { type: "agent.read-lost-caller" }
  // the desk's socket
  | { type: "desk.connecting" }
  | { type: "desk.opened" }
  | { type: "desk.lost"; at: number; retryAt: number }
  | { type: "desk.retried" }
  /** Opened from the notification of a caller who waits. */
  | { type: "desk.woken" }
  | { type: "desk.message"; message: ServerMessage; at: number };

export type Command =
  | { type: "microphone.watch" }
  | { type: "microphone.request" }
  | { type: "microphone.check" }
  | { type: "leader.request" }
  /** `anyway`: though the other tab talks, which it goes on to do. */
  | { type: "leader.take"; anyway?: boolean }
  | { type: "phone.start" }
  | { type: "phone.stop" }
  | {
      type: "phone.connect";
      id: string;
      to: string;
      lineId: number | null;
      override: string | null;
      callBack: string | null;
      /** The root of the agent's own call, into which this phone calls. */
      move?: string;
    }
  /** Into the colleague's call of this root. */
  | { type: "phone.supervise"; id: string; sid: string }
  | { type: "phone.accept"; id: string }
  | { type: "phone.reject"; id: string }
  | { type: "phone.ignore"; id: string }
  | { type: "phone.mute"; id: string; muted: boolean }
  | { type: "phone.digit"; id: string; digit: string }
  | { type: "phone.hang-up"; id: string }
  /** The same, once the server has been told that it is meant: `sid` is the root's. */
  | { type: "phone.hang-up-told"; id: string; sid: string }
  | { type: "call.hang-up"; sid: string }
  | { type: "call.act"; sid: string; act: CallAct }
  | { type: "call.supervise"; id: string; sid: string; mode: Supervision }
  | { type: "call.move"; sid: string }
  | { type: "tone.hold-lasts" }
  | { type: "tone.second-ring" }
  | { type: "call-back.decline"; sid: string }
  | { type: "desk.open" }
  | { type: "desk.retry" }
  | { type: "desk.send"; message: DeskMessage };
