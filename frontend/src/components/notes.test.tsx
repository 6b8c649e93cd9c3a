import { screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import type { Call } from "../messages";
import { noted } from "../testing/fakes";
import { room } from "../testing/rooms";
import { hints, LEG, NOW, openState, push, readyState, ringingState, ROOT, sample } from "../testing/samples";
import { button, callArea, show } from "../testing/show";

const live = sample("call.incoming").live;
const ofThisCall = () => ({ ...live.call, note: "", outcome: "" as const });
const server = () => ({
  versionedCall: vi.fn(async () => ({ call: ofThisCall(), etag: '"7"' })),
  noteCall: vi.fn(async (_sid: string, change: object) => ({
    call: { ...ofThisCall(), ...change },
    etag: '"8"',
  })),
});
const note = () => screen.getByLabelText<HTMLTextAreaElement>("Note");
const next = { type: "call.incoming", id: "CA-next", root: "CA-next-root", hints, at: NOW } as const;
const ended = push({ type: "call.ended", call: { ...sample("call.ended").call, sid: ROOT } }, NOW + 60_000);

describe("what was noted before", () => {
  it("stands beside the call that rings", () => {
    show(ringingState());
    const [newest] = callArea().getAllByRole("listitem");
    expect(newest?.textContent).toContain("Answered by Ada, 3:21");
    within(newest as HTMLElement).getByText("Follow-up needed");
    within(newest as HTMLElement).getByText("Wants a date in writing.");
  });

  it("stands in the log and in the calls before, which open", async () => {
    const before = noted({ sid: "CA-before", note: "Called back.", outcome: "resolved" });
    const { user } = show(openState(), { calls: async () => ({ next: null, results: [before] }) });
    const earlier = within(await screen.findByRole("region", { name: "Earlier with Maya" }));
    await user.click(await earlier.findByRole("button", { name: /Called back\./ }));
    await waitFor(() => expect(document.activeElement?.id).toBe("details-title"));
    await user.click(button("Back to the caller"));
    await screen.findByRole("region", { name: "Earlier with Maya" });
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Note on this call"));

    await user.click(screen.getByRole("tab", { name: "Call log" }));
    const row = within((await screen.findByText("Details")).closest("li") as HTMLElement);
    row.getByText("Called back.");
    row.getByText("Resolved");
  });
});

describe("the note of a call whose customer is on hold while the agent talks with somebody else", () => {
  it("is not asked for as after a call, until it is over", async () => {
    const { live: talk } = room();
    const told = (change: Partial<Call>) =>
      push({
        type: "call.status",
        live: { ...talk, call: { ...talk.call, sid: ROOT, revision: 2000, ...change } },
      });
    const { send } = show(openState(), server());
    await screen.findByRole("tab", { name: "Caller" });
    send(
      { type: "grants.changed", grants: { incoming: true, outgoing: true, second_call: true } },
      { ...next, hints: { ...hints, name: "Tom Aldous" } },
      { type: "agent.held-and-answered" },
      told({ parked_since: new Date(NOW).toISOString() }),
      { type: "call.disconnected", id: LEG, at: NOW },
      { type: "call.accepted", id: next.id, sid: next.id, at: NOW },
    );
    await screen.findByRole("tab", { name: "On hold" });
    expect(screen.queryByText(/After the call/)).toBeNull();

    send(ended);
    await screen.findByRole("tab", { name: "After the call" });
  });
});

describe("the note of a call", () => {
  it("is written while it lives, and saved with the version that was read", async () => {
    const api = server();
    const { user } = show(openState(), api);
    await user.keyboard("n");
    await waitFor(() => expect(document.activeElement).toBe(note()));
    await user.keyboard("Wants a date.");
    await user.click(button("Save"));
    expect(api.noteCall).toHaveBeenCalledExactlyOnceWith(ROOT, { note: "Wants a date." }, '"7"');
    await screen.findByText("Saved.");
  });

  it("goes on in the same field when the call ends, and when the next one rings", async () => {
    const { user, asked, send } = show(openState(), server());
    await user.click(button(/^Note/));
    const field = note();
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.keyboard("Wants a");
    send(ended);
    await callArea().findByText(/ended, /);
    await user.keyboard(" ");
    send(push(sample("call.incoming")), next);
    await callArea().findByRole("button", { name: "Answer" });
    await user.keyboard("{Shift>}R{/Shift}ly");
    expect(note()).toBe(field);
    expect(document.activeElement).toBe(field);
    expect(field.value).toBe("Wants a Rly");
    expect(asked.map(({ type }) => type)).not.toContain("phone.reject");
    screen.getByRole("tab", { name: "Caller new" });
  });

  it("and its outcome are asked for when the call is over; Done saves them and makes room", async () => {
    const api = server();
    const { user, send } = show(openState(), api);
    await user.click(button(/^Hang up/));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Outcome")));
    await user.selectOptions(screen.getByLabelText("Outcome"), "Call back");
    await user.click(button("Done"));
    expect(api.noteCall).toHaveBeenCalledExactlyOnceWith(ROOT, { outcome: "call-back" }, '"7"');
    await screen.findByLabelText("Search the call log");
    expect(screen.queryByRole("tab", { name: "After the call" })).toBeNull();
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Ready"));
    send({ type: "call.canceled", id: LEG, at: NOW });
  });

  it("stays open with its reason when it was not saved", async () => {
    const noteCall = vi.fn(async () => Promise.reject(new Error("The server cannot be reached.")));
    const { user } = show(openState(), { ...server(), noteCall });
    await user.click(button(/^Hang up/));
    await user.type(note(), "mine");
    await user.click(button("Done"));
    await screen.findByText(/Not saved\. It is kept here\. The server cannot be reached/);
    expect(note().value).toBe("mine");
  });

  it("is not asked for when nobody answered", async () => {
    const { user } = show(ringingState());
    screen.getByText("Write here as soon as you talk.");
    await user.click(button("Reject"));
    screen.getByLabelText("Search the call log");
    expect(screen.queryByRole("tab", { name: "After the call" })).toBeNull();
  });

  it("is nothing that a press of N makes out of nowhere", async () => {
    const { user } = show(readyState());
    await user.keyboard("n");
    expect(screen.queryByLabelText("Note")).toBeNull();
  });
});

describe("a second call while a note is not saved", () => {
  const SECOND = "CA-next-root";
  const party = { ...live.call.party, name: "Tom Aldous" };
  const second = { ...live.call, sid: SECOND, party, contact: null, note: "", outcome: "" as const };
  const rings = [push({ type: "call.incoming", live: { ...live, call: second, history: [] } }), next];
  const answered = [
    { type: "agent.answered" },
    { type: "call.accepted", id: next.id, sid: next.id, at: NOW },
  ] as const;
  const secondEnded = push({ type: "call.ended", call: { ...sample("call.ended").call, ...second } }, NOW);
  const title = (name: string) => screen.findByRole("heading", { name });
  const focused = () => document.activeElement;

  /** The first call is over, and "Wants" is written of it. */
  async function showDraft() {
    const of = (sid: string) => (sid === SECOND ? second : ofThisCall());
    const noteCall = vi.fn(async (sid: string, change: object) => ({
      call: { ...of(sid), ...change },
      etag: '"8"',
    }));
    const versionedCall = async (sid: string) => ({ call: of(sid), etag: '"7"' });
    const desk = show(openState(), { noteCall, versionedCall });
    desk.send(ended);
    await title("After the call with Maya");
    await desk.user.type(note(), "Wants");
    return { ...desk, noteCall };
  }

  it("takes nothing away when it rings, is answered and ends; its own note comes after Done", async () => {
    const { user, send, noteCall } = await showDraft();
    const field = note();
    send(...rings);
    await callArea().findByRole("button", { name: "Answer" });
    await user.keyboard(" a");
    send(...answered);
    await callArea().findByRole("button", { name: "Mute" });
    await user.keyboard(" date");
    send(secondEnded);
    await callArea().findByText(/Call with Tom Aldous ended/);
    await user.keyboard(".");
    expect(focused()).toBe(field);
    expect(note()).toBe(field);
    expect(field.value).toBe("Wants a date.");
    await title("After the call with Maya");
    screen.getByText("Next: the note on the call with Tom.");

    await user.click(button("Done"));
    await title("After the call with Tom");
    expect(noteCall).toHaveBeenCalledExactlyOnceWith(ROOT, { note: "Wants a date." }, '"7"');
    expect(note().value).toBe("");
    await waitFor(() => expect(focused()).toBe(screen.getByLabelText("Outcome")));
    await user.type(note(), "Spam.");
    await user.click(button("Done"));
    expect(noteCall).toHaveBeenLastCalledWith(SECOND, { note: "Spam." }, '"7"');
    await screen.findByLabelText("Search the call log");
    expect(screen.queryByRole("tab", { name: "After the call" })).toBeNull();
  });

  it("and is hung up: focus is not on the outcome of the call before; Save goes on to the next note", async () => {
    const { user, send, noteCall } = await showDraft();
    send(...rings, ...answered);
    await user.click(await callArea().findByRole("button", { name: /^Hang up/ }));
    await title("After the call with Maya");
    expect(note().value).toBe("Wants");
    await waitFor(() => expect(focused()?.closest(".call-area")).not.toBeNull());
    await user.click(button("Save"));
    await title("After the call with Tom");
    expect(noteCall).toHaveBeenCalledExactlyOnceWith(ROOT, { note: "Wants" }, '"7"');
    await waitFor(() => expect(focused()).toBe(screen.getByLabelText("Outcome")));
  });

  it("is noted in its own field, which stays when it ends; the note before comes back after Done", async () => {
    const { user, send } = await showDraft();
    send(...rings, ...answered);
    await user.click(await screen.findByRole("tab", { name: "Caller new" }));
    await user.type(note(), "His te");
    const field = note();
    send(secondEnded);
    await title("After the call with Tom");
    await user.keyboard("eth.");
    expect(note()).toBe(field);
    expect(focused()).toBe(field);
    expect(field.value).toBe("His teeth.");
    await user.click(button("Done"));
    await title("After the call with Maya");
    expect(note().value).toBe("Wants");
  });

  it("ends while something else is in view: what is not saved comes first", async () => {
    const { user, send } = await showDraft();
    await user.click(screen.getByRole("tab", { name: "Call log" }));
    send(...rings, ...answered);
    await title("Note on this call");
    send(secondEnded);
    await title("After the call with Maya");
    expect(note().value).toBe("Wants");
  });

  it("leaves a choice that is being made where it is", async () => {
    const { user, send } = await showDraft();
    await user.clear(note());
    send(...rings, ...answered);
    await callArea().findByRole("button", { name: "Mute" });
    const outcome = screen.getByLabelText("Outcome");
    outcome.focus();
    send(secondEnded);
    await callArea().findByText(/Call with Tom Aldous ended/);
    expect(focused()).toBe(outcome);
    await title("After the call with Maya");
    screen.getByText("Next: the note on the call with Tom.");
  });
});
