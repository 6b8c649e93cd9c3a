import { describe, expect, it } from "vitest";
import type { Call, LiveCall } from "../messages";
import { colleague, room, supervisor, transfer } from "../testing/rooms";
import { after, LEG, me, NOW, openState, push, readyState, ROOT } from "../testing/samples";
import { announcement } from "./announcements";
import type { SoftphoneEvent } from "./events";
import { transition } from "./machine";
import { elsewhere } from "./moving";
import { parkedCalls } from "./room";
import { goesBackTo, notParked, parkedBeside, secondRing } from "./secondCall";
import type { State } from "./state";
import { waitsOf } from "./waits";

const SECOND = "CA-second";
const SECOND_LEG = "CA-second-leg";
const since = new Date(NOW).toISOString();
const granted: SoftphoneEvent = {
  type: "grants.changed",
  grants: { incoming: true, outgoing: true, second_call: true },
};
const hints = { number: "+12025550143", display: "(202) 555-0143", name: "Tom Aldous", place: "", line: "" };
const rings: SoftphoneEvent = { type: "call.incoming", id: SECOND_LEG, root: SECOND, hints, at: NOW };
const answered: SoftphoneEvent = { type: "agent.held-and-answered" };

function told(sid: string, changes: Partial<Call>): SoftphoneEvent {
  const { live } = room();
  const known: LiveCall = {
    ...live,
    call: { ...live.call, sid, revision: live.call.revision + 1, ...changes },
  };
  return push({ type: "call.status", live: known });
}
const talks = () => after(openState(), granted, told(ROOT, { parked_since: null }));
const parked = told(ROOT, { parked_since: since });
const ringing = () => after(talks(), rings);
const both = () =>
  after(
    ringing(),
    answered,
    parked,
    { type: "call.disconnected", id: LEG, at: NOW },
    { type: "call.accepted", id: SECOND_LEG, sid: SECOND_LEG, at: NOW },
    // In no room yet.
    told(SECOND, { parked_since: null, participants: [] }),
  );

function commands(state: State, event: SoftphoneEvent): unknown[] {
  return transition(state, event).slice(1);
}

describe("a second ring during a call", () => {
  it("is a beep and an acknowledgement, and no call in focus", () => {
    expect(commands(talks(), rings).map((command) => (command as { type: string }).type)).toEqual([
      "desk.send",
      "tone.second-ring",
    ]);
    expect(ringing().calls.focus?.id).toBe(LEG);
    expect(secondRing(ringing())?.root).toBe(SECOND);
  });

  it("is said once, with how to answer", () => {
    expect(announcement(talks(), ringing(), false)).toEqual({
      polite: "Tom Aldous calls, too. Control Enter to hold and answer.",
    });
  });

  it("that a colleague sends is said to be that", () => {
    const asks = transfer({ state: "calling", from: { id: 2, identity: "agent_2", name: "Grace Hopper" } });
    const known = after(talks(), told(SECOND, { transfer: asks }));
    const who = announcement(known, after(known, rings), false)?.polite;
    expect(who).toMatch(
      /^Second call\. Grace wants to talk to you about .+ Control Enter to hold and answer\.$/,
    );
  });

  it("is nothing to answer for an agent who may not", () => {
    const state = after(openState(), told(ROOT, {}), rings);
    expect(secondRing(state)).toBeNull();
    expect(commands(state, answered)).toEqual([]);
  });

  it("is declined alone", () => {
    const [state, ...asked] = transition(ringing(), { type: "agent.declined-second" });
    expect(asked).toEqual([{ type: "phone.reject", id: SECOND_LEG }]);
    expect(state.calls.focus?.id).toBe(LEG);
    expect(secondRing(state)).toBeNull();
  });
});

describe("a second ring when the call is over", () => {
  it("is the call to answer, and is heard once more", () => {
    const [state, ...asked] = transition(ringing(), { type: "agent.hung-up", at: NOW });
    expect(state.calls.focus).toMatchObject({ state: "pending", id: SECOND_LEG });
    expect(asked.map(({ type }) => type)).toContain("tone.second-ring");
  });
});

describe("hold and answer", () => {
  it("asks the server first, and lets the phone go only when the caller hears music", () => {
    expect(commands(ringing(), answered)).toEqual([
      { type: "call.act", sid: ROOT, act: { do: "park", answer: SECOND_LEG } },
    ]);
    const asked = after(ringing(), answered);
    expect(commands(asked, { type: "agent.declined-second" })).toEqual([]);
    expect(commands(asked, answered)).toEqual([]);
    const [state, ...then] = transition(asked, parked);
    expect(then).toEqual([{ type: "phone.accept", id: SECOND_LEG }]);
    expect(state.calls.focus).toMatchObject({ id: SECOND_LEG, answering: true });
  });

  it("says nothing of a ring to answer, which is answered already", () => {
    const asked = after(ringing(), answered);
    expect(announcement(asked, after(asked, parked), false)?.assertive).toBeUndefined();
  });

  it("leaves the first caller beside the second", () => {
    expect(both().calls.focus).toMatchObject({ state: "open", root: SECOND });
    expect(parkedBeside(both())?.call.sid).toBe(ROOT);
    expect(both().hold?.root).toBe(ROOT);
  });

  it("takes the first caller off hold when the second has hung up meanwhile", () => {
    const gone = after(ringing(), answered, { type: "call.canceled", id: SECOND_LEG, at: NOW });
    expect(commands(gone, parked)).toEqual([{ type: "call.act", sid: ROOT, act: { do: "resume" } }]);
    expect(after(gone, parked).calls.focus?.id).toBe(LEG);
  });

  it("answers the second when the first caller has hung up before the music came", () => {
    const [state, ...then] = transition(after(ringing(), answered), {
      type: "call.disconnected",
      id: LEG,
      at: NOW,
    });
    expect(then).toContainEqual({ type: "phone.accept", id: SECOND_LEG });
    expect(then.map(({ type }) => type)).not.toContain("tone.second-ring");
    expect(state.calls.focus).toMatchObject({ state: "pending", id: SECOND_LEG, answering: true });
  });

  it("that the server refuses is said, and the second rings on", () => {
    const refused = after(ringing(), answered, { type: "call.not-acted", sid: ROOT, message: "No." });
    expect(refused.control?.problem).toBe("No.");
    expect(secondRing(refused)).not.toBeNull();
    expect(commands(refused, answered)).toHaveLength(1);
  });
});

describe("from one to the other", () => {
  const asked = () => after(both(), { type: "agent.swapped" });
  const second = told(SECOND, { parked_since: since });

  it("parks the one in focus, lets its leg go, and goes back to the other", () => {
    expect(commands(both(), { type: "agent.swapped" })).toEqual([
      { type: "call.act", sid: SECOND, act: { do: "park", back: ROOT } },
    ]);
    const [state, ...then] = transition(asked(), second);
    expect(then).toEqual([{ type: "phone.hang-up", id: SECOND_LEG }]);
    expect(elsewhere(state)?.call.sid).toBe(ROOT);
    // The phone, which is ready, asks at once.
    const gone = transition(state, { type: "call.disconnected", id: SECOND_LEG, at: NOW });
    expect(gone.slice(1)).toEqual([{ type: "call.move", sid: ROOT }]);
    const [connecting, ...connects] = transition(gone[0], { type: "move.noted", sid: ROOT, at: NOW });
    expect(connects).toMatchObject([{ type: "phone.connect", move: ROOT }]);
    expect(connecting.calls.focus?.state).toBe("connecting");
    expect(parkedCalls(connecting).map(({ call }) => call.sid)).toContain(SECOND);
    const { id } = connecting.calls.focus ?? { id: "" };
    const reached = after(connecting, { type: "call.ringing", id, sid: LEG });
    expect(reached.calls.focus?.state).toBe("ringing");
    expect(announcement(connecting, reached, false)).toBeNull();
  });

  it("stays where it is when the other has hung up meanwhile", () => {
    const { live } = room();
    const ended = push({ type: "call.ended", call: { ...live.call, sid: ROOT } });
    const state = after(asked(), ended);
    expect(commands(state, second)).toEqual([{ type: "call.act", sid: SECOND, act: { do: "resume" } }]);
  });
});

describe("whoever else is in the call would be left with music", () => {
  const joined = supervisor({ mode: "join" });
  it.each([
    ["a consultation", { transfer: transfer() }, "second.inTransfer"],
    ["a colleague", { participants: [colleague()] }, "second.othersIn"],
    ["a supervisor who is heard", { participants: [joined] }, "second.othersIn"],
  ] as const)("%s", (_who, changes, why) => {
    const participants = "participants" in changes ? [...changes.participants] : [];
    const change = told(SECOND, { parked_since: null, transfer: null, ...changes, participants });
    const state = after(both(), change);
    expect(notParked(state)).toBe(why);
    expect(commands(state, { type: "agent.swapped" })).toEqual([]);
    expect(
      notParked(after(both(), told(SECOND, { parked_since: null, participants: [supervisor()] }))),
    ).toBeNull();
  });
});

describe("when the call in focus is over", () => {
  const over = () => after(both(), { type: "agent.hung-up", at: NOW });

  it("the desk goes back by itself after a moment", () => {
    expect(goesBackTo(over())?.call.sid).toBe(ROOT);
    const wait = waitsOf(over()).find(({ key }) => key.startsWith("back"));
    expect(wait?.ms).toBe(3000);
    expect(commands(over(), wait?.late(NOW) as SoftphoneEvent)).toEqual([{ type: "call.move", sid: ROOT }]);
  });

  describe("and the agent has chosen Finished", () => {
    const finished: SoftphoneEvent = { type: "agent.chose", availability: "offline" };
    const alone = () => after(both(), finished, { type: "agent.hung-up", at: NOW });
    const types = (state: State, event: SoftphoneEvent) =>
      transition(state, event)
        .slice(1)
        .map((command) => (command as { type: string }).type);

    it("the phone stays for who is parked, and the desk goes back all the same", () => {
      expect(types(after(both(), finished), { type: "agent.hung-up", at: NOW })).not.toContain("phone.stop");
      expect(alone().device.wanted).toBe(true);
      expect(goesBackTo(alone())?.call.sid).toBe(ROOT);
      const wait = waitsOf(alone()).find(({ key }) => key.startsWith("back"));
      expect(types(alone(), wait?.late(NOW) as SoftphoneEvent)).toEqual(["call.move"]);
      // A lost connection to the server takes nobody's phone away.
      expect(types(alone(), { type: "desk.lost", at: NOW, retryAt: NOW })).not.toContain("phone.stop");
    });

    it("goes when nobody waits any more", () => {
      const { live } = room();
      const gone = push({ type: "call.ended", call: { ...live.call, sid: ROOT } });
      expect(types(alone(), gone)).toContain("phone.stop");
    });
  });

  it("a page that knows nothing of the call here asks first", () => {
    const fresh = after(readyState(), granted, parked);
    expect(elsewhere(fresh)?.call.sid).toBe(ROOT);
    expect(goesBackTo(fresh)).toBeNull();
  });

  it("in another tab the talk is shown that goes on, and not who waits beside it", () => {
    const tab = after(readyState(), granted, parked, told(SECOND, { parked_since: null }));
    expect(elsewhere(tab)?.call.sid).toBe(SECOND);
  });

  it("the desk goes back to nobody while the agent talks on with another phone", () => {
    const participants = [colleague({ leg: "CA-app", agent: me, name: me.name })];
    const app = told(SECOND, { parked_since: null, participants });
    const state = after(both(), app, { type: "call.disconnected", id: SECOND_LEG, at: NOW });
    expect(elsewhere(state)?.call.sid).toBe(SECOND);
    expect(goesBackTo(state)).toBeNull();
  });

  it("what did not come about is said, and not tried again by itself", () => {
    const tried = after(over(), { type: "agent.moved-here", root: ROOT, id: "back-1" });
    const refused = after(tried, { type: "move.refused", sid: ROOT, message: "No." });
    expect(refused.move?.problem).toBe("No.");
    expect(goesBackTo(refused)).toBeNull();
  });

  it("that a parked caller is gone is said", () => {
    const { live } = room();
    const before = both();
    const state = after(before, push({ type: "call.ended", call: { ...live.call, sid: ROOT } }));
    expect(parkedBeside(state)).toBeNull();
    expect(announcement(before, state, false)?.polite).toMatch(/is no longer on hold for you\.$/);
  });
});
