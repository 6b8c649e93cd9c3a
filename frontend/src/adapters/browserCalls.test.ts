import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import type { SoftphoneEvent } from "../softphone/events";
import { BrowserCalls } from "./browserCalls";
import type { Call } from "./voiceSdk";

class FakeCall extends EventEmitter {
  parameters = { CallSid: "CA1", From: "+12025550142" };
  customParameters = new Map<string, string>();
  constructor(private readonly now = "pending") {
    super();
  }
  status = () => this.now;
}

function ringing(status: string) {
  const sent: SoftphoneEvent[] = [];
  const call = new FakeCall(status);
  const calls = new BrowserCalls(
    (event) => sent.push(event),
    () => {},
  );
  calls.rang(call as unknown as Call);
  sent.length = 0;
  return { calls, call, types: () => sent.map(({ type }) => type) };
}

describe("a call in the browser", () => {
  it("passes the SDK's warnings of bad quality on, and their end", () => {
    const sent: SoftphoneEvent[] = [];
    const call = new FakeCall();
    new BrowserCalls(
      (event) => sent.push(event),
      () => {},
    ).rang(call as unknown as Call);
    sent.length = 0;

    call.emit("warning", "high-rtt");
    call.emit("warning-cleared", "high-rtt");

    expect(sent).toEqual([
      { type: "call.warning", id: "CA1", name: "high-rtt" },
      { type: "call.warning-cleared", id: "CA1", name: "high-rtt" },
    ]);
  });

  it.each([
    ["pending", ["call.canceled"]],
    ["open", []],
  ])("that is %s when the SDK's socket is cut: %j", (status, told) => {
    const { calls, call, types } = ringing(status);

    call.emit("transportClose");
    call.emit("cancel");

    expect(types().slice(0, told.length)).toEqual(told);
    expect(calls.get("CA1")).toBeUndefined();
  });

  it.each([
    ["pending", ["call.left"]],
    ["open", []],
  ])("that is %s when the page goes: %j", (status, told) => {
    const { calls, types } = ringing(status);

    calls.leave();
    calls.leave();

    expect(types()).toEqual(told);
  });

  it.each([
    ["call_sid", "rang"],
    ["Move", "placed"],
    ["supervise", "placed"],
  ])("is measured as a part of the call that %s names", (name, how) => {
    const sids: { root: string | null; leg: string }[] = [];
    const call = new FakeCall();
    call.customParameters.set(name, "CA-root");
    const measure = (_call: Call, now: () => (typeof sids)[0]) => (sids.push(now()), () => {});
    const calls = new BrowserCalls(
      () => {},
      () => {},
      measure,
    );
    if (how === "rang") calls.rang(call as unknown as Call);
    else calls.placed("1", call as unknown as Call);
    expect(sids).toEqual([{ root: "CA-root", leg: "CA1" }]);
  });
});
