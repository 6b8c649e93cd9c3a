/**
 * A second call while the agent talks: it rings softly, and is answered once the first caller is parked, for the phone
 * has one call at a time. The way back is that of a call which runs at another place (`moving`).
 */
import type { LiveCall } from "../messages";
import { isColleague } from "./colleague";
import { idle, withoutOther } from "./calls";
import { acted } from "./control";
import type { Command, SoftphoneEvent } from "./events";
import { elsewhere } from "./moving";
import { isUnderWay, parkedCalls, shownCall, supervisorsIn, thirdParties } from "./room";
import { isTalk, type Ring, type State } from "./state";

type Step = [State, ...Command[]];

/** What rings beside a talk, and may be answered; null where nothing does. */
export function secondRing({ calls: { focus, others }, grants }: State): Ring | null {
  return isTalk(focus) && grants.second_call ? (others[0] ?? null) : null;
}

/** The caller to whom the agent can go from the call in focus. */
export function parkedBeside(state: State): LiveCall | null {
  return isTalk(state.calls.focus) ? (parkedCalls(state)[0] ?? null) : null;
}

export function heldAndAnswered(state: State): Step {
  const ring = secondRing(state);
  return ring && canPark(state) ? acted(state, { do: "park", answer: ring.id }) : [state];
}

export function swapped(state: State): Step {
  const beside = parkedBeside(state);
  return beside && canPark(state) ? acted(state, { do: "park", back: beside.call.sid }) : [state];
}

/** Why the caller in focus cannot be put on hold for another: whoever else is in the call would hear music alone. */
export function notParked(state: State): "second.inTransfer" | "second.othersIn" | null {
  const call = shownCall(state);
  if (isUnderWay(call?.transfer)) return "second.inTransfer";
  const isJoined = supervisorsIn(call).some(({ mode }) => mode === "join");
  return isJoined || thirdParties(state).length > 0 ? "second.othersIn" : null;
}

/** Whether the call in focus can be asked about: the server knows it. No colleague is put on hold. */
export function canPark(state: State): boolean {
  const { calls, control, desk, lives } = state;
  const { focus } = calls;
  if (focus?.state !== "open" || isColleague(focus.hints.number)) return false;
  return desk.state === "open" && focus.root in lives && !control?.act && notParked(state) === null;
}

export function declinedSecond(state: State): Step {
  const ring = secondRing(state);
  const act = state.control?.act;
  // It is being answered.
  if (!ring || (act?.do === "park" && "answer" in act)) return [state];
  const step = withoutOther(state.calls, ring.id);
  return step
    ? [
        { ...state, calls: step[0] },
        { type: "phone.reject", id: ring.id },
      ]
    : [state];
}

/** As soon as the caller hears music the phone goes: to what rings, or back to whoever waited before. */
export function parkedNow(state: State): Step {
  const { control, calls } = state;
  const { focus, others } = calls;
  const act = control?.act;
  if (act?.do !== "park" || !isTalk(focus) || state.lives[focus.root]?.call.parked_since == null)
    return [state];
  const done: State = { ...state, control: null };
  if ("answer" in act) {
    const ring = others.find(({ id }) => id === act.answer);
    // Has hung up meanwhile.
    if (!ring) return resumed(done);
    const rest = others.filter((other) => other !== ring);
    // By this the SDK lets the first one go.
    return [
      { ...done, calls: { focus: { ...ring, answering: true }, others: rest } },
      { type: "phone.accept", id: ring.id },
    ];
  }
  if (!(act.back in state.lives)) return resumed(done);
  const back: State = {
    ...done,
    calls: idle(),
    move: { root: act.back, id: `back-${focus.id}`, step: "phone", problem: "" },
  };
  return [back, { type: "phone.hang-up", id: focus.id }];
}

/** Nobody is gone to: the caller in focus is heard again. */
function resumed(state: State): Step {
  return acted(state, { do: "resume" });
}

/** The caller to whom the desk goes back by itself, now that the call here is over; null while there is none. */
export function goesBackTo(state: State): LiveCall | null {
  const { calls, move, device, leader, grants } = state;
  // A page that was just loaded asks first: the other call may run elsewhere.
  if (calls.focus !== null || calls.ending === null || move || !grants.outgoing) return null;
  const ready = device.state === "registered" || device.state === "ready";
  const live = ready && leader.state === "held" ? elsewhere(state) : null;
  return live?.call.parked_since != null ? live : null;
}

/** A ring that comes while the agent talks. */
export function isSecondRing({ calls, grants }: State, event: SoftphoneEvent): boolean {
  return event.type === "call.incoming" && isTalk(calls.focus) && Boolean(grants.second_call);
}

/**
 * What rang softly is the only call now. Where the agent was about to answer it, and the first caller hung up before the
 * music came, it is answered. Else it is to be answered: of it the SDK, which was busy when it came, makes no sound.
 */
export function secondComesUp(before: State, after: State): Step {
  const { calls } = after;
  const { focus } = calls;
  if (focus?.state !== "pending" || focus.answering || secondRing(before)?.id !== focus.id) return [after];
  const act = before.control?.act;
  if (act?.do !== "park" || !("answer" in act) || act.answer !== focus.id)
    return [after, { type: "tone.second-ring" }];
  return [
    { ...after, calls: { ...calls, focus: { ...focus, answering: true } } },
    { type: "phone.accept", id: focus.id },
  ];
}
