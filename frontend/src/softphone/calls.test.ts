import { describe, expect, it } from "vitest";
import { after, LEG, NOW, openState, rang, readyState, ringingState, shown } from "../testing/samples";
import type { SoftphoneEvent } from "./events";
import { transition } from "./machine";
import type { Calls, Conversation, Ending, Ring } from "./state";

const ring = (id: string): SoftphoneEvent => ({ ...rang, id, root: `root-${id}` }) as SoftphoneEvent;
const ids = ({ focus, others }: Calls) => [focus?.id, ...others.map(({ id }) => id)];

describe("several calls", () => {
  it("come into focus one after the other, in the order in which they rang", () => {
    const three = after(ringingState(), ring("2"), ring("3"));
    expect(ids(three.calls)).toEqual([LEG, "2", "3"]);
    const two = after(three, { type: "agent.rejected" });
    expect(ids(two.calls)).toEqual(["2", "3"]);
    expect(ids(after(two, { type: "call.canceled", id: "2", at: NOW }).calls)).toEqual(["3"]);
  });

  it("wait beside the one that is talked on, and go without touching it", () => {
    const waiting = after(openState(), ring("2"), ring("3"));
    expect(ids(waiting.calls)).toEqual([LEG, "2", "3"]);
    const gone = after(waiting, { type: "call.canceled", id: "2", at: NOW });
    expect(ids(gone.calls)).toEqual([LEG, "3"]);
    expect(shown(gone)).toBe("open");
  });

  it("are one at most that is taken: a caller who waits cannot be answered past the one in focus", () => {
    const waiting = after(openState(), ring("2"));
    expect(after(waiting, { type: "agent.answered" }).calls).toEqual(waiting.calls);
    expect(after(waiting, { type: "call.accepted", id: "2", sid: "2", at: NOW }).calls).toEqual(
      waiting.calls,
    );
  });

  it("are said to be left when the page goes while they ring", () => {
    const two = after(ringingState(), ring("2"));
    const [state, ...commands] = transition(two, { type: "call.left", id: "2", at: NOW });
    expect(ids(state.calls)).toEqual([LEG]);
    expect(commands).toContainEqual({ type: "desk.send", message: { type: "ring.left", sid: "root-2" } });
    expect(transition(state, { type: "call.left", id: "2", at: NOW })[0].calls).toEqual(state.calls);
  });

  it("are none without one in focus", () => {
    expect(after(readyState(), ring("2"), { type: "agent.rejected" }).calls).toMatchObject({
      focus: null,
      others: [],
    });
  });
});

/** What cannot be written: the compiler is the test. */
export function unwritable(first: Ring, talk: Conversation, ending: Ending): Calls[] {
  return [
    // @ts-expect-error A caller who waits, and nobody in focus.
    { focus: null, others: [first], ending: null },
    // @ts-expect-error The end of a call is told while there is another.
    { focus: first, others: [], ending },
    // @ts-expect-error Two conversations at once.
    { focus: talk, others: [talk] },
    // @ts-expect-error Reconnecting since no one knows when.
    { focus: { ...talk, state: "reconnecting", lostAt: undefined }, others: [] },
    // @ts-expect-error It rings at the other side, and Twilio does not have it yet.
    { focus: { ...first, state: "ringing", root: null, line: null }, others: [] },
  ];
}
