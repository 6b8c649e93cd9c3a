/** One value, one function: every change of the softphone goes through `transition`. Nothing here touches the world. */
import { callsTransition } from "./calls";
import { acted, controlLate, controlled, refused, taken } from "./control";
import type { Command, SoftphoneEvent } from "./events";
import { asking, dialledHere, movedHere, movedOn, moveLate, movesFailed, notMoved } from "./moving";
import { chose, isFinished, wrapUpEnded, wrapUpStayed } from "./presence";
import { learn, pushed } from "./pushes";
import { handedTo, othersTalk } from "./room";
import {
  declinedSecond,
  heldAndAnswered,
  isSecondRing,
  parkedNow,
  secondComesUp,
  swapped,
} from "./secondCall";
import { callBackHints, canDial } from "./selectors";
import { type DeskRegion, isTalk, type Orphan, type State } from "./state";
import { supervised, supervisionTransition } from "./supervision";
import { startStep } from "./waits";

export type Step = [State, ...Command[]];

/** The state after an event and what is to be done. An event that means nothing now leaves the state as it is. */
export function transition(state: State, event: SoftphoneEvent): Step {
  const [next, ...commands] = region(state, event);
  const known = movesFailed(movedOn(told(state, next, event)));
  const [asked, ...more] = asking(controlled(state, known));
  const [parked, ...last] = parkedNow(asked);
  const [supervising, ...most] = supervised(parked);
  const [after, ...secondly] = secondComesUp(state, supervising);
  return settle(after, [...commands, ...more, ...last, ...most, ...secondly]);
}

/** A call that is over here though its customer is not: who it was handed to is told with its end, or after it. */
function told(before: State, after: State, event: SoftphoneEvent): State {
  const { calls } = after;
  if (calls.focus !== null || calls.ending?.kind !== "ended" || calls.ending.handedTo) return after;
  const { root } = calls.ending;
  if (after.takenOver?.root === root) {
    const takenOver = after.takenOver.message;
    return { ...after, takenOver: null, calls: { ...calls, ending: { ...calls.ending, takenOver } } };
  }
  const message = event.type === "desk.message" && event.message.type === "call.ended" ? event.message : null;
  const last = message?.call.sid === root ? message.call : undefined;
  const name = handedTo(last ?? after.lives[root]?.call ?? before.lives[root]?.call, after.me.id);
  if (name) return { ...after, calls: { ...calls, ending: { ...calls.ending, handedTo: name } } };
  // Whoever was asked or taken into it may leave it to others. A room whose agent has hung up ends a moment later.
  const goesOn = last?.end_time === null && othersTalk(last, after.me.id);
  if (!last || goesOn === calls.ending.goesOn) return after;
  return { ...after, calls: { ...calls, ending: { ...calls.ending, goesOn } } };
}

function region(state: State, event: SoftphoneEvent): Step {
  switch (event.type) {
    case "started":
      return [state, { type: "microphone.watch" }, { type: "leader.request" }, { type: "desk.open" }];
    case "microphone.changed":
      return [{ ...state, microphone: microphoneAfter(state, event.microphone) }];
    case "microphone.asked":
      // Also while the browser is asking: its window may have been closed unanswered.
      if (state.microphone === "granted") return [state];
      return [{ ...state, microphone: "requesting" }, { type: "microphone.request" }];
    case "microphone.checked":
      return [state, { type: "microphone.check" }];
    case "sound.changed":
      return [{ ...state, sound: event.sound }];
    case "hearing.changed":
      return [{ ...state, hearing: event.hearing }];
    case "noise.changed":
      return [{ ...state, noise: event.noise }];
    case "start.late":
      return [{ ...state, late: event.step }];
    case "start.retried":
      return startRetried(state);
    case "device.changed":
      return [deviceChanged(state, event.state, event.at)];
    case "grants.changed":
      return [{ ...state, grants: event.grants }];
    case "device.failed":
      return [{ ...state, device: { ...state.device, problem: event.message } }];
    case "device.retried":
      if (!state.device.wanted || state.calls.focus) return [state];
      return [{ ...state, device: { ...state.device, problem: "" } }, { type: "phone.start" }];
    case "leader.changed": {
      const next: State = { ...state, leader: { state: event.leader, refused: false } };
      // A tab that another one has taken the phone from does not take it back.
      return state.leader.state === "unknown" && state.woken ? phoneWanted(next) : [next];
    }
    case "leader.refused":
      return [{ ...state, leader: { ...state.leader, refused: true } }];
    case "leader.wanted":
      if (state.leader.state !== "elsewhere") return [state];
      return [{ ...state, leader: { ...state.leader, refused: false } }, { type: "leader.take" }];
    case "agent.chose":
      return chose(state, event);
    case "agent.ended-wrap-up":
      return wrapUpEnded(state);
    case "agent.stayed-in-wrap-up":
      return wrapUpStayed(state);
    case "agent.called-back":
      return calledBack(state, event);
    case "agent.declined-call-back":
      if (!state.callBack) return [state];
      return [
        { ...state, callBack: null },
        { type: "call-back.decline", sid: state.callBack.sid },
      ];
    case "agent.held-and-answered":
      return heldAndAnswered(state);
    case "agent.declined-second":
      return declinedSecond(state);
    case "agent.swapped":
      return swapped(state);
    case "agent.acted":
      return acted(state, event.act);
    case "call.acted":
      return [learn(taken(state, event.sid), event.call)];
    case "call.not-acted":
      return [refused(state, event.sid, event.message)];
    case "control.late":
      return [controlLate(state)];
    case "agent.closed-problem":
      return [state.control?.act ? state : { ...state, control: null }];
    case "hold.lasts":
      if (!state.hold) return [state];
      return [
        { ...state, hold: { ...state.hold, reminders: state.hold.reminders + 1 } },
        { type: "tone.hold-lasts" },
      ];
    case "goal.passed":
      return [{ ...state, pastGoal: { caller: event.caller, team: event.team } }];
    case "agent.moved-here":
      return movedHere(state, event);
    case "move.noted":
      return dialledHere(state, event);
    case "move.refused":
      return [notMoved(state, event.sid, event.message)];
    case "move.late":
      return [moveLate(state)];
    case "agent.closed-gap":
      return [{ ...state, gap: null }];
    case "agent.closed-choice-refused":
      return [{ ...state, choiceRefused: "" }];
    case "agent.read-lost-caller":
      if (!state.lostCaller) return [state];
      return [
        { ...state, lostCaller: null },
        { type: "desk.send", message: { type: "lost_caller.read", sid: state.lostCaller.sid } },
      ];
    case "agent.ended-orphan":
      return [
        { ...state, orphans: withOrphan(state.orphans, event.sid, "") },
        { type: "call.hang-up", sid: event.sid },
      ];
    case "call.not-ended":
      return [notEnded(state, event.sid, event.message)];
    case "call.cut-off":
      return [{ ...state, cutOff: event.call }];
    case "agent.closed-cut-off":
      return [{ ...state, cutOff: null }];
    case "desk.woken":
      return phoneWanted({ ...state, woken: startStep(state) !== null || state.desk.state !== "open" });
    case "desk.message":
      return pushed(state, event.message, event.at);
    case "desk.connecting":
    case "desk.opened":
    case "desk.lost":
    case "desk.retried":
      return deskTransition(state, event);
    default: {
      const ofSupervision = supervisionTransition(state, event);
      if (ofSupervision) return ofSupervision;
      const step = callsTransition(state.calls, event);
      if (!step) return [state];
      const [calls, ...commands] = step;
      // The server passes over a phone of which it does not hear that it rings.
      if (event.type === "call.incoming")
        commands.push({ type: "desk.send", message: { type: "ring.ack", sid: event.root } });
      if (event.type === "call.accepted") commands.push(...announcing(calls, event.sid));
      if (isSecondRing(state, event)) commands.push({ type: "tone.second-ring" });
      const told = event.type === "agent.hung-up" ? announced(state, commands) : commands;
      return [{ ...state, calls }, ...told];
    }
  }
}

/**
 * This phone has answered a call, or taken one along, and will say when it hangs up. Not before: an agent's app, which
 * says nothing, may ring as well.
 */
function announcing({ focus }: State["calls"], leg: string): Command[] {
  if (!isTalk(focus) || !(focus.incoming || focus.leg)) return [];
  return [{ type: "desk.send", message: { type: "ring.ack", sid: focus.root, announces_end: true, leg } }];
}

/** The server is told first: a line that ends without a word was lost, and its caller is led back to the team. */
function announced({ calls: { focus }, desk }: State, commands: Command[]): Command[] {
  if (!isTalk(focus)) return commands;
  const { id, root: sid, state } = focus;
  if (desk.state !== "open" && state === "open") return [{ type: "call.hang-up", sid }, ...commands];
  return commands.map((command) =>
    command.type === "phone.hang-up" ? { type: "phone.hang-up-told", id, sid } : command,
  );
}

/** An ordinary call of this phone's: that it is a call-back, and to whom, the server checks. */
function calledBack(state: State, { id, at }: Extract<SoftphoneEvent, { type: "agent.called-back" }>): Step {
  const { callBack } = state;
  if (!callBack || !canDial(state)) return [state];
  const hints = callBackHints(callBack);
  const step = callsTransition(state.calls, { type: "agent.dialled", id, hints, line: callBack.line, at });
  if (!step) return [state];
  const [calls, ...commands] = step;
  return [{ ...state, calls, callBack: null }, ...commands];
}

/** Opened for a caller who waits: that caller rings where the agent looks now, unless another tab is in a call. */
function phoneWanted(state: State): Step {
  return state.leader.state === "elsewhere" ? [state, { type: "leader.take" }] : [state];
}

/** The browser's own window is open until it says granted or denied: a look at the permission is not an answer. */
function microphoneAfter(state: State, seen: State["microphone"]): State["microphone"] {
  return state.microphone === "requesting" && seen === "unknown" ? "requesting" : seen;
}

function deviceChanged(state: State, device: State["device"]["state"], at: number): State {
  const ready = device === "registered" || device === "ready";
  return {
    ...state,
    device: { ...state.device, state: device, problem: ready ? "" : state.device.problem },
    readySince: ready ? (state.device.state === device ? state.readySince : at) : null,
  };
}

/** Whoever it is, is still on the line, and the phone here has no part in it any more. */
function notEnded(state: State, sid: string, problem: string): State {
  return sid in state.lives ? { ...state, orphans: withOrphan(state.orphans, sid, problem) } : state;
}

function withOrphan(orphans: Orphan[], sid: string, problem: string): Orphan[] {
  return [...orphans.filter((orphan) => orphan.sid !== sid), { sid, problem }];
}

function startRetried(state: State): Step {
  const next = { ...state, late: null };
  switch (state.late) {
    case "permission":
      return [next, { type: "microphone.check" }];
    case "prompt":
      return [next, { type: "microphone.request" }];
    case "leader":
      return [next, { type: "leader.request" }];
    case "phone":
      return state.calls.focus === null ? [next, { type: "phone.start" }] : [next];
    case "server":
      if (state.desk.state !== "open") return [next];
      // Everything is asked for, and told, once more.
      return [
        { ...next, desk: { ...state.desk, told: null, known: null } },
        { type: "desk.send", message: { type: "desk.refresh" } },
      ];
    default:
      return [state];
  }
}

type DeskEvent = Extract<
  SoftphoneEvent,
  { type: "desk.connecting" | "desk.opened" | "desk.lost" | "desk.retried" }
>;

function deskTransition(state: State, event: DeskEvent): Step {
  if (state.desk.state === "ended") return [state];
  const lostAt = "lostAt" in state.desk ? state.desk.lostAt : null;
  switch (event.type) {
    case "desk.connecting":
      return [{ ...state, desk: { state: "connecting", lostAt } }];
    case "desk.opened":
      return [{ ...state, desk: { state: "open", told: null, known: null } }];
    case "desk.lost":
      return [{ ...state, desk: { state: "lost", lostAt: lostAt ?? event.at, retryAt: event.retryAt } }];
    case "desk.retried":
      return [state, { type: "desk.retry" }];
  }
}

/** Rules that hold in every state: the phone runs when it may, and the server knows whether it can ring. */
function settle(state: State, commands: Command[]): Step {
  const wanted =
    state.microphone === "granted" &&
    state.leader.state === "held" &&
    state.desk.state !== "ended" &&
    !isFinished(state);
  let device = state.device;
  if (wanted && !device.wanted) {
    device = { ...device, wanted: true, problem: "" };
    commands.push({ type: "phone.start" });
  } else if (!wanted && device.wanted && state.calls.focus === null) {
    // Never during a call: it goes on, whatever became of the permission or the session.
    device = { state: "unregistered", wanted: false, problem: "", renew: false };
    commands.push({ type: "phone.stop" });
  } else if (wanted && device.renew && state.calls.focus === null) {
    device = { ...device, state: "unregistered", problem: "", renew: false };
    commands.push({ type: "phone.start" });
  }
  let desk: DeskRegion = state.desk;
  const registered = device.state === "registered";
  const said = registered ? "registered" : troubleOf(state);
  if (desk.state === "open" && desk.told !== said) {
    desk = { ...desk, told: said };
    const trouble =
      registered || !said ? {} : { trouble: said as "microphone-blocked" | "microphone-missing" };
    commands.push({ type: "desk.send", message: { type: "phone.state", registered, ...trouble } });
  }
  const next = device === state.device && desk === state.desk ? state : { ...state, device, desk };
  return [withoutThePast(next), ...commands];
}

/** Why the phone cannot ring, for colleagues; "" when it is nothing that the agent could help. */
function troubleOf({ microphone }: State): "" | "microphone-blocked" | "microphone-missing" {
  if (microphone === "denied") return "microphone-blocked";
  return microphone === "missing" ? "microphone-missing" : "";
}

/** What was waited for has come, and what a call heard with is of no more interest. */
function withoutThePast(state: State): State {
  const late = state.late !== null && startStep(state) !== state.late ? null : state.late;
  const hearing = state.calls.focus === null ? null : state.hearing;
  const woken = state.woken && (startStep(state) !== null || state.desk.state !== "open");
  const noise = state.calls.focus === null ? "off" : state.noise;
  const same =
    late === state.late && hearing === state.hearing && noise === state.noise && woken === state.woken;
  return same ? state : { ...state, late, hearing, noise, woken };
}
