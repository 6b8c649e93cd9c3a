import { beforeEach, describe, expect, it, vi } from "vitest";
import { signalOf } from "../pageSignals";
import type { SoftphoneEvent } from "../softphone/events";
import { reach } from "../softphone/reach";
import { lastEnding } from "../softphone/selectors";
import { initialState, type State } from "../softphone/state";
import { createStore } from "../softphone/store";
import {
  after,
  dialled,
  LEG,
  me,
  NOW,
  openState,
  push,
  readyState,
  ringingState,
  sample,
  shown,
} from "../testing/samples";
import { startAlarms } from "./alarms";
import { watchDeadlines } from "./deadlines";

const ringing: SoftphoneEvent = { type: "call.ringing", id: "dial-1", sid: "CA1" };
const starting = (...events: SoftphoneEvent[]) =>
  after(initialState(me), { type: "started" }, ...events, { type: "desk.opened" });
const allowed: SoftphoneEvent = { type: "microphone.changed", microphone: "granted" };
const held: SoftphoneEvent = { type: "leader.changed", leader: "held" };
const registered: SoftphoneEvent = { type: "device.changed", state: "registered", at: NOW };

function watched(state: State) {
  const store = createStore(state);
  const commands: string[] = [];
  store.run((command) => commands.push(command.type));
  watchDeadlines(store);
  return { store, commands };
}

beforeEach(() => void vi.useFakeTimers());

describe("nothing is waited for for ever", () => {
  it.each<[string, State, RegExp]>([
    ["the phone, silent or blocked", starting(allowed, held), /the phone does not connect/],
    ["the server's word", starting(allowed, held, registered), /the server does not confirm/],
    ["the tabs", starting(allowed), /which of its tabs/],
    ["the permission", starting(held), /does not say whether/],
    ["the browser's window", starting(held, { type: "microphone.asked" }), /still asks for the microphone/],
  ])("%s: red, with a reason, a button and the title", (_name, state, reason) => {
    const { store } = watched(state);
    expect(reach(store.get(), NOW).tone).toBe("amber");

    vi.advanceTimersByTime(30_000);

    const { tone, text, remedy } = reach(store.get(), NOW);
    expect([tone, remedy?.label]).toEqual(["red", expect.stringMatching(/again/)]);
    expect(text).toMatch(reason);
    expect(signalOf(store.get(), NOW).titles).toEqual(["! Not reachable"]);
  });

  it("begins anew when it is tried again, and ends again", () => {
    const { store, commands } = watched(starting(allowed, held));
    vi.advanceTimersByTime(15_000);

    store.send({ type: "start.retried" });
    expect(reach(store.get(), NOW).title).toBe("Getting your phone ready…");
    expect(commands).toEqual(["phone.start"]);

    vi.advanceTimersByTime(15_000);
    expect(reach(store.get(), NOW).tone).toBe("red");
  });

  it("is over as soon as what was missing comes", () => {
    const { store } = watched(starting(allowed, held));
    vi.advanceTimersByTime(15_000);
    store.send(registered);
    store.send(push(sample("phone.state")));
    expect(reach(store.get(), NOW).tone).toBe("ok");
  });

  it.each<[string, State, SoftphoneEvent[], number, RegExp]>([
    ["an answer", ringingState(), [{ type: "agent.answered" }], 20_000, /could not be answered in time/],
    ["a call out", readyState(), [dialled], 40_000, /did not get through/],
    ["a called telephone", readyState(), [dialled, ringing], 120_000, /ended before anybody answered/],
    [
      "a lost connection",
      openState(),
      [{ type: "call.reconnecting", id: LEG, at: NOW }],
      45_000,
      /did not come back/,
    ],
  ])("%s ends with a reason, and is hung up", (_name, state, events, ms, reason) => {
    const { store, commands } = watched(state);
    events.forEach(store.send);
    vi.advanceTimersByTime(ms - 1);
    expect(shown(store.get())).not.toBe("closed");

    vi.advanceTimersByTime(1);

    const ending = lastEnding(store.get());
    expect(shown(store.get())).toBe("closed");
    expect(ending?.kind === "failed" && ending.message).toMatch(reason);
    expect(commands).toContain("phone.hang-up");
  });

  it("starts no clock in a call, nor when all is well", () => {
    watched(openState());
    watched(readyState());
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is counted by the worker, for a hidden page's own timers come once a minute", () => {
    const posted = vi.fn();
    class Counting extends EventTarget {
      postMessage = posted;
    }
    vi.stubGlobal("Worker", Counting);
    startAlarms("/alarms.js");
    watched(starting(allowed, held));
    expect(posted).toHaveBeenCalledWith(expect.objectContaining({ after: 15_000 }));
    expect(vi.getTimerCount()).toBe(0);
  });
});
