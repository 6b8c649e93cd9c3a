import { describe, expect, it } from "vitest";
import type { QueuedCaller } from "../messages";
import { said } from "../testing/announced";
import {
  after,
  dialled,
  hints,
  LEG,
  NOW,
  openState,
  push,
  rang,
  readyState,
  ringingState,
  ROOT,
  sample,
} from "../testing/samples";
import type { SoftphoneEvent } from "./events";
import { waitsOf } from "./waits";

const gaveUp = push({ type: "call.withdrawn", sid: ROOT, reason: "caller-hung-up", by: null });
const canceled: SoftphoneEvent = { type: "call.canceled", id: LEG, at: NOW };

describe("what is announced", () => {
  it("is said once when a caller gives up, whichever word comes first", () => {
    const once = ["Maya hung up before anybody answered."];
    expect(said(ringingState(), canceled, gaveUp)).toEqual(once);
    expect(said(ringingState(), gaveUp, canceled)).toEqual(once);
  });

  describe("of who waits", () => {
    const { queue } = sample("queue.changed");
    const [first] = queue.callers;
    const caller = (sid: string, state: QueuedCaller["state"] = "waiting"): QueuedCaller => ({
      ...first!,
      sid,
      state,
      since: "2026-11-23T09:30:00Z",
      late_at: "2026-11-23T09:32:00Z",
    });
    const queueOf = (...callers: QueuedCaller[]) =>
      push({
        type: "queue.changed",
        queue: { ...queue, callers, waiting: callers.filter(({ state }) => state === "waiting").length },
      });
    const nobody = queueOf();
    const passed: SoftphoneEvent = { type: "goal.passed", caller: caller("CA1"), team: "Support" };

    it("is said when somebody begins to wait where nobody did, once", () => {
      const more = queueOf(caller("CA1"), caller("CA2"));
      expect(said(readyState(), nobody, queueOf(caller("CA1")), more)).toEqual(["1 waiting in Support."]);
    });

    it("is not said of who waits again after a ring, nor of those whom the desk finds waiting", () => {
      const rings = queueOf(caller("CA1", "offered"));
      expect(said(readyState(), nobody, rings, queueOf(caller("CA1")))).toEqual([]);
      expect(said({ ...readyState(), queues: [] }, queueOf(caller("CA1")))).toEqual([]);
    });

    it("is said when the goal has passed", () => {
      expect(said(readyState(), passed)).toEqual(["Longest wait in Support past 2 minutes."]);
    });

    it("is not said in a call", () => {
      expect(said(openState(), nobody, queueOf(caller("CA1")), passed)).toEqual([]);
    });

    it("is awaited for whoever has waited longest, as long as the goal is not past", () => {
      const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
      const state = (late: number) =>
        after(readyState(), queueOf({ ...caller("CA1"), late_at: at(late) }, caller("CA2")));
      const goal = (late: number) => waitsOf(state(late)).find(({ key }) => key.startsWith("goal "));
      expect(goal(30)?.key).toContain("CA1");
      expect(goal(30)?.late(NOW)).toMatchObject({ type: "goal.passed", team: "Support" });
      expect(goal(-1)).toBeUndefined();
    });

    it("is part of what is said of a caller who rings, who has waited", () => {
      const since = new Date(NOW - 72_000).toISOString();
      const [words] = said(readyState(), queueOf({ ...caller(ROOT, "offered"), since }), rang);
      expect(words).toContain("waited 1 minute 12 seconds. Enter to answer.");
    });
  });

  it("is said in the end when nobody says why a call is gone", () => {
    expect(said(ringingState(), canceled, { type: "reason.late" })).toEqual(["The call is no longer here."]);
  });

  it("confirms a rejection, once", () => {
    const rejected = push({ type: "call.withdrawn", sid: ROOT, reason: "rejected", by: null });
    expect(said(ringingState(), { type: "agent.rejected" }, rejected, gaveUp)).toEqual([
      "You rejected the call from Maya Okonkwo. It rings at colleagues who are free, or goes to voicemail.",
    ]);
  });

  it("confirms what was chosen, in a call as well", () => {
    const busy: SoftphoneEvent = { type: "agent.chose", availability: "busy" };
    expect(said(readyState(), busy)).toEqual(["You are busy. Calls do not ring here."]);
    expect(said(openState(), busy)).toEqual(["Busy after this call: calls will not ring here."]);
  });

  it("says numbers digit by digit, in their local form", () => {
    const to = { ...hints, display: "(202) 555-0142", line: "" };
    expect(said(readyState(), { ...dialled, hints: to } as SoftphoneEvent)).toEqual([
      "Calling 2 0 2, 5 5 5, 0 1 4 2.",
    ]);
    const { live } = sample("call.incoming");
    const nobody = {
      ...live,
      call: { ...live.call, contact: null, party: { ...live.call.party, name: "", company: "" } },
    };
    const [ring] = said(readyState(), push({ type: "call.incoming", live: nobody }), {
      type: "call.incoming",
      id: LEG,
      root: ROOT,
      hints,
      at: NOW,
    });
    expect(ring).toMatch(/^Incoming call\. 2 0 2, 5 5 5, 0 1 4 2, /);
  });

  it("says that the microphone is gone, and not that the connection is weak", () => {
    expect(
      said(
        openState(),
        { type: "hearing.changed", hearing: { state: "live", label: "Jabra", missed: "" } },
        { type: "hearing.changed", hearing: { state: "lost", label: "Jabra" } },
        { type: "call.warning", id: LEG, name: "low-bytes-sent" },
        { type: "hearing.changed", hearing: { state: "live", label: "Laptop", missed: "Jabra" } },
      ),
    ).toEqual(["Your microphone is gone. Maya cannot hear you.", "Microphone: Laptop."]);
  });

  it("takes the length that the log has, without saying it again", () => {
    // The caller had waited for five minutes before.
    const [answer_time, end_time] = ["2026-01-05T10:05:00Z", "2026-01-05T10:06:01Z"];
    const call = { ...sample("call.ended").call, sid: ROOT, answer_time, end_time, duration: 361 };
    const hungUp: SoftphoneEvent = { type: "agent.hung-up", at: NOW + 66_000 };
    expect(said(openState(), hungUp, push({ type: "call.ended", call }))).toEqual(["Call ended, 1 minute."]);
    const state = after(openState(), hungUp, push({ type: "call.ended", call }));
    expect(state.calls).toMatchObject({ ending: { kind: "ended", seconds: 61 } });
  });
});
