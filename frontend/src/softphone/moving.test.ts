import { describe, expect, it, vi } from "vitest";
import type { Call } from "../messages";
import { colleague, room } from "../testing/rooms";
import {
  after,
  hints,
  LEG,
  me,
  NOW,
  openState,
  push,
  readyState,
  ringingState,
  ROOT,
  sample,
} from "../testing/samples";
import { announcement } from "./announcements";
import { commandRunner, type Ports } from "./commands";
import type { SoftphoneEvent } from "./events";
import { transition } from "./machine";
import { elsewhere } from "./moving";
import { reach } from "./reach";
import { lastEnding, myPresence } from "./selectors";
import type { State } from "./state";
import { waitsOf } from "./waits";

const OTHER = "CA-other";
const live = room().live;
const told = (legs: string[] = [LEG]): SoftphoneEvent => {
  const { call } = live;
  const [customer] = call.participants;
  const mine = legs.map((leg) => colleague({ leg, agent: me, name: me.name }));
  const participants = customer ? [customer, ...mine] : mine;
  return push({ type: "call.status", live: { ...live, call: { ...call, participants } } });
};
/** Ada talks at another place. */
const idle = () => after(readyState(), told());
const pressed: SoftphoneEvent = { type: "agent.moved-here", root: ROOT, id: "move-1" };
const noted: SoftphoneEvent = { type: "move.noted", sid: ROOT, at: NOW };
const connecting = () => after(idle(), pressed, noted);
const accepted: SoftphoneEvent = { type: "call.accepted", id: "move-1", sid: OTHER, at: NOW + 500 };
const gone = (id: string): SoftphoneEvent => ({ type: "call.disconnected", id, at: NOW + 60_000 });

function types(state: State, event: SoftphoneEvent): string[] {
  const [, ...commands] = transition(state, event);
  return commands.map(({ type }) => type);
}

describe("a call at another place", () => {
  it("is shown where no call is", () => {
    expect(elsewhere(idle())?.call.sid).toBe(ROOT);
    expect(elsewhere(readyState())).toBeNull();
    expect(elsewhere(after(openState(), told()))).toBeNull();
  });

  it("is said to be a call: nobody is put through meanwhile", () => {
    expect(reach(idle(), 0)).toMatchObject({ tone: "call", title: "On a call." });
    expect(myPresence(idle())).toBe("on-call");
    expect(reach(readyState(), 0).tone).toBe("ok");
  });

  it("is not what rings, or is being dialled, or is over", () => {
    expect(elsewhere(after(readyState(), push(sample("call.incoming"))))).toBeNull();
    const call: Call = { ...live.call, answer_time: null };
    expect(elsewhere(after(readyState(), push({ type: "call.status", live: { ...live, call } })))).toBeNull();
    expect(elsewhere(after(idle(), push(sample("call.ended"))))).toBeNull();
  });

  it("is not what was hung up here a moment ago", () => {
    const hungUp = after(openState(), told(), { type: "agent.hung-up", at: NOW + 9000 });
    expect(elsewhere(hungUp)).toBeNull();
    expect(lastEnding(hungUp)).toMatchObject({ kind: "ended", movedOn: false });
  });

  it("is what rang here as well, and was answered there", () => {
    const canceled: SoftphoneEvent = { type: "call.canceled", id: LEG, at: NOW };
    expect(elsewhere(after(ringingState(), canceled))).toBeNull();
    expect(elsewhere(after(ringingState(), canceled, told()))?.call.sid).toBe(ROOT);
  });
});

describe("bringing it here", () => {
  it("asks the server first, and then has the phone call into the call", () => {
    const [asked, ...commands] = transition(idle(), pressed);
    expect(commands).toEqual([{ type: "call.move", sid: ROOT }]);
    expect(types(asked, pressed)).toEqual([]);
    const [dials, ...more] = transition(asked, noted);
    expect(more).toEqual([expect.objectContaining({ type: "phone.connect", id: "move-1", move: ROOT })]);
    expect(dials.calls.focus?.state).toBe("connecting");
    const [talks, ...said] = transition(dials, accepted);
    const message = { type: "ring.ack", sid: ROOT, announces_end: true, leg: OTHER };
    expect(said).toContainEqual({ type: "desk.send", message });
    expect(talks.calls.focus).toMatchObject({ state: "open", root: ROOT, leg: OTHER, incoming: true });
    expect(talks.calls.focus?.since).toBe(Date.parse(live.call.answer_time ?? ""));
  });

  it("is a call that the agent made when it is one, though Twilio calls its own leg inbound", () => {
    const call: Call = { ...live.call, incoming: false, direction: "inbound" };
    const made = after(readyState(), push({ type: "call.status", live: { ...live, call } }));
    expect(after(made, pressed, noted, accepted).calls.focus).toMatchObject({ incoming: false, leg: OTHER });
  });

  it("takes the phone over from the tab that talks, and asks when it is started", () => {
    const second = after(idle(), { type: "leader.changed", leader: "elsewhere" });
    const [taking, ...commands] = transition(second, pressed);
    expect(commands).toContainEqual({ type: "leader.take", anyway: true });
    expect(commands.map(({ type }) => type)).not.toContain("call.move");
    const [held, ...started] = transition(taking, { type: "leader.changed", leader: "held" });
    expect(started.map(({ type }) => type)).toContain("phone.start");
    const starting = after(held, { type: "device.changed", state: "registering", at: NOW });
    expect(types(starting, { type: "device.changed", state: "registered", at: NOW })).toContain("call.move");
  });

  it("starts the phone here though the agent has chosen Finished, until the call is over", () => {
    const finished: SoftphoneEvent = { type: "agent.chose", availability: "offline" };
    const second = after(readyState(), finished, { type: "leader.changed", leader: "elsewhere" }, told());
    const taking = after(second, pressed);
    expect(types(taking, { type: "leader.changed", leader: "held" })).toContain("phone.start");
    const held = after(taking, { type: "leader.changed", leader: "held" });
    expect(types(held, { type: "device.changed", state: "registered", at: NOW })).toContain("call.move");
    expect(types(held, push({ ...sample("call.ended") }))).toContain("phone.stop");
  });

  it("leaves the phone of the tab that talks alone until the call is over there", () => {
    const state = after(openState(), { type: "leader.changed", leader: "elsewhere" });
    expect(state.device.wanted).toBe(true);
    expect(types(state, gone(LEG))).toContain("phone.stop");
  });

  it("says why the server does not let it", () => {
    const refused: SoftphoneEvent = { type: "move.refused", sid: ROOT, message: "Twilio cannot be reached." };
    const state = after(idle(), pressed, refused);
    expect(state.move).toMatchObject({ step: null, problem: "Twilio cannot be reached." });
    expect(types(state, pressed)).toEqual(["call.move"]);
  });

  it("that nobody answers is given up in words", () => {
    const state = after(idle(), pressed);
    const wait = waitsOf(state).find(({ key }) => key.startsWith("move"));
    const late = after(state, wait?.late(NOW) ?? pressed);
    expect(late.move?.problem).toBe("The call could not be brought here. It goes on where it was.");
    expect(after(late, noted).calls.focus).toBeNull();
  });

  it.each<[string, SoftphoneEvent]>([
    ["the microphone is refused", { type: "call.failed", id: "move-1", code: 31401, at: NOW }],
    ["it is turned away", gone("move-1")],
    ["nothing comes of it", { type: "call.late", id: "move-1", at: NOW }],
  ])("is no failed call when %s: it goes on where it was", (_why, event) => {
    const state = after(connecting(), event);
    expect(state.calls).toEqual({ focus: null, others: [], ending: null });
    expect(state.move?.problem).toBe("The call could not be brought here. It goes on where it was.");
    expect(elsewhere(state)?.call.sid).toBe(ROOT);
  });

  it("can be left there, without a word", () => {
    const state = after(connecting(), { type: "agent.hung-up", at: NOW });
    expect(state.calls.focus).toBeNull();
    expect(state.move).toBeNull();
    expect(elsewhere(state)?.call.sid).toBe(ROOT);
  });

  it("ends with the call", () => {
    const state = after(idle(), pressed, push(sample("call.ended")));
    expect(state.move).toBeNull();
    expect(after(state, noted).calls.focus).toBeNull();
  });

  it("is not for who may not make calls", () => {
    const state = after(idle(), { type: "grants.changed", grants: { incoming: true, outgoing: false } });
    expect(transition(state, pressed)).toEqual([state]);
  });

  it("is not tried while the microphone is blocked, which is looked at again", () => {
    const state = after(idle(), { type: "microphone.changed", microphone: "denied" });
    const [next, ...commands] = transition(state, pressed);
    expect(commands).toEqual([{ type: "microphone.check" }]);
    expect(next.move).toMatchObject({
      step: null,
      problem: expect.stringContaining("It goes on where it was."),
    });
  });

  it("is said aloud", () => {
    const asked = after(idle(), pressed);
    expect(announcement(asked, after(asked, noted), false)).toEqual({
      polite: "The call is being brought here.",
    });
    const dials = after(asked, noted);
    expect(announcement(dials, after(dials, accepted), false)).toEqual({ polite: "Call with Maya Okonkwo." });
  });

  it("is told the server, and its word is heard", async () => {
    const act = vi.fn().mockResolvedValueOnce(live.call).mockRejectedValueOnce(new Error("No."));
    const send = vi.fn();
    const run = commandRunner({ api: { act } } as unknown as Ports, send);
    run({ type: "call.move", sid: ROOT });
    await vi.waitFor(() =>
      expect(send).toHaveBeenCalledWith(expect.objectContaining({ type: "move.noted" })),
    );
    run({ type: "call.move", sid: ROOT });
    await vi.waitFor(() =>
      expect(send).toHaveBeenCalledWith({ type: "move.refused", sid: ROOT, message: "No." }),
    );
    expect(act).toHaveBeenCalledWith(ROOT, { do: "move" });
  });
});

describe("the place that it leaves", () => {
  const left = () => after(openState(), told([LEG]), told([OTHER]), gone(LEG));

  it("says that the call goes on", () => {
    expect(lastEnding(left())).toMatchObject({ kind: "ended", movedOn: true });
    const before = after(openState(), told([OTHER]));
    expect(announcement(before, after(before, gone(LEG)), false)).toEqual({
      polite: "This call goes on at another place.",
    });
    expect(elsewhere(left())?.call.sid).toBe(ROOT);
  });

  it("says so also when it is told after the end", () => {
    expect(lastEnding(after(openState(), told([LEG]), gone(LEG), told([OTHER])))).toMatchObject({
      movedOn: true,
    });
  });

  it("says that it ended when it has ended there", () => {
    const state = after(left(), push(sample("call.ended")));
    expect(lastEnding(state)).toMatchObject({ kind: "ended", movedOn: false });
    expect(elsewhere(state)).toBeNull();
  });

  it("knows its own leg again when the call comes back", () => {
    const again = after(left(), { type: "agent.moved-here", root: ROOT, id: "move-2" }, noted, {
      type: "call.accepted",
      id: "move-2",
      sid: "CA-third",
      at: NOW,
    });
    const hungUp = after(again, told(["CA-third"]), { type: "agent.hung-up", at: NOW });
    expect(lastEnding(hungUp)).toMatchObject({ movedOn: false });
    expect(hints.move).toBeUndefined();
  });
});
