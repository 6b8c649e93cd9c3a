import { describe, expect, it, vi } from "vitest";
import type { Participant, Transfer } from "../messages";
import { signalOf } from "../pageSignals";
import { said } from "../testing/announced";
import { colleague, grace, GRACE_LEG, room, roomIs, transfer } from "../testing/rooms";
import { after, LEG, me, NOW, openState, push, ringingState, ROOT, sample } from "../testing/samples";
import { endingSentence } from "./announcements";
import { commandRunner, type Ports } from "./commands";
import type { SoftphoneEvent } from "./events";
import { transition } from "./machine";
import { callKeys, consultation, handedOver } from "./room";
import { lastEnding } from "./selectors";
import type { State } from "./state";
import { waitsOf } from "./waits";

const hold: SoftphoneEvent = { type: "agent.acted", act: { do: "hold" } };
const talking = () => after(openState(), roomIs());
const onHold = () => after(openState(), roomIs({ held: true }));
const consulting = () =>
  after(openState(), roomIs({ held: true, others: [colleague()], transfer: transfer() }));

describe("hold", () => {
  it("is asked for once, however often it is pressed", () => {
    const [first, ...asked] = transition(talking(), hold);
    expect(asked).toEqual([{ type: "call.act", sid: ROOT, act: { do: "hold" } }]);
    const [second, ...again] = transition(first, hold);
    expect(again).toEqual([]);
    expect(second).toBe(first);
  });

  it("is pressed at once, and said when the server has said it", () => {
    const pressed = after(talking(), hold);
    expect(callKeys(pressed)).toMatchObject({ held: true, holding: true });
    expect(said(talking(), hold)).toEqual([]);
    expect(said(talking(), hold, roomIs({ held: true }))).toEqual(["Maya on hold."]);
    expect(callKeys(after(pressed, roomIs({ held: true })))).toMatchObject({ held: true, holding: false });
  });

  it("is let go by the same key, and said to be over when it is", () => {
    const resume: SoftphoneEvent = { type: "agent.acted", act: { do: "resume" } };
    const [pressed] = transition(onHold(), resume);
    // What the server answers is the call of that moment: it is on hold still.
    const answered = after(pressed, { type: "call.acted", sid: ROOT, call: room({ held: true }).call });
    expect(callKeys(answered)).toMatchObject({ held: false, holding: true });
    expect(said(answered, roomIs())).toEqual(["Maya off hold."]);
    expect(after(answered, roomIs()).control).toBeNull();
  });

  it("that is refused leaves the key as it was, and says why", () => {
    const message = "Twilio cannot be reached.";
    const state = after(talking(), hold, { type: "call.not-acted", sid: ROOT, message });
    expect(callKeys(state)).toMatchObject({ held: false, holding: false });
    expect(state.control?.problem).toBe(message);
    expect(after(state, { type: "agent.closed-problem" }).control).toBeNull();
    expect(after(state, hold).control?.problem).toBe("");
  });

  it("of which nobody says what became is given up in words", () => {
    const state = after(talking(), hold);
    const wait = waitsOf(state).find(({ key }) => key.startsWith("control"));
    expect(wait?.ms).toBe(15_000);
    const late = after(state, wait?.late(NOW) ?? hold);
    expect(late.control?.problem).toBe("Nobody said what became of that. Try again.");
    expect(waitsOf(late).some(({ key }) => key.startsWith("control"))).toBe(false);
  });

  it("is remembered aloud after a minute and then every two, until it is over", () => {
    let state = onHold();
    for (const [length, ms] of [
      ["1 minute", 60_000],
      ["3 minutes", 120_000],
      ["5 minutes", 120_000],
    ] as const) {
      const wait = waitsOf(state).find(({ key }) => key.startsWith("hold"));
      expect(wait?.ms).toBe(ms);
      const lasts = wait?.late(NOW) ?? hold;
      expect(said(state, lasts)).toEqual([`Maya on hold for ${length}.`]);
      const [next, ...commands] = transition(state, lasts);
      expect(commands).toEqual([{ type: "tone.hold-lasts" }]);
      state = next;
    }
    expect(waitsOf(after(state, roomIs())).some(({ key }) => key.startsWith("hold"))).toBe(false);
  });

  it("stands in the title, with its own icon", () => {
    expect(signalOf(onHold(), NOW + 68_000)).toEqual({ titles: ["Hold 1:08 Maya Okonkwo"], icon: "hold" });
  });

  it("sends no tones, and ends with its call", () => {
    expect(callKeys(onHold()).keypad).toBe(false);
    expect(after(onHold(), { type: "call.disconnected", id: LEG, at: NOW }).hold).toBeNull();
  });

  it("sends tones to a number that is asked first, whose machine may want an extension", () => {
    const to = { agent: null, team: null, number: "+12025550143", display: "(202) 555-0143", name: "" };
    const asked = colleague({ agent: null, role: "third-party", number: to.number, name: "" });
    const talk = roomIs({ held: true, others: [asked], transfer: transfer({ to }) });
    expect(callKeys(after(openState(), talk)).keypad).toBe(true);
    expect(callKeys(consulting()).keypad).toBe(false);
  });

  it("means nothing while the server is away", () => {
    const state = after(talking(), { type: "desk.lost", at: NOW, retryAt: NOW + 9000 });
    expect(callKeys(state)).toMatchObject({ hold: false, transfer: false });
  });
});

describe("a warm transfer", () => {
  it("is told step by step: called, talked to, all three", () => {
    const calling = {
      held: true,
      others: [colleague({ state: "calling" })],
      transfer: transfer({ state: "calling" }),
    };
    expect(
      said(
        talking(),
        { type: "agent.acted", act: { do: "transfer", to: { agent: grace.id }, mode: "warm" } },
        roomIs(calling),
        roomIs({ held: true, others: [colleague()], transfer: transfer() }),
        roomIs({ others: [colleague()], transfer: transfer() }),
      ),
    ).toEqual(["Calling Grace. Maya is on hold.", "Talking to Grace. Maya is on hold.", "All three talk."]);
  });

  it("is told to be over for all three, when nobody is to be handed over any more", () => {
    const merged: SoftphoneEvent[] = [
      { type: "agent.acted", act: { do: "merge" } },
      { type: "call.acted", sid: ROOT, call: room({ held: true, others: [colleague()] }).call },
      roomIs({ others: [colleague()] }),
    ];
    expect(said(consulting(), ...merged)).toEqual(["All three talk."]);
    expect(after(consulting(), ...merged).control).toBeNull();
  });

  it("knows who hears whom", () => {
    const is = (others: Parameters<typeof roomIs>[0]) =>
      consultation(after(openState(), roomIs({ transfer: transfer(), ...others })))?.hears;
    expect(is({ held: true, others: [colleague()] })).toBe("colleague");
    expect(is({ others: [colleague({ held: true })] })).toBe("customer");
    expect(is({ others: [colleague()] })).toBe("all");
    expect(is({ held: true, others: [colleague({ held: true })] })).toBe("nobody");
    expect(is({ held: true, others: [colleague({ state: "calling" })] })).toBe("colleague");
    expect(consultation(talking())).toBeNull();
  });

  it("that fails says why, once, and takes no key away", () => {
    const problem = "Grace Hopper did not answer.";
    const failed = roomIs({ transfer: transfer({ state: "failed", problem }) });
    const state = after(consulting(), failed);
    expect(state.control?.problem).toBe(problem);
    expect(callKeys(state)).toMatchObject({ hold: true, transfer: true });
    const read = after(state, { type: "agent.closed-problem" });
    expect(after(read, roomIs({ transfer: transfer({ state: "failed", problem }) })).control).toBeNull();
  });

  it("that is handed over says to whom, when the phone is let go", () => {
    const over = roomIs({ others: [colleague()], transfer: transfer({ state: "handed-over" }) });
    const gone: SoftphoneEvent = { type: "call.disconnected", id: LEG, at: NOW + 60_000 };
    expect(
      said(consulting(), { type: "agent.acted", act: { do: "complete-transfer" } }, over, gone),
    ).toContain("Handed over to Grace.");
    const state = after(consulting(), over, gone);
    expect(lastEnding(state)).toMatchObject({ kind: "ended", handedTo: "Grace" });
    // The server says that it is over for this agent, too.
    const call = { ...sample("call.ended").call, sid: ROOT };
    const told = after(state, push({ type: "call.ended", call }));
    expect(lastEnding(told)).toMatchObject({ handedTo: "Grace" });
  });

  it("whose hand-over Twilio refuses says so, though it was told as done for a moment", () => {
    const done = roomIs({ others: [colleague()], transfer: transfer({ state: "handed-over" }) });
    const again = roomIs({ held: true, others: [colleague()], transfer: transfer() });
    const message = "Twilio cannot be reached.";
    const pressed = after(consulting(), { type: "agent.acted", act: { do: "complete-transfer" } }, done);
    const refused: SoftphoneEvent = { type: "call.not-acted", sid: ROOT, message };
    expect(after(pressed, again, refused).control?.problem).toBe(message);
    expect(after(pressed, refused, again).control?.problem).toBe(message);
  });

  it("and a blind one, which nobody has yet, too; one that was cancelled does not", () => {
    const gone: SoftphoneEvent = { type: "call.disconnected", id: LEG, at: NOW + 60_000 };
    const sent = roomIs({ transfer: transfer({ mode: "blind", state: "calling" }) });
    const ended = lastEnding(after(talking(), sent, gone));
    expect(ended && endingSentence(talking(), ended)).toBe("Handed over to Grace.");
    const cancelled = roomIs({ transfer: transfer({ state: "cancelled" }) });
    expect(lastEnding(after(consulting(), cancelled, gone))).toMatchObject({ handedTo: "" });
  });

  it("says to whom, too, when the phone is let go before the server says it", () => {
    const call = { ...sample("call.ended").call, sid: ROOT };
    const blind = transfer({ mode: "blind", state: "calling" });
    const gone: SoftphoneEvent = { type: "call.disconnected", id: LEG, at: NOW + 60_000 };
    const told = push({ type: "call.ended", call: { ...call, transfer: blind } });
    expect(lastEnding(after(talking(), gone, told))).toMatchObject({ kind: "ended", handedTo: "Grace" });
    const other = push({ type: "call.ended", call: { ...call, sid: "CA-other", transfer: blind } });
    expect(lastEnding(after(talking(), gone, other))).toMatchObject({ handedTo: "" });
  });

  it("says that it goes on, to whoever has left the others, and not once it is over", () => {
    const call = { ...sample("call.ended").call, sid: ROOT };
    const gone: SoftphoneEvent = { type: "call.disconnected", id: LEG, at: NOW + 60_000 };
    const living = (participants: Participant[]) =>
      push({ type: "call.ended", call: { ...call, end_time: null, participants } });
    const withOthers = living([colleague()]);
    expect(lastEnding(after(talking(), gone, withOthers))).toMatchObject({ goesOn: true });
    expect(said(talking(), gone, withOthers)).toContain("You left the call. It goes on.");
    // Of a room with nobody but the agent and the customer, Twilio ends the customer's leg a moment later.
    expect(lastEnding(after(talking(), gone, living([])))).toMatchObject({ goesOn: false });
    expect(lastEnding(after(talking(), gone, withOthers, push({ type: "call.ended", call })))).toMatchObject({
      goesOn: false,
    });
  });

  it("rings again at whoever gave it away as what nobody took", () => {
    const given = (from: Transfer["from"]) =>
      handedOver(
        after(
          ringingState(),
          roomIs({ ringing: true, transfer: transfer({ mode: "blind", state: "calling", from }) }),
        ),
      );
    expect(given(me)).toMatchObject({ how: "ring.comesBack" });
    expect(given(grace)).toEqual({ how: "ring.handsOver", from: "Grace" });
  });

  it("says who asks at the desk of whoever is asked", () => {
    const asked = transfer({ from: grace, state: "calling" });
    const answered: SoftphoneEvent[] = [
      { type: "agent.answered" },
      { type: "call.accepted", id: LEG, sid: LEG, at: NOW },
      roomIs({ held: true, others: [colleague()], transfer: transfer({ from: grace }) }),
    ];
    const ring = after(ringingState(), roomIs({ held: true, transfer: asked, ringing: true }));
    expect(said(ring, ...answered)).toEqual(["Talking to Grace. Maya is on hold."]);
    expect(consultation(after(ring, ...answered))?.mine).toBe(false);
  });
});

describe("an agent who is put on hold", () => {
  const to = { agent: me, team: null, number: "", display: "", name: me.name };
  const asked = transfer({ from: grace, to });
  const ours = { agent: grace, others: [colleague()] };
  const asking = () => after(openState(), roomIs({ ...ours, held: true, transfer: asked }));
  const aside = roomIs({ ...ours, waits: true, transfer: asked });

  it("is told that, and not to talk with the customer, while who asks goes back there", () => {
    expect(consultation(after(asking(), aside))?.hears).toBe("nobody");
    expect(said(asking(), aside, roomIs({ ...ours, held: true, transfer: asked }))).toEqual([
      "You are on hold and hear music.",
      "Talking to Grace. Maya is on hold.",
    ]);
  });

  it("is told that as one of three, too, and that it is over", () => {
    const talk = after(openState(), roomIs(ours));
    expect(said(talk, roomIs({ ...ours, waits: true }), roomIs(ours))).toEqual([
      "You are on hold and hear music.",
      "Call with Maya.",
    ]);
  });
});

it("tells an agent that somebody else has muted them, and that they are heard again", () => {
  const ours = { agent: grace, others: [colleague()] };
  const talk = after(openState(), roomIs(ours));
  expect(said(talk, roomIs({ ...ours, mutes: true }), roomIs(ours))).toEqual([
    "You were muted in this call.",
    "Microphone on.",
  ]);
});

describe("the server is told first", () => {
  it("that the agent hangs up, before the phone does", () => {
    const [, ...commands] = transition(talking(), { type: "agent.hung-up", at: NOW });
    expect(commands).toEqual([{ type: "phone.hang-up-told", id: LEG, sid: ROOT }]);
  });

  it("by REST when the desk's socket is away", () => {
    const lost = after(talking(), { type: "desk.lost", at: NOW, retryAt: NOW + 9000 });
    const [, ...commands] = transition(lost, { type: "agent.hung-up", at: NOW });
    expect(commands.map(({ type }) => type)).toEqual(["call.hang-up", "phone.hang-up"]);
  });
});

describe("a hang-up that the server is told of", () => {
  const told = { type: "phone.hang-up-told", id: LEG, sid: ROOT } as const;
  function runner() {
    let heard: () => void = () => {};
    const phone = { mute: vi.fn(), hangUp: vi.fn(), accept: vi.fn() };
    const tell = vi.fn(() => new Promise<void>((done) => (heard = done)));
    const ports = { phone, desk: { tell } } as unknown as Ports;
    return { phone, tell, run: commandRunner(ports, () => {}), hear: () => heard() };
  }

  it("is done when it has heard, and nobody hears the agent until then", async () => {
    const { phone, tell, run, hear } = runner();
    run(told);
    expect(tell).toHaveBeenCalledWith({ type: "call.hang_up", sid: ROOT });
    expect(phone.mute).toHaveBeenCalledWith(LEG, true);
    expect(phone.hangUp).not.toHaveBeenCalled();
    hear();
    await vi.waitFor(() => expect(phone.hangUp).toHaveBeenCalledExactlyOnceWith(LEG));
  });

  it("is done before the next call is answered", async () => {
    const { phone, run, hear } = runner();
    run(told);
    run({ type: "phone.accept", id: "next" });
    expect(phone.hangUp).toHaveBeenCalledExactlyOnceWith(LEG);
    hear();
    await Promise.resolve();
    expect(phone.hangUp).toHaveBeenCalledOnce();
  });
});

it("takes out who is asked to leave, and waits until that is so", () => {
  const inCall = after(openState(), roomIs({ others: [colleague()] }));
  const [waits, command] = transition(inCall, {
    type: "agent.acted",
    act: { do: "remove", leg: GRACE_LEG },
  });
  expect(command).toMatchObject({ type: "call.act", act: { do: "remove", leg: GRACE_LEG } });
  expect(after(waits, roomIs({ others: [colleague()] })).control).not.toBeNull();
  expect(after(waits, roomIs({ others: [colleague({ state: "left" })] })).control).toBeNull();
});

describe("somebody else who is called into the call", () => {
  const outside = (change: Partial<Participant> = {}) =>
    colleague({
      leg: "CA-out",
      role: "third-party",
      agent: null,
      name: "",
      number: "+12025550142",
      display: "(202) 555-0142",
      ...change,
    });
  const isCalled = roomIs({ others: [outside({ leg: "called-7", state: "calling" })] });
  const isGone = roomIs({ others: [outside({ state: "left", problem: "The line is busy." })] });
  const called = () => after(openState(), isCalled);
  const notReached = (state: State) => state.control?.problem ?? null;

  it("and does not come is said to be not reached, with the server's reason, each time", () => {
    const gone = after(called(), isGone);
    expect(notReached(gone)).toBe("(202) 555-0142 was not reached. The line is busy.");
    // It stands where it is read out by itself.
    expect(said(called(), isGone)).toEqual([]);
    const closed = after(gone, { type: "agent.closed-problem" });
    expect(notReached(after(closed, isGone))).toBeNull();
    expect(notReached(after(closed, isCalled, isGone))).toBe(
      "(202) 555-0142 was not reached. The line is busy.",
    );
  });

  it("is not said to be not reached where the server has no reason: somebody took them out", () => {
    expect(notReached(after(called(), roomIs({ others: [outside({ state: "left" })] })))).toBeNull();
    expect(notReached(after(called(), roomIs()))).toBeNull();
  });

  it("leaves what is asked for meanwhile as it is, and is read when that is done", () => {
    const holding = after(called(), hold, isGone);
    expect(callKeys(holding)).toMatchObject({ held: true, holding: true });
    const done = after(holding, roomIs({ held: true, others: [outside({ state: "left" })] }));
    expect(done.control).toMatchObject({
      act: null,
      problem: "(202) 555-0142 was not reached. The line is busy.",
    });
  });

  it("is not missed in the talk about the customer", () => {
    const rings = { held: true, others: [colleague({ state: "calling" })] };
    for (const state of ["calling", "cancelled"] as const) {
      const asking = after(openState(), roomIs({ ...rings, transfer: transfer({ state }) }));
      const problem = state === "calling" ? "Grace Hopper did not answer." : "";
      const over = transfer({ state: state === "calling" ? "failed" : state, problem });
      const others = [colleague({ state: "left", problem: "" })];
      expect(notReached(after(asking, roomIs({ others, transfer: over })))).toBe(problem || null);
    }
  });

  it("is not missed when the call is over, or goes on without the agent", () => {
    const { call } = room();
    const [customer, mine] = call.participants.map((party) => ({ ...party, state: "left" as const }));
    const told = (participants: Participant[]) =>
      push({ type: "call.status", live: { ...room().live, call: { ...call, participants } } });
    expect(notReached(after(called(), told([customer!, call.participants[1]!])))).toBeNull();
    expect(notReached(after(called(), told([call.participants[0]!, mine!])))).toBeNull();
    expect(notReached(after(called(), isGone, push({ type: "call.ended", call })))).toBeNull();
  });

  it("is heard to come, to be on hold, and to go, by name or number", () => {
    const held = { held: true, held_since: new Date(NOW).toISOString() };
    expect(
      said(
        called(),
        // The leg has its sid now.
        roomIs({ others: [outside({ state: "calling" })] }),
        roomIs({ others: [outside()] }),
        roomIs({ others: [outside(held)] }),
        roomIs({ others: [outside()] }),
        roomIs({ others: [outside({ state: "left" })] }),
      ),
    ).toEqual([
      "2 0 2, 5 5 5, 0 1 4 2 has joined.",
      "2 0 2, 5 5 5, 0 1 4 2 on hold.",
      "2 0 2, 5 5 5, 0 1 4 2 off hold.",
      "2 0 2, 5 5 5, 0 1 4 2 is no longer in the call.",
    ]);
    const joins = roomIs({ others: [colleague()] });
    expect(said(talking(), roomIs({ others: [colleague({ state: "calling" })] }), joins)).toEqual([
      "Grace has joined.",
    ]);
  });

  it("who is asked about the customer is told with the talk alone", () => {
    const asked = roomIs({ held: true, others: [colleague()], transfer: transfer({ state: "calling" }) });
    const calls = { held: true, others: [colleague({ state: "calling" })] };
    expect(
      said(after(openState(), roomIs({ ...calls, transfer: transfer({ state: "calling" }) })), asked),
    ).toEqual([]);
    const taken = roomIs({ held: true, others: [colleague()], transfer: transfer({ state: "cancelled" }) });
    expect(said(consulting(), taken, roomIs({ transfer: transfer({ state: "cancelled" }) }))).toEqual([
      "Maya off hold. Grace is no longer in the call.",
    ]);
  });
});
