import { describe, expect, it } from "vitest";
import {
  after,
  dialled,
  dialSid,
  LEG,
  me,
  NOW,
  openState,
  push,
  rang,
  readyState,
  ringingState,
  ROOT,
  sample,
  shown,
} from "../testing/samples";
import type { SoftphoneEvent } from "./events";
import { transition } from "./machine";
import { initialState, type State } from "./state";

const dialling = () => after(readyState(), dialled);
const ringingOut = () => after(dialling(), { type: "call.ringing", id: "dial-1", sid: dialSid });
const reconnecting = () => after(openState(), { type: "call.reconnecting", id: LEG, at: NOW + 9000 });
const failed = () => after(ringingOut(), { type: "call.disconnected", id: "dial-1", at: NOW });
const withoutPush = () => after(readyState(), rang);
const other: SoftphoneEvent = {
  type: "call.incoming",
  id: "CA-leg-2",
  root: "CA-root-2",
  hints: hintsOf("Tom"),
  at: NOW,
};

function hintsOf(name: string) {
  return { number: "+12025550143", display: "+12025550143", name, place: "", line: "" };
}

type Row = [string, () => State, SoftphoneEvent, string, string[]];

/** state, event → the state of the call in focus, the commands' types */
const CALLS: Row[] = [
  ["a ring comes up", readyState, rang, "pending", ["desk.send"]],
  ["the same ring twice is one", ringingState, rang, "pending", []],
  ["a second ring waits", ringingState, other, "pending", ["desk.send"]],
  ["a ring during a call waits", openState, other, "open", ["desk.send"]],
  ["answer", ringingState, { type: "agent.answered" }, "pending", ["phone.accept"]],
  ["answer with nothing ringing", readyState, { type: "agent.answered" }, "closed", []],
  ["reject", ringingState, { type: "agent.rejected" }, "closed", ["phone.reject"]],
  ["reject during a call does nothing", openState, { type: "agent.rejected" }, "open", []],
  ["accepted", ringingState, { type: "call.accepted", id: LEG, sid: LEG, at: NOW }, "open", ["desk.send"]],
  [
    "accepted, of another call",
    ringingState,
    { type: "call.accepted", id: "x", sid: "x", at: NOW },
    "pending",
    [],
  ],
  ["the caller gives up", ringingState, { type: "call.canceled", id: LEG, at: NOW }, "closed", []],
  ["dial", readyState, dialled, "connecting", ["phone.connect"]],
  ["dial during a call", openState, dialled, "open", []],
  ["dial while it rings", ringingState, dialled, "pending", []],
  ["it rings there", dialling, { type: "call.ringing", id: "dial-1", sid: dialSid }, "ringing", []],
  ["they answer", ringingOut, { type: "call.accepted", id: "dial-1", sid: dialSid, at: NOW }, "open", []],
  [
    "they answer at once",
    dialling,
    { type: "call.accepted", id: "dial-1", sid: dialSid, at: NOW },
    "open",
    [],
  ],
  ["cancel while connecting", dialling, { type: "agent.hung-up", at: NOW }, "closed", ["phone.hang-up"]],
  ["cancel while ringing", ringingOut, { type: "agent.hung-up", at: NOW }, "closed", ["phone.hang-up"]],
  ["hang up", openState, { type: "agent.hung-up", at: NOW }, "closed", ["phone.hang-up-told"]],
  [
    "hang up without signalling asks our server too",
    reconnecting,
    { type: "agent.hung-up", at: NOW },
    "closed",
    ["phone.hang-up-told", "call.hang-up"],
  ],
  ["hang up with nothing there", readyState, { type: "agent.hung-up", at: NOW }, "closed", []],
  ["the other side hangs up", openState, { type: "call.disconnected", id: LEG, at: NOW }, "closed", []],
  ["who gives up crosses the answer", openState, { type: "call.canceled", id: LEG, at: NOW }, "closed", []],
  ["an old call's end", openState, { type: "call.disconnected", id: "old", at: NOW }, "open", []],
  ["mute asks the phone", openState, { type: "agent.muted", muted: true }, "open", ["phone.mute"]],
  ["mute with nothing there", readyState, { type: "agent.muted", muted: true }, "closed", []],
  ["a tone", openState, { type: "agent.pressed", digit: "5" }, "open", ["phone.digit"]],
  ["no such tone", openState, { type: "agent.pressed", digit: "x" }, "open", []],
  ["a tone without signalling", reconnecting, { type: "agent.pressed", digit: "5" }, "reconnecting", []],
  ["the connection goes", openState, { type: "call.reconnecting", id: LEG, at: NOW }, "reconnecting", []],
  ["and comes back", reconnecting, { type: "call.reconnected", id: LEG }, "open", []],
  ["or does not", reconnecting, { type: "call.disconnected", id: LEG, at: NOW }, "closed", []],
  [
    "the call cannot be made",
    dialling,
    { type: "call.failed", id: "dial-1", code: 31486, at: NOW },
    "closed",
    [],
  ],
  [
    "an error in a call is not its end",
    openState,
    { type: "call.failed", id: LEG, code: 31005, at: NOW },
    "open",
    [],
  ],
  [
    "an answer that fails says why",
    () => after(ringingState(), { type: "agent.answered" }),
    { type: "call.failed", id: LEG, code: 31402, at: NOW },
    "closed",
    [],
  ],
  ["closing the failure", failed, { type: "agent.closed" }, "closed", []],
  ["pushed: answered elsewhere", ringingState, push(sample("call.withdrawn")), "closed", ["phone.ignore"]],
  ["pushed: my call is over", openState, push(sample("call.ended")), "closed", ["phone.hang-up"]],
  ["pushed: a problem", ringingOut, push(sample("call.problem")), "closed", ["phone.hang-up"]],
];

describe("the call in focus", () => {
  it.each(CALLS)("%s", (_name, given, event, state, commands) => {
    const [next, ...asked] = transition(given(), event);

    expect(shown(next)).toBe(state);
    expect(asked.map((command) => command.type)).toEqual(commands);
  });

  it("follows the phone's word about mute, not the button's", () => {
    const asked = after(openState(), { type: "agent.muted", muted: true });
    expect(asked.calls).toMatchObject({ focus: { muted: false } });
    expect(after(asked, { type: "call.muted", id: LEG, muted: true }).calls).toMatchObject({
      focus: { muted: true },
    });
  });

  it("echoes the tones", () => {
    const state = after(
      openState(),
      { type: "agent.pressed", digit: "4" },
      { type: "agent.pressed", digit: "#" },
    );
    expect(state.calls).toMatchObject({ focus: { digits: "4#" } });
  });

  it("brings up the caller who waited when the call ends", () => {
    const state = after(openState(), other, { type: "agent.hung-up", at: NOW });
    expect(state.calls).toMatchObject({ focus: { state: "pending", id: "CA-leg-2" }, others: [] });
  });

  it("keeps a warning once and lets it go", () => {
    const warned = after(
      openState(),
      { type: "call.warning", id: LEG, name: "low-mos" },
      { type: "call.warning", id: LEG, name: "low-mos" },
    );
    expect(warned.calls).toMatchObject({ focus: { warnings: ["low-mos"] } });
    expect(after(warned, { type: "call.warning-cleared", id: LEG, name: "low-mos" }).calls).toMatchObject({
      focus: { warnings: [] },
    });
  });
});

describe("pushes and the phone, in both orders", () => {
  it("joins the caller's facts to the ring", () => {
    const pushFirst = after(readyState(), push(sample("call.incoming")), rang);
    const ringFirst = after(readyState(), rang, push(sample("call.incoming")));
    expect(pushFirst).toEqual(ringFirst);
    expect(Object.keys(pushFirst.lives)).toEqual([ROOT]);
  });

  it("tells who took the call", () => {
    const cancel: SoftphoneEvent = { type: "call.canceled", id: LEG, at: NOW };
    const withdrawn = push(sample("call.withdrawn"));
    const ending = { kind: "withdrawn", reason: "answered-elsewhere", by: { name: "Grace Hopper" } };
    expect(after(ringingState(), withdrawn, cancel).calls).toMatchObject({ focus: null, ending });
    expect(after(ringingState(), cancel, withdrawn).calls).toMatchObject({ focus: null, ending });
  });

  it("tells why a call could not be made", () => {
    const ended: SoftphoneEvent = { type: "call.disconnected", id: "dial-1", at: NOW };
    const problem = push(sample("call.problem"));
    const ending = { kind: "failed", message: "This number is not in service.", remedy: "ask-server" };
    expect(after(ringingOut(), problem, ended).calls).toMatchObject({ ending });
    expect(after(ringingOut(), ended, problem).calls).toMatchObject({ ending });
    // Twilio answers a refused call to say why: the phone says `accept` first.
    const accepted: SoftphoneEvent = { type: "call.accepted", id: "dial-1", sid: dialSid, at: NOW };
    expect(after(ringingOut(), accepted, problem, ended).calls).toMatchObject({ ending });
  });

  it("says that it will say when it hangs up once it has answered, and not when it only rings", () => {
    const send = (leg: object) => ({ type: "desk.send", message: { type: "ring.ack", sid: ROOT, ...leg } });
    expect(transition(readyState(), rang).slice(1)).toEqual([send({})]);
    const accepted: SoftphoneEvent = { type: "call.accepted", id: LEG, sid: LEG, at: NOW };
    expect(transition(ringingState(), accepted).slice(1)).toEqual([send({ announces_end: true, leg: LEG })]);
  });

  it("lets the newer of two frames about a call stand", () => {
    const status = sample("call.status");
    const late = { ...sample("call.incoming") };
    const state = after(readyState(), push(status), push(late));
    expect(state.lives[ROOT]?.mine).toBe("active");
  });

  it("does not end the call that I answered when the offer is withdrawn from me", () => {
    const mine = { ...sample("call.withdrawn"), by: me };
    const answering = after(ringingState(), { type: "agent.answered" });
    expect(shown(after(answering, push(mine)))).toBe("pending");
    expect(shown(after(openState(), push(mine)))).toBe("open");
  });

  it("shows my call of another page as one that is not here", () => {
    const live = { ...sample("call.status").live };
    const reloaded = after(readyState(), push({ ...sample("desk.snapshot"), calls: [live] }));
    expect(reloaded.orphans).toEqual([{ sid: ROOT, problem: "" }]);
    expect(after(reloaded, push(sample("call.ended"))).orphans).toEqual([]);
  });

  it("says that a call that nobody here hears could not be ended, until it is tried again or over", () => {
    const refused: SoftphoneEvent = { type: "call.not-ended", sid: ROOT, message: "Twilio is away." };
    const snapshot = push({ ...sample("desk.snapshot"), calls: [sample("call.status").live] });
    const lost = after(readyState(), snapshot);
    const hungUp = after(reconnecting(), push(sample("call.status")), { type: "agent.hung-up", at: NOW });
    for (const state of [lost, hungUp]) {
      const told = after(state, refused);
      expect(told.orphans).toEqual([{ sid: ROOT, problem: "Twilio is away." }]);
      expect(after(told, snapshot).orphans).toEqual(told.orphans);
      const [tried, ...commands] = transition(told, { type: "agent.ended-orphan", sid: ROOT });
      expect(tried.orphans).toEqual([{ sid: ROOT, problem: "" }]);
      expect(commands).toEqual([{ type: "call.hang-up", sid: ROOT }]);
      expect(after(told, push(sample("call.ended"))).orphans).toEqual([]);
    }
    expect(after(readyState(), refused).orphans).toEqual([]);
  });

  it("does not take the present call for a lost one after a reconnect", () => {
    const live = sample("call.status").live;
    const state = after(openState(), push({ ...sample("desk.snapshot"), calls: [live] }));
    expect(state.orphans).toEqual([]);
    expect(shown(state)).toBe("open");
  });

  it("shows the ring without any push", () => {
    expect(shown(withoutPush())).toBe("pending");
  });
});

describe("a tab that was opened for a caller who waits", () => {
  const elsewhere: SoftphoneEvent = { type: "leader.changed", leader: "elsewhere" };
  const takes = (state: State, event: SoftphoneEvent) =>
    transition(state, event)
      .slice(1)
      .filter((command) => (command as { type: string }).type === "leader.take");

  it("asks the other tab for the phone at once, whichever it learns first", () => {
    const started = after(initialState(me), { type: "started" });
    expect(takes(after(started, { type: "desk.woken" }), elsewhere)).toEqual([{ type: "leader.take" }]);
    expect(takes(after(started, elsewhere), { type: "desk.woken" })).toEqual([{ type: "leader.take" }]);
  });

  it("leaves the phone where it is when it was opened for nobody", () => {
    expect(takes(after(initialState(me), { type: "started" }), elsewhere)).toEqual([]);
  });

  it("does not take back what another tab has taken from it", () => {
    const woken = after(
      initialState(me),
      { type: "started" },
      { type: "desk.woken" },
      { type: "leader.changed", leader: "held" },
    );
    expect(takes(woken, elsewhere)).toEqual([]);
  });
});
