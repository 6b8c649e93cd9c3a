import { cleanup, screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../adapters/api";
import { POOR, SOUND } from "../../gallery/quality";
import type { Api, CallQuality } from "../ports";
import { noted } from "../testing/fakes";
import { push, rang, readyState, ROOT, sample } from "../testing/samples";
import { button, show } from "../testing/show";

const mine = noted({ agent: { id: 1, identity: "agent_1", name: "Ada Byron" } });

async function opened(api: Partial<Api> = {}, call = mine) {
  const shown = show(readyState(), {
    calls: async () => ({ next: null, results: [call] }),
    versionedCall: vi.fn(async () => ({ call, etag: '"1"' })),
    ...api,
  });
  const row = await screen.findByText("Details");
  await shown.user.click(row);
  return shown;
}

const note = () => screen.getByLabelText<HTMLTextAreaElement>("Note");

describe("a call of the log", () => {
  it("opens with its key, tells what happened, and focus goes to its name", async () => {
    await opened();
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Maya Okonkwo"));
    const story = within(await screen.findByRole("region", { name: "What happened" }));
    await story.findByText("Twilio asked what to do with the call.");
    story.getByText("The caller heard: “We are sorry.”");
  });

  it("opens with Enter on its row, and closes with Escape; focus comes back to the row", async () => {
    const { user } = show(readyState(), { calls: async () => ({ next: null, results: [mine] }) });
    (await screen.findByText("Details")).closest("button")?.focus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement?.id).toBe("details-title"));
    await user.keyboard("{Escape}");
    await waitFor(() =>
      expect(document.activeElement?.closest("[data-row]")?.getAttribute("data-row")).toBe(mine.sid),
    );
  });

  it("stays open when Escape leaves a field", async () => {
    const { user } = await opened();
    await user.type(note(), "half{Escape}");
    expect(note().value).toBe("half");
  });

  it("does not call on Enter, nor open on the call button's Enter", async () => {
    const { user, asked } = show(readyState(), { calls: async () => ({ next: null, results: [mine] }) });
    (await screen.findByRole("button", { name: /^Call Maya/ })).focus();
    await user.keyboard("{Enter}");
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.connect" }));
    expect(screen.queryByText("What happened")).toBeNull();
  });

  it("says when it did not load, and tries again", async () => {
    const timeline = vi.fn(async (): Promise<never> => Promise.reject(new Error("down")));
    const { user, api } = await opened({ timeline });
    await screen.findByText("What happened did not load");
    await user.click(button("Try again"));
    await waitFor(() => expect(api.timeline).toHaveBeenCalledTimes(2));
  });

  it("says when nothing is recorded", async () => {
    await opened({ timeline: async () => [] });
    await screen.findByText("Nothing is recorded of this call.");
  });
});

describe("noting a call", () => {
  it("saves a note and an outcome, and says so", async () => {
    const { user, api } = await opened();
    await user.type(note(), "Wants a date.");
    await user.selectOptions(screen.getByLabelText("Outcome"), "Follow-up needed");
    screen.getByText("Not saved yet.");
    await user.click(button("Save"));
    expect(api.noteCall).toHaveBeenCalledExactlyOnceWith(
      mine.sid,
      { note: "Wants a date.", outcome: "follow-up" },
      '"1"',
    );
    await screen.findByText("Saved.");
    expect(document.activeElement).toBe(button("Save"));
  });

  it("keeps the text and says why when it was not saved", async () => {
    const { user } = await opened({
      noteCall: async () => {
        throw new ApiError("The server cannot be reached. Check your connection.", 0);
      },
    });
    await user.type(note(), "mine");
    await user.click(button("Save"));
    await screen.findByText(/Not saved\. It is kept here\. The server cannot be reached/);
    expect(note().value).toBe("mine");
  });

  it("shows the newer text when somebody was quicker, and lets the agent choose", async () => {
    let now = mine;
    const { user } = await opened({
      versionedCall: async () => ({ call: now, etag: '"2"' }),
      noteCall: async () => {
        throw new ApiError("This was changed meanwhile.", 412);
      },
    });
    await user.type(note(), "mine");
    now = { ...mine, note: "Grace was quicker.", outcome: "spam", revision: 99 };
    await user.click(button("Save"));
    const alert = within(await screen.findByTestId("conflict"));
    alert.getByText("Grace was quicker.");
    alert.getByText("Spam");
    expect(note().value).toBe("mine");
    await user.click(button("Take theirs"));
    expect(note().value).toBe("Grace was quicker.");
    expect(document.activeElement).toBe(note());
  });

  it("keeps what is being written when a call rings, and single keys stay letters", async () => {
    const { user, asked, send } = await opened();
    await user.type(note(), "Her maid k");
    send(push(sample("call.incoming")), rang);
    await screen.findByRole("button", { name: "Answer" });
    await user.keyboard("{Shift>}R{/Shift}");
    expect(note().value).toBe("Her maid kR");
    expect(document.activeElement).toBe(note());
    screen.getByRole("tab", { name: "Call log", selected: true });
    await user.click(screen.getByRole("tab", { name: "Caller new" }));
    screen.getByRole("tab", { name: "Caller" });
    expect(asked).toEqual([{ type: "desk.send", message: { type: "ring.ack", sid: ROOT } }]);
  });

  it("is for the agent on the call; others read it", async () => {
    await opened({}, noted({ agent: null, note: "Called back.", outcome: "resolved" }));
    await screen.findByText("Called back.");
    screen.getByText("Resolved");
    expect(screen.queryByLabelText("Note")).toBeNull();
  });
});

describe("how a call sounded", () => {
  const sounded = (quality: CallQuality[]) =>
    opened({ versionedCall: vi.fn(async () => ({ call: mine, etag: '"1"', quality })) });

  it("stands there in words, with what was warned of and what it was heard with", async () => {
    await sounded(POOR);
    const sound = within(await screen.findByRole("region", { name: "Sound" }));
    sound.getByText(/Ada Byron.*: Poor for 40 s: packets lost, the sound came late/);
    sound.getByText("Warned of: packets lost, 36 s; the sound came late, 12 s");
    sound.getByText("Measured until the page went away.");
    sound.getByText(/Grace Hopper.*: Good: MOS 4.3/);
  });

  it("names nobody where one agent had the call, and says nothing of a call that was not measured", async () => {
    await sounded(SOUND);
    const sound = await screen.findByRole("region", { name: "Sound" });
    expect(sound.textContent).not.toContain("Ada");
    cleanup();
    await sounded([]);
    await screen.findByText("Twilio asked what to do with the call.");
    expect(screen.queryByRole("region", { name: "Sound" })).toBeNull();
  });
});
