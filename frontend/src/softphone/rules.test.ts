import { describe, expect, it } from "vitest";
import { there } from "../../gallery/data";
import { after, me, NOW, openState, push, readyState, ringingState, sample } from "../testing/samples";
import type { ServerMessage } from "../messages";
import { announcement } from "./announcements";
import type { SoftphoneEvent } from "./events";
import { transition } from "./machine";
import { reach } from "./reach";
import { canDial, myPresence } from "./selectors";
import { initialState, type State } from "./state";

describe("the token's grants", () => {
  const granted = (incoming: boolean, outgoing: boolean): SoftphoneEvent => ({
    type: "grants.changed",
    grants: { incoming, outgoing },
  });
  const unregistered = after(readyState(), { type: "device.changed", state: "unregistered", at: NOW });
  const onlyOut = after(unregistered, granted(false, true), {
    type: "device.changed",
    state: "ready",
    at: NOW + 1,
  });

  it("let an agent who receives no calls still dial", () => {
    expect(canDial(onlyOut)).toBe(true);
    expect(onlyOut.readySince).toBe(NOW + 1);
    expect(reach(onlyOut, NOW).title).toBe("You can make calls, but not receive them.");
    expect(myPresence(onlyOut)).toBe("not-reachable");
  });

  it("tell the server of no phone that rings", () => {
    const [next, ...commands] = transition(readyState(), { type: "device.changed", state: "ready", at: NOW });
    expect(commands).toEqual([{ type: "desk.send", message: { type: "phone.state", registered: false } }]);
    expect(next.desk).toEqual({ state: "open", told: "", known: true });
  });

  it("let an agent who makes no calls still be reached", () => {
    const onlyIn = after(readyState(), granted(true, false));
    expect(canDial(onlyIn)).toBe(false);
    expect(reach(onlyIn, NOW).title).toBe("You can be reached.");
  });

  it("may allow nothing", () => {
    const nothing = after(onlyOut, granted(false, false));
    expect(canDial(nothing)).toBe(false);
    expect(reach(nothing, NOW).title).toBe("You can neither make nor receive calls.");
  });

  it("hide nothing worse", () => {
    const lost = after(onlyOut, { type: "desk.lost", at: NOW, retryAt: NOW + 2000 });
    expect(reach(lost, NOW).title).toBe("You cannot be reached.");
    expect(canDial(lost)).toBe(false);
  });
});

describe("a caller to whom the agent did not come back", () => {
  const lost = sample("lost_caller.changed");
  const seen = after(readyState(), push(lost));
  const said = {
    polite: "You did not come back to Maya Okonkwo in time: the call went to the front of the queue.",
  };

  it("is said once, to a desk that is open and to one that opens later", () => {
    expect(announcement(readyState(), seen, false)).toEqual(said);
    expect(announcement(seen, after(seen, push(lost)), false)).toBeNull();
    const opened = after(
      readyState(),
      push({ ...sample("desk.snapshot"), lost_caller: lost.lost_caller } as ServerMessage),
    );
    expect(opened.lostCaller).toEqual(lost.lost_caller);
    expect(announcement(readyState(), opened, false)).toEqual(said);
  });

  it("is said though the same frame says less of the call", () => {
    const parked = sample("call.status").live;
    const waits = {
      ...parked,
      mine: "active" as const,
      call: { ...parked.call, sid: "CA-parked", parked_since: parked.call.start_time, end_time: null },
    };
    const before = after(readyState(), push({ type: "call.status", live: waits }));
    const back = push({
      ...sample("desk.snapshot"),
      calls: [],
      lost_caller: lost.lost_caller,
    } as ServerMessage);
    expect(announcement(before, after(before, back), false)).toEqual(said);
  });

  it("is read: the server is told of which", () => {
    const [next, ...commands] = transition(seen, { type: "agent.read-lost-caller" });
    expect(next.lostCaller).toBeNull();
    expect(commands).toEqual([
      { type: "desk.send", message: { type: "lost_caller.read", sid: lost.lost_caller?.sid } },
    ]);
    expect(transition(next, { type: "agent.read-lost-caller" })).toEqual([next]);
  });

  it("is gone with what was told, and with whoever signs out", () => {
    expect(after(seen, push({ type: "lost_caller.changed", lost_caller: null })).lostCaller).toBeNull();
    expect(after(seen, push(sample("session.ended"))).lostCaller).toBeNull();
  });
});

describe("the phone runs when it may", () => {
  const waiting = after(initialState(me), { type: "started" }, { type: "leader.changed", leader: "held" });

  it.each<[string, State, SoftphoneEvent, string[]]>([
    ["microphone allowed", waiting, { type: "microphone.changed", microphone: "granted" }, ["phone.start"]],
    ["microphone refused", waiting, { type: "microphone.changed", microphone: "denied" }, []],
    [
      "allowed, but another tab has the phone",
      initialState(me),
      { type: "microphone.changed", microphone: "granted" },
      [],
    ],
    [
      "blocked later",
      readyState(),
      { type: "microphone.changed", microphone: "denied" },
      ["phone.stop", "desk.send"],
    ],
    [
      "blocked while it rings: the ring goes on",
      ringingState(),
      { type: "microphone.changed", microphone: "denied" },
      [],
    ],
    [
      "blocked in a call: the call goes on",
      openState(),
      { type: "microphone.changed", microphone: "denied" },
      [],
    ],
    [
      "taken by another tab",
      readyState(),
      { type: "leader.changed", leader: "elsewhere" },
      ["phone.stop", "desk.send"],
    ],
    ["signed out", readyState(), push(sample("session.ended")), ["phone.stop"]],
    ["signed out in a call: the call goes on", openState(), push(sample("session.ended")), []],
    ["asked", waiting, { type: "microphone.asked" }, ["microphone.request"]],
    [
      "asked again",
      after(waiting, { type: "microphone.asked" }),
      { type: "microphone.asked" },
      ["microphone.request"],
    ],
    ["asked when allowed", readyState(), { type: "microphone.asked" }, []],
    [
      "Use this tab",
      after(initialState(me), { type: "leader.changed", leader: "elsewhere" }),
      { type: "leader.wanted" },
      ["leader.take"],
    ],
    ["Use this tab, which has it", readyState(), { type: "leader.wanted" }, []],
    ["try the phone again", readyState(), { type: "device.retried" }, ["phone.start"]],
    ["not during a call", openState(), { type: "device.retried" }, []],
  ])("%s", (_name, state, event, commands) => {
    const [, ...asked] = transition(state, event);
    expect(asked.map((command) => command.type)).toEqual(commands);
  });

  it("stops after the call when it was blocked during it", () => {
    const blocked = after(openState(), { type: "microphone.changed", microphone: "denied" });
    const [, ...asked] = transition(blocked, { type: "agent.hung-up", at: NOW });
    expect(asked.map((command) => command.type)).toEqual(["phone.hang-up-told", "phone.stop", "desk.send"]);
  });
});

describe("the desk's socket", () => {
  const tells = (state: State, event: SoftphoneEvent) =>
    transition(state, event)
      .slice(1)
      .map((command) => ("message" in command ? command.message : command));

  it("says after each connect whether the phone can ring", () => {
    const lost = after(
      readyState(),
      { type: "desk.lost", at: NOW, retryAt: NOW + 1000 },
      { type: "desk.connecting" },
    );
    expect(tells(lost, { type: "desk.opened" })).toEqual([{ type: "phone.state", registered: true }]);
  });

  it.each(["busy", "away"] as const)("leaves the agent %s when the phone registers", (availability) => {
    const off: SoftphoneEvent = { type: "device.changed", state: "unregistered", at: NOW };
    const chosen = after(readyState(), { type: "agent.chose", availability }, off);
    const on: SoftphoneEvent = { type: "device.changed", state: "registered", at: NOW };
    expect(tells(chosen, on)).toEqual([{ type: "phone.state", registered: true }]);
    expect(after(chosen, on).availability).toBe(availability);
  });

  it("says when that changes, once", () => {
    const off: SoftphoneEvent = { type: "device.changed", state: "unregistered", at: NOW };
    expect(tells(readyState(), off)).toEqual([{ type: "phone.state", registered: false }]);
    expect(tells(after(readyState(), off), off)).toEqual([]);
  });

  it("keeps the call while it is lost", () => {
    const state = after(openState(), { type: "desk.lost", at: NOW, retryAt: NOW + 1000 });
    expect(state.calls.focus?.state).toBe("open");
  });

  it("remembers when it was lost, through all attempts", () => {
    const state = after(
      readyState(),
      { type: "desk.lost", at: NOW, retryAt: NOW + 1000 },
      { type: "desk.connecting" },
      { type: "desk.lost", at: NOW + 1500, retryAt: NOW + 4000 },
    );
    expect(state.desk).toEqual({ state: "lost", lostAt: NOW, retryAt: NOW + 4000 });
  });

  it("stays ended", () => {
    const ended = after(readyState(), push(sample("session.ended")));
    expect(after(ended, { type: "desk.opened" }).desk.state).toBe("ended");
  });

  it("sends the availability, and takes what the server says", () => {
    const event: SoftphoneEvent = { type: "agent.chose", availability: "busy" };
    expect(tells(readyState(), event)).toEqual([{ type: "availability.set", availability: "busy" }]);
    const presence = there(me, { availability: "away", state: "away" });
    expect(after(readyState(), push({ type: "presence.changed", presence })).availability).toBe("away");
  });

  it("takes what many are now, and keeps the others as they were", () => {
    const grace = { id: 2, identity: "agent_2", name: "Grace Hopper" };
    const zoe = there({ id: 4, identity: "agent_4", name: "Zoë Zuse" });
    const known = after(readyState(), push({ type: "presence.changed", presence: zoe }));
    const presences = [
      there(me, { availability: "away", state: "away" }),
      there(grace, { state: "on-call" }),
    ];
    const state = after(known, push({ type: "presences.changed", presences }));
    expect(state.availability).toBe("away");
    expect(state.presence.filter(({ agent }) => agent.id === grace.id).map((one) => one.state)).toEqual([
      "on-call",
    ]);
    expect(state.presence.filter(({ agent }) => agent.id === zoe.agent.id)).toEqual([zoe]);
    const names = state.presence.map(({ agent }) => agent.name);
    expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
  });
});
