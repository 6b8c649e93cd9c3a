import { describe, expect, it } from "vitest";
import { colleague, room, roomIs, supervisor } from "../testing/rooms";
import { after, LEG, NOW, openState, push, rang, readyState, ROOT, sample } from "../testing/samples";
import {
  begins,
  connects,
  isInAs,
  isTaken,
  SUPERVISE,
  supervisedCall,
  supervising,
} from "../testing/supervision";
import { signalOf } from "../pageSignals";
import { announcement } from "./announcements";
import type { Command, SoftphoneEvent } from "./events";
import { transition } from "./machine";
import { elsewhere } from "./moving";
import { isQuiet, lastEnding } from "./selectors";
import { inCall, type State, type Supervising } from "./state";
import { heardAs, obstacle } from "./supervision";
import { waitsOf } from "./waits";

const focus = (state: State) => state.calls.focus as Supervising;
const commands = (state: State, event: SoftphoneEvent) => transition(state, event).slice(1) as Command[];
const mutes = (state: State, event: SoftphoneEvent) =>
  commands(state, event).flatMap((command) => (command.type === "phone.mute" ? [command.muted] : []));
const leaves: SoftphoneEvent = { type: "agent.hung-up", at: NOW + 9000 };
const lineEnds: SoftphoneEvent = { type: "call.disconnected", id: SUPERVISE, at: NOW + 9000 };
const over = push({ type: "call.ended", call: { ...supervisedCall({}), result: "answered" } });
const takesOver: SoftphoneEvent = { type: "agent.chose-mode", mode: "take-over" };
const isMine = () =>
  push({
    type: "call.status",
    live: { call: supervisedCall({ role: "agent", mode: "" }), mine: "active", history: [] },
  });

describe("going into a colleague's call", () => {
  it("asks the server first, then connects the phone", () => {
    const asked = transition(readyState(), begins());
    expect(asked.slice(1)).toEqual([{ type: "call.supervise", id: SUPERVISE, sid: ROOT, mode: "listen" }]);
    expect(commands(asked[0], isTaken("listen"))).toEqual([
      { type: "phone.supervise", id: SUPERVISE, sid: ROOT },
    ]);
    expect(inCall(asked[0])).toBe(true);
  });

  it("that is refused says why, and connects nothing", () => {
    const refused = transition(after(readyState(), begins()), {
      type: "supervise.refused",
      id: SUPERVISE,
      message: "Nobody talks on this call.",
      at: NOW,
    });
    expect(refused).toEqual([expect.anything()]);
    expect(refused[0].calls).toMatchObject({
      focus: null,
      ending: { kind: "supervised", how: "problem", message: "Nobody talks on this call." },
    });
    // It is not folded away before it was read.
    expect(isQuiet(refused[0])).toBe(false);
  });

  it.each<[ReturnType<typeof obstacle>, State]>([
    ["onCall", openState()],
    ["onCall", supervising()],
    ["microphone", after(readyState(), { type: "microphone.changed", microphone: "denied" })],
    ["otherTab", after(readyState(), { type: "leader.changed", leader: "elsewhere" })],
    ["notReachable", after(readyState(), { type: "desk.lost", at: NOW, retryAt: NOW })],
    ["notReachable", after(readyState(), { type: "device.changed", state: "unregistered", at: NOW })],
    [
      "callsOut",
      after(readyState(), { type: "grants.changed", grants: { incoming: true, outgoing: false } }),
    ],
  ])("is not possible: %s", (why, state) => {
    expect(obstacle(state)).toBe(why);
    expect(commands(state, begins())).toEqual([]);
  });

  it("ends with a reason when nobody answers", () => {
    const asking = after(readyState(), begins());
    const [wait] = waitsOf(asking);
    expect(wait?.ms).toBe(15_000);
    const late = transition(asking, wait!.late(NOW));
    expect(lastEnding(late[0])).toMatchObject({ how: "problem" });
    const connecting = after(asking, isTaken("listen"));
    const [next] = waitsOf(connecting);
    expect(transition(connecting, next!.late(NOW)).slice(1)).toEqual([
      { type: "phone.hang-up", id: SUPERVISE },
    ]);
  });
});

describe("the microphone", () => {
  it("is off from the first moment of listening, and of nothing else", () => {
    for (const [mode, told] of [
      ["listen", [true]],
      ["whisper", []],
      ["join", []],
    ] as const)
      expect(mutes(after(readyState(), begins(mode), isTaken(mode)), connects)).toEqual(told);
  });

  it("opens when the server says that only the agent hears it, not when that was asked for", () => {
    const asked = transition(supervising("listen"), { type: "agent.chose-mode", mode: "whisper" });
    expect(asked.slice(1)).toEqual([{ type: "call.supervise", id: SUPERVISE, sid: ROOT, mode: "whisper" }]);
    expect(mutes(asked[0], isInAs("whisper"))).toEqual([false]);
  });

  it("is off at once when listening is asked for, before the server has said anything", () => {
    expect(mutes(supervising("join"), { type: "agent.chose-mode", mode: "listen" })).toEqual([true]);
  });

  it("is off when Twilio falls back to listening by itself: the agent who was whispered to has left", () => {
    expect(mutes(supervising("whisper"), isInAs("listen"))).toEqual([true]);
  });

  it("opens again when leaving off listening was refused only if it was open before", () => {
    const asked = after(supervising("join"), { type: "agent.chose-mode", mode: "listen" });
    const refused: SoftphoneEvent = { type: "supervise.refused", id: SUPERVISE, message: "No.", at: NOW };
    expect(mutes(asked, refused)).toEqual([false]);
    expect(focus(after(asked, refused))).toMatchObject({ mode: "join", asked: null, problem: "No." });
  });

  it("is not the agent's own to open while listening", () => {
    expect(commands(supervising("listen"), { type: "agent.muted", muted: false })).toEqual([]);
  });

  it("has been told no more than what is so", () => {
    expect(mutes(supervising("listen"), isInAs("listen"))).toEqual([]);
  });
});

describe("another mode", () => {
  it("is asked for once, and none beside it", () => {
    const asked = after(supervising(), { type: "agent.chose-mode", mode: "join" });
    expect(commands(asked, { type: "agent.chose-mode", mode: "join" })).toEqual([]);
    expect(commands(asked, takesOver)).toEqual([]);
    expect(commands(supervising("join"), { type: "agent.chose-mode", mode: "join" })).toEqual([]);
    expect(focus(after(asked, isInAs("join")))).toMatchObject({ mode: "join", asked: null });
  });

  it("is awaited for a while", () => {
    const asked = after(supervising(), { type: "agent.chose-mode", mode: "join" });
    const [wait] = waitsOf(asked);
    expect(focus(after(asked, wait!.late(NOW)))).toMatchObject({ asked: null, mode: "listen" });
    expect(focus(after(asked, wait!.late(NOW))).problem).not.toBe("");
  });

  it("of an older frame does not count", () => {
    const old = isInAs("whisper");
    expect(focus(after(supervising("listen"), isInAs("join"), old)).mode).toBe("join");
  });
});

it("names whose call it is now, when it was handed over meanwhile", () => {
  const hedy = { id: 3, identity: "agent_3", name: "Hedy Lamarr" };
  const listening = supervising();
  const handed = push({
    type: "supervising.changed",
    supervising: { call: { ...supervisedCall({}), agent: hedy }, mode: "listen", state: "in" },
  });
  expect(focus(after(listening, handed)).agent).toEqual(hedy);
});

it("counts nobody as hearing the supervisor who hears music", () => {
  const { call } = room({ held: true });
  expect([heardAs("join", call), heardAs("listen", call), heardAs("join", room().call)]).toEqual([
    "whisper",
    "listen",
    "join",
  ]);
});

it("says that all hear a supervisor who has joined while others are in the call", () => {
  const held = room({ held: true, others: [colleague()] }).call;
  expect([heardAs("join", held), heardAs("whisper", held)]).toEqual(["all", "whisper"]);
  expect(heardAs("join", room({ held: true, others: [colleague({ held: true })] }).call)).toBe("whisper");
});

describe("leaving", () => {
  it("hangs up the own leg alone, and never tells the server that the call is to end", () => {
    for (const state of [
      supervising(),
      after(supervising(), { type: "call.reconnecting", id: SUPERVISE, at: NOW }),
    ])
      expect(commands(state, leaves)).toEqual([{ type: "phone.hang-up", id: SUPERVISE }]);
  });

  it("is said in a sentence, whoever ended it", () => {
    const message = (...events: SoftphoneEvent[]) => lastEnding(after(supervising(), ...events));
    expect(message(leaves)).toMatchObject({ message: "You have left Grace’s call." });
    expect(message(lineEnds)).toMatchObject({ message: "You are no longer in Grace’s call." });
    expect(message(over)).toMatchObject({ message: "Grace’s call has ended." });
    expect(message(lineEnds, over)).toMatchObject({ message: "Grace’s call has ended." });
    expect(isQuiet(after(supervising(), leaves))).toBe(true);
  });

  it("gives the next ring its place", () => {
    const rung = after(supervising(), { ...rang, id: "L2", root: "R2" } as SoftphoneEvent);
    expect(rung.calls.others).toHaveLength(1);
    expect(after(rung, leaves).calls.focus?.state).toBe("pending");
  });

  it("is no hang-up by a lost line: nobody is led back, and nothing is ended by REST", () => {
    const lost = after(supervising(), { type: "call.reconnecting", id: SUPERVISE, at: NOW });
    const [wait] = waitsOf(lost);
    expect(transition(lost, wait!.late(NOW)).slice(1)).toEqual([{ type: "phone.hang-up", id: SUPERVISE }]);
  });
});

describe("taking a call over", () => {
  it("makes it a call like any other, with an open microphone, when the server says so", () => {
    const asked = transition(supervising("listen"), takesOver);
    expect(asked.slice(1)).toEqual([{ type: "call.supervise", id: SUPERVISE, sid: ROOT, mode: "take-over" }]);
    const [taken, ...told] = transition(asked[0], isMine());
    expect(taken.calls.focus).toMatchObject({ state: "open", id: SUPERVISE, root: ROOT });
    expect(told).toEqual([{ type: "phone.mute", id: SUPERVISE, muted: false }]);
    expect(announcement(asked[0], taken, false)).toEqual({ polite: "Call with Maya Okonkwo." });
    // Ending it is meant now, and told.
    expect(commands(taken, leaves)).toEqual([{ type: "phone.hang-up-told", id: SUPERVISE, sid: ROOT }]);
  });

  it("and ended is over, and goes on at no other place", () => {
    const over = after(supervising("listen"), takesOver, isMine(), leaves);
    expect(lastEnding(over)).toMatchObject({ kind: "ended", movedOn: false });
    expect(elsewhere(over)).toBeNull();
  });

  it("is told to who had it, with the end or after it", () => {
    const taken = push({
      type: "call.taken_over",
      sid: ROOT,
      by: { id: 3, identity: "agent_3", name: "Hedy Lamarr" },
      message: "Hedy Lamarr has taken over this call.",
    });
    const gone: SoftphoneEvent = { type: "call.disconnected", id: LEG, at: NOW + 9000 };
    for (const events of [
      [taken, gone],
      [gone, taken],
    ])
      expect(lastEnding(after(openState(), ...events))).toMatchObject({
        kind: "ended",
        takenOver: "Hedy Lamarr has taken over this call.",
      });
    const ended = after(openState(), gone);
    expect(announcement(ended, after(ended, taken), false)).toEqual({
      polite: "Hedy Lamarr has taken over this call.",
    });
  });
});

describe("a page that is loaded again", () => {
  const snapshot = (mode: "listen" | null) =>
    push({
      ...sample("desk.snapshot"),
      calls: [],
      supervising: mode && { call: supervisedCall({ mode }), mode, state: "in" as const },
    });
  const cutOff: SoftphoneEvent = { type: "supervision.cut-off", agent: supervisedCall({}).agent!, at: NOW };

  it("knows who asks for help, which another page may have been told", () => {
    const { sid, since, agent, party, line } = sample("help.changed");
    const asked = { sid, since, agent, party, line };
    const opened = after(readyState(), push({ ...sample("desk.snapshot"), helps: [asked] }));
    expect(opened.helps).toEqual([asked]);
    expect(after(opened, push(sample("desk.snapshot"))).helps).toEqual([]);
  });

  it("knows the call again when the server says so, until it is over there", () => {
    const again = after(readyState(), snapshot("listen"));
    expect(again.interrupted?.call.sid).toBe(ROOT);
    expect(again.orphans).toEqual([]);
    expect(isQuiet(again)).toBe(false);
    const ended = after(again, push({ type: "supervising.changed", supervising: null }));
    expect(ended.interrupted).toBeNull();
    expect(lastEnding(ended)).toMatchObject({
      message: "You are no longer in Grace’s call: the page was closed or loaded again.",
    });
    expect(after(again, begins(), isTaken("listen")).interrupted).toBeNull();
  });

  it("says that it is over when the server knows of none", () => {
    expect(lastEnding(after(readyState(), snapshot(null), cutOff))).toMatchObject({ how: "cutOff" });
    expect(lastEnding(after(openState(), cutOff))).toBeNull();
  });

  it("is not taken for loaded again by a word that comes after leaving", () => {
    expect(after(supervising(), leaves, isInAs("listen")).interrupted).toBeNull();
  });
});

describe("what is said aloud", () => {
  const said = (state: State, event: SoftphoneEvent) =>
    announcement(state, after(state, event), false)?.polite;

  it("is who hears the supervisor, when it is so", () => {
    const connecting = after(readyState(), begins(), isTaken("listen"));
    expect(said(connecting, connects)).toBe("You are listening to Grace and Maya. Nobody hears you.");
    const asked = after(supervising(), { type: "agent.chose-mode", mode: "whisper" });
    expect(said(supervising(), { type: "agent.chose-mode", mode: "whisper" })).toBeUndefined();
    expect(said(asked, isInAs("whisper"))).toBe("Only Grace hears you.");
    expect(said(asked, isInAs("join"))).toBe("Grace and Maya hear you.");
    expect(said(supervising(), leaves)).toBe("You have left Grace’s call.");
    expect(signalOf(supervising(), NOW + 62_000).titles).toEqual(["1:01 With Grace Hopper"]);
  });

  it("at the agent's desk is who has come, what that one does, and that it is over", () => {
    const talk = after(openState(), roomIs());
    const listens = after(talk, roomIs({ others: [supervisor()] }));
    expect(said(talk, roomIs({ others: [supervisor()] }))).toBe("Hedy is listening.");
    expect(said(listens, roomIs({ others: [supervisor({ mode: "whisper" })] }))).toBe(
      "Hedy whispers to you. Maya does not hear it.",
    );
    expect(said(listens, roomIs({ others: [supervisor({ mode: "join" })] }))).toBe("Hedy has joined.");
    expect(said(listens, roomIs())).toBe("Hedy is no longer in the call.");
    expect(said(talk, roomIs({ others: [supervisor({ state: "calling" })] }))).toBeUndefined();
  });

  it("of help is that it was asked for, and that it was taken back", () => {
    const talk = after(openState(), roomIs());
    expect(said(talk, roomIs({ help: true }))).toBe("Help asked for.");
    expect(said(after(talk, roomIs({ help: true })), roomIs())).toBe("Help is no longer asked for.");
  });
});
