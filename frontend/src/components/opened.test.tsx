/** A call that was opened from a caller's tab belongs to that caller: it never stands over the next one's. */
import { screen, waitFor } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import type { Call } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import { noted } from "../testing/fakes";
import { hints, LEG, NOW, openState, push, ringingState, ROOT, sample } from "../testing/samples";
import { button, callArea, show } from "../testing/show";
import type { State } from "../softphone/state";

const live = sample("call.incoming").live;
const before = noted({ sid: "CA-before", note: "Called back.", outcome: "resolved" });
const SECOND = "CA-next-root";
const party = { ...live.call.party, name: "Tom Aldous" };
const second = { ...live.call, sid: SECOND, party, contact: null, note: "", outcome: "" as const };
const next = { type: "call.incoming", id: "CA-next", root: SECOND, hints, at: NOW } as const;
const rings: SoftphoneEvent[] = [
  push({ type: "call.incoming", live: { ...live, call: second, history: [] } }),
  next,
];
const gone: SoftphoneEvent = { type: "call.canceled", id: LEG, at: NOW };
const hungUp: SoftphoneEvent = { type: "call.disconnected", id: LEG, at: NOW + 60_000 };
const over = (call: Call) => push({ type: "call.ended", call: { ...sample("call.ended").call, ...call } });
const answered: SoftphoneEvent[] = [
  { type: "agent.answered" },
  { type: "call.accepted", id: next.id, sid: next.id, at: NOW },
];
const tab = (name: string) => screen.getByRole("tab", { name, selected: true });
const opened = () => screen.queryByRole("heading", { name: "Note and outcome" });
const note = () => screen.getByLabelText<HTMLTextAreaElement>("Note");

/** An earlier call of Maya's is opened over her tab. */
async function showOpened(state: State) {
  const calls: Record<string, Call> = { [ROOT]: live.call, [SECOND]: second, [before.sid]: before };
  const desk = show(state, {
    calls: async () => ({ next: null, results: [before] }),
    versionedCall: async (sid) => ({ call: calls[sid] as Call, etag: '"7"' }),
    noteCall: vi.fn(async (sid, change) => ({ call: { ...(calls[sid] as Call), ...change }, etag: '"8"' })),
  });
  await desk.user.click(await screen.findByRole("button", { name: /Called back\..*/ }));
  await waitFor(() => expect(document.activeElement?.id).toBe("details-title"));
  return desk;
}

/** What Tom's tab has, and hers has not. */
async function expectTom() {
  await callArea().findByRole("heading", { name: "Tom Aldous" });
  await screen.findByRole("heading", { name: "Earlier with Tom" });
  expect(opened()).toBeNull();
}

describe("a call that was opened from a caller's tab", () => {
  it.each([
    ["when the first hung up", ringingState(), [gone, ...rings]],
    ["who rang already when the first hung up", ringingState(), [...rings, gone]],
    ["who rang already when the first was talked with", openState(), [...rings, hungUp]],
    ["after the first was talked with", openState(), [hungUp, over(live.call), ...rings]],
  ])("does not stand over a new caller's, %s", async (_when, state, events) => {
    const { send, details } = await showOpened(state);
    send(...events);
    await expectTom();
    tab("Caller");
    expect(details.get()).toBeNull();
  });

  it("stays open when its caller is answered, and makes room for the note when the call is over", async () => {
    const { send, details } = await showOpened(ringingState());
    send({ type: "agent.answered" }, { type: "call.accepted", id: LEG, sid: LEG, at: NOW });
    await callArea().findByRole("button", { name: "Mute" });
    expect(opened()).not.toBeNull();
    send(hungUp, over(live.call));
    await screen.findByRole("heading", { name: "After the call with Maya" });
    expect(details.get()).toBeNull();
  });

  it("after a call is opened over what comes after it, and stays while the next one rings", async () => {
    const { user, send } = await showOpened(openState());
    send(hungUp, over(live.call));
    await screen.findByRole("heading", { name: "After the call with Maya" });
    await user.click(await screen.findByRole("button", { name: /Called back\..*/ }));
    await waitFor(() => expect(opened()).not.toBeNull());
    send(...rings);
    await expectTom();
    await user.click(screen.getByRole("tab", { name: "After the call" }));
    expect(opened()).not.toBeNull();
  });

  it("after a call does not stand over what comes after the next one", async () => {
    const { send, details } = await showOpened(openState());
    send(hungUp, over(live.call), ...rings, ...answered);
    await expectTom();
    send({ type: "call.disconnected", id: next.id, at: NOW }, over(second));
    await screen.findByRole("heading", { name: "After the call with Tom" });
    expect(opened()).toBeNull();
    expect(details.get()).toBeNull();
  });

  it("leaves a note on the next call where it is written", async () => {
    const { user, send } = await showOpened(openState());
    send(hungUp, over(live.call), ...rings, ...answered);
    await expectTom();
    await user.type(note(), "His te");
    const field = note();
    send({ type: "call.disconnected", id: next.id, at: NOW }, over(second));
    await screen.findByRole("heading", { name: "After the call with Tom" });
    await user.keyboard("eth");
    expect(note()).toBe(field);
    expect(field.value).toBe("His teeth");
  });

  it("does not stand over somebody who is called", async () => {
    const { user, send } = await showOpened(ringingState());
    send(gone, { type: "agent.dialled", id: "dial-1", hints, line: null, at: NOW });
    await user.click(await screen.findByRole("tab", { name: "Caller" }));
    expect(opened()).toBeNull();
  });
});

describe("what is written in it", () => {
  it.each([
    ["the first has hung up", [gone]],
    ["the next rang already", [...rings, gone]],
    ["the next rings", [gone, ...rings]],
  ])("stays where it is when %s", async (_when, events) => {
    const { user, send } = await showOpened(ringingState());
    await user.type(note(), " Twice.");
    const field = note();
    send(...events);
    await waitFor(() => expect(callArea().queryByRole("heading", { name: "Maya Okonkwo" })).toBeNull());
    await user.keyboard(" Or more.");
    expect(note()).toBe(field);
    expect(document.activeElement).toBe(field);
    expect(field.value).toBe("Called back. Twice. Or more.");
    if (events.length > 1) {
      await user.click(screen.getByRole("tab", { name: "Caller new" }));
      await expectTom();
      await user.click(screen.getByRole("tab", { name: "Call log" }));
      expect(note().value).toBe("Called back. Twice. Or more.");
    }
    await user.click(button("Call log"));
    await screen.findByLabelText("Search the call log");
  });

  it("stays open when the call is over", async () => {
    const { user, send } = await showOpened(openState());
    await user.type(note(), " Twice.");
    const field = note();
    send(hungUp, over(live.call));
    await screen.findByRole("tab", { name: "After the call" });
    await user.keyboard(" Or more.");
    expect(note()).toBe(field);
    expect(field.value).toBe("Called back. Twice. Or more.");
  });

  it("does not take the place of the log while somebody searches it", async () => {
    const { user, send } = await showOpened(ringingState());
    await user.type(note(), " Twice.");
    await user.click(screen.getByRole("tab", { name: "Call log" }));
    const search = await screen.findByLabelText<HTMLInputElement>("Search the call log");
    await user.type(search, "To");
    send(gone);
    await waitFor(() => expect(screen.queryByRole("tab", { name: "Caller" })).toBeNull());
    await user.keyboard("m");
    expect(screen.getByLabelText("Search the call log")).toBe(search);
    expect(search.value).toBe("Tom");
    search.blur();
    send(...rings);
    await expectTom();
    await user.click(screen.getByRole("tab", { name: "Call log" }));
    expect(note().value).toBe("Called back. Twice.");
  });

  it("and was left is found in the log", async () => {
    const { user, send } = await showOpened(ringingState());
    await user.type(note(), " Twice.");
    note().blur();
    send(gone, ...rings);
    await screen.findByRole("tab", { name: "Caller new" });
    tab("Call log");
    expect(note().value).toBe("Called back. Twice.");
  });
});
