/**
 * What the agent does to a call by our server: hold, transfer, others in it. A key shows at once that it was pressed;
 * what became of it is said when the server has said it.
 */
import type { Call, Supervision } from "../messages";
import { t } from "../i18n/i18n";
import type { Command } from "./events";
import { heldSince, helpSince, isUnderWay, othersChanged, parkedCalls, isSame, partyName } from "./room";
import { isTalk, type State } from "./state";

type Person = { agent: number } | { number: string };
export type Target = Person | { team: number };

export type CallAct =
  | { do: "hold" }
  | { do: "resume" }
  | { do: "transfer"; to: Target; mode: "blind" | "warm" }
  | { do: "complete-transfer" }
  | { do: "cancel-transfer" }
  | { do: "merge" }
  /** The talk goes on here, with this page's phone. */
  | { do: "move" }
  /**
   * The customer waits with music, and this page's phone goes: it answers the call of this id that rings, or goes back
   * to the parked call of this root.
   */
  | { do: "park"; answer: string }
  | { do: "park"; back: string }
  /** One hears music, the other is heard again. */
  | { do: "swap"; hold: string; resume: string }
  | { do: "add"; to: Person }
  | { do: "change"; leg: string; change: { hold?: boolean; muted?: boolean } }
  | { do: "remove"; leg: string }
  /** Of the call's agent: a supervisor is to come. */
  | { do: "help"; wanted: boolean }
  /** Of a supervisor, in a colleague's call. */
  | { do: "supervise"; mode: Supervision };

/** What was asked for and waits for the server's word, or why the last of it came to nothing. */
export interface Control {
  root: string;
  act: CallAct | null;
  /** The server has taken it; that it is so, Twilio says. */
  taken: boolean;
  problem: string;
}

type Step = [State, ...Command[]];

/** One after the other: pressed again, or anything else, while one waits means nothing. */
export function acted(state: State, act: CallAct): Step {
  const { focus } = state.calls;
  if (!isTalk(focus) || state.control?.act) return [state];
  const control = { root: focus.root, act, taken: false, problem: "" };
  return [
    { ...state, control },
    { type: "call.act", sid: focus.root, act },
  ];
}

export function taken(state: State, sid: string): State {
  const { control } = state;
  return control?.act && control.root === sid ? { ...state, control: { ...control, taken: true } } : state;
}

export function refused(state: State, sid: string, problem: string): State {
  if (state.control?.root !== sid) return state;
  return { ...state, control: { root: sid, act: null, taken: false, problem } };
}

/** Nobody says what became of it. */
export function controlLate(state: State): State {
  return state.control?.act ? refused(state, state.control.root, t("control.late")) : state;
}

/** What follows from the call as it is now: what was waited for has come, or a transfer has failed. */
export function controlled(before: State, after: State): State {
  const { focus } = after.calls;
  const root = isTalk(focus) ? focus.root : null;
  let { control, hold } = after;
  if (control && control.root !== root) control = null;
  const call = root ? after.lives[root]?.call : undefined;
  if (control?.act && isDone(control, call))
    control = control.problem ? { ...control, act: null, taken: false } : null;
  const failure = root ? failureOf(before.lives[root]?.call, call) : "";
  const absence = root ? notReached(before, after, call) : "";
  if (root && failure) control = { root, act: null, taken: false, problem: failure };
  // What else has been asked for goes on waiting.
  else if (root && absence) control = { ...(control ?? { root, act: null, taken: false }), problem: absence };
  const music = hearsMusic(after, root);
  if (music === null) hold = null;
  else if (hold?.root !== music.root || hold.since !== music.since) hold = { ...music, reminders: 0 };
  return control === after.control && hold === after.hold ? after : { ...after, control, hold };
}

/** Of whoever was called into the call and did not come, who it was and why. */
function notReached(before: State, after: State, call: Call | undefined): string {
  for (const { was, is } of othersChanged(before, after)) {
    if (was?.state !== "calling" || is) continue;
    const gone = (call?.participants ?? [])
      .filter((each) => each.state === "left" && isSame(each, was))
      .at(-1);
    if (gone?.problem) return `${t("others.notReached", { name: partyName(gone) })} ${gone.problem}`;
  }
  return "";
}

/** Who is not to be forgotten: the customer of the call in focus, else one who is parked. */
function hearsMusic(state: State, root: string | null): { root: string; since: string } | null {
  const since = root === null ? null : heldSince(state.lives[root]?.call);
  if (root !== null && since !== null) return { root, since };
  const [waits] = parkedCalls(state);
  return waits?.call.parked_since ? { root: waits.call.sid, since: waits.call.parked_since } : null;
}

function failureOf(before: Call | undefined, after: Call | undefined): string {
  const [was, is] = [before?.transfer, after?.transfer];
  if (is?.state !== "failed" || (was?.id === is.id && was.state === "failed")) return "";
  return is.problem;
}

function isDone({ act, taken: isTaken }: Control, call: Call | undefined): boolean {
  const transfer = call?.transfer;
  const party = (leg: string) => (call?.participants ?? []).find((each) => each.leg === leg);
  switch (act?.do) {
    case "hold":
      return heldSince(call) !== null;
    case "resume":
    case "merge":
      return isTaken && heldSince(call) === null;
    case "transfer":
      return isUnderWay(transfer) || (isTaken && transfer?.state === "failed");
    case "complete-transfer":
      // Told before Twilio has done it: when it refuses, all is as before, and that is to be read.
      return isTaken && !isUnderWay(transfer);
    case "cancel-transfer":
      return !isUnderWay(transfer);
    case "swap":
      return party(act.hold)?.held === true && party(act.resume)?.held === false;
    case "change": {
      const { hold, muted } = act.change;
      const is = party(act.leg);
      return !is || ((hold === undefined || is.held === hold) && (muted === undefined || is.muted === muted));
    }
    case "remove":
      return (party(act.leg)?.state ?? "left") === "left";
    // What follows is done first (`secondCall`).
    case "park":
      return false;
    case "help":
      return (helpSince(call) !== null) === act.wanted;
    default:
      return isTaken;
  }
}
