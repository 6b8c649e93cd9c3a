import { screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import type { Text, ThreadEntry } from "../messages";
import { after, push, rang, readyState, sample } from "../testing/samples";
import { button, show } from "../testing/show";

const { thread, message } = sample("message.new");
const entry = (text: Text): ThreadEntry => ({
  kind: "message",
  at: text.at,
  id: `message-${text.id}`,
  message: text,
  call: null,
  consent: null,
});
const api = {
  threads: async () => ({ next: null, results: [thread] }),
  threadTimeline: async () => ({ next: null, results: [entry(message)] }),
};
const tab = () => screen.getByRole("tab", { name: /^Messages/ });

async function openThread(more: Parameters<typeof show>[1] = {}) {
  const desk = show(readyState(), { ...api, ...more });
  await desk.user.click(tab());
  await desk.user.click(await screen.findByRole("button", { name: /^Maya Okonkwo/ }));
  await screen.findByRole("region", { name: "Maya Okonkwo" });
  await waitFor(() => expect(desk.conversation.get()?.status).toBe("ready"));
  await waitFor(() => expect(document.activeElement?.id).toBe("thread-title"));
  return desk;
}

const field = () => screen.getByLabelText<HTMLTextAreaElement>("Text Maya");

describe("a text that a rule forbids", () => {
  const night = "It is 23:10 in Germany. Your company texts there from 08:00 to 21:00.";
  const refusing = (code: string) =>
    vi
      .fn(async ({ body }: { body: string }) => ({ ...message, id: 99, body }))
      .mockRejectedValueOnce(Object.assign(new Error(night), { code }));

  it("is sent with a reason by those who may", async () => {
    const sendText = refusing("text_needs_reason");
    const { user } = await openThread({ sendText });
    await user.type(field(), "Hello{Enter}");
    await screen.findByText(night);
    await user.click(button("Send anyway"));
    expect(sendText).toHaveBeenCalledOnce();
    await user.type(screen.getByLabelText(/^Reason/), "She waits for it{Enter}");
    await waitFor(() => expect(screen.queryByText(night)).toBeNull());
    expect(sendText).toHaveBeenLastCalledWith(
      expect.objectContaining({ body: "Hello", override: "She waits for it" }),
    );
    expect(field().value).toBe("");
    expect(screen.queryByLabelText(/^Reason/)).toBeNull();
  });

  it("is only said to all others, and stays as it was written", async () => {
    const { user } = await openThread({ sendText: refusing("text_refused") });
    await user.type(field(), "Hello{Enter}");
    await screen.findByText(night);
    expect(screen.queryByLabelText(/^Reason/)).toBeNull();
    expect(field().value).toBe("Hello");
  });
});

describe("a thread that only a group send has written to", () => {
  it("has a word for it, and no date", async () => {
    const silent = { ...thread, last: null, last_at: "2000-01-01T00:00:00Z", unread: 0 };
    const { user } = show(readyState(), { threads: async () => ({ next: null, results: [silent] }) });
    await user.click(tab());
    const row = await screen.findByRole("button", { name: /^Maya Okonkwo/ });
    expect(row.textContent).toBe("Maya OkonkwoNo texts except to groups");
    expect(row.querySelector("time")).toBeNull();
  });
});

describe("what forbids texts to a number", () => {
  const night = "It is 23:10 in Germany. Your company texts there from 08:00 to 21:00.";
  const forbidden = (may_override: boolean) => async () => ({
    closed: "" as const,
    message: night,
    may_override,
  });

  it("is said as soon as the thread is open, before anything is written", async () => {
    const { api: asked } = await openThread({ checkText: vi.fn(forbidden(false)) });
    await screen.findByText(night);
    expect(screen.queryByLabelText(/^Reason/)).toBeNull();
    expect(asked.checkText).toHaveBeenCalledWith(thread.line.id, thread.number);
    expect(asked.sendText).not.toHaveBeenCalled();
  });

  it("may be overridden at once by those who may, and is still there for the next text", async () => {
    const { user, api: asked } = await openThread({ checkText: forbidden(true) });
    const reason = await screen.findByLabelText(/^Reason/);
    await user.type(field(), "Hello");
    await user.type(reason, "She waits for it{Enter}");
    await waitFor(() =>
      expect(asked.sendText).toHaveBeenCalledWith(
        expect.objectContaining({ body: "Hello", override: "She waits for it" }),
      ),
    );
    await waitFor(() => expect(field().value).toBe(""));
    screen.getByText(night);
    expect(screen.getByLabelText<HTMLInputElement>(/^Reason/).value).toBe("");
  });

  it("is said no more once a text went without a reason", async () => {
    const { user } = await openThread({ checkText: forbidden(true) });
    await screen.findByText(night);
    await user.type(field(), "Hello{Enter}");
    await waitFor(() => expect(screen.queryByText(night)).toBeNull());
  });

  it("does not keep a thread from being shown when nobody says", async () => {
    await openThread({ checkText: async () => Promise.reject(new Error("down")) });
    expect(field().value).toBe("");
  });
});

describe("a failed text", () => {
  const failed: Text = {
    ...message,
    direction: "outbound",
    state: "failed",
    may_retry: true,
    problem: "Off.",
  };
  const night = "It is 23:10 in Germany.";

  it("is tried again with a reason where a rule asks for one, under one name", async () => {
    const sent: Text = { ...failed, id: 99, state: "sending", problem: "" };
    const sendText = vi
      .fn(async ({ body }: { body: string; key: string }) => ({ ...sent, body }))
      .mockRejectedValueOnce(Object.assign(new Error(night), { code: "text_needs_reason" }));
    const { user } = await openThread({
      sendText,
      threadTimeline: async () => ({ next: null, results: [entry(failed)] }),
    });
    await user.click(button("Try again"));
    await screen.findByText(night);
    await user.type(screen.getByLabelText(/^Reason/), "He waits for it{Enter}");
    await waitFor(() => expect(screen.queryByText(night)).toBeNull());
    expect(sendText).toHaveBeenLastCalledWith(
      expect.objectContaining({ body: failed.body, override: "He waits for it" }),
    );
    const [first, second] = sendText.mock.calls.map(([{ key }]) => key);
    expect(first).toBe(second);
    // What came of it is said of the text that was sent now.
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });

  it("says beside it why it may not be tried again", async () => {
    const sendText = async () => Promise.reject(Object.assign(new Error(night), { code: "text_refused" }));
    const { user } = await openThread({
      sendText,
      threadTimeline: async () => ({ next: null, results: [entry(failed)] }),
    });
    await user.click(button("Try again"));
    await screen.findByText(night);
    expect(screen.queryByLabelText(/^Reason/)).toBeNull();
  });
});

describe("a note in a thread that gets no texts", () => {
  const closed = { ...thread, closed: "stopped" as const };
  const note = () => screen.getByLabelText<HTMLTextAreaElement>("Note");

  it("is still there when one comes back, and gone once it is not wanted", async () => {
    const desk = show(readyState(), { ...api, threads: async () => ({ next: null, results: [closed] }) });
    const open = async () => {
      await desk.user.click(tab());
      await desk.user.click(await screen.findByRole("button", { name: /^Maya Okonkwo/ }));
      await screen.findByText("Maya gets no texts from Support.");
    };
    await open();
    await desk.user.click(button("Add note"));
    await desk.user.type(note(), "Wants to be rung");
    expect(desk.contacts.notes.hasUnsaved()).toBe(true);

    await desk.user.click(screen.getByRole("tab", { name: "Call log" }));
    expect(screen.queryByLabelText("Note")).toBeNull();
    await desk.user.click(tab());
    await waitFor(() => expect(note().value).toBe("Wants to be rung"));

    await desk.user.click(button("Cancel"));
    await desk.user.click(button("Add note"));
    expect(note().value).toBe("");
    expect(desk.contacts.notes.hasUnsaved()).toBe(false);
  });
});

describe("the Messages tab", () => {
  it("says how many threads wait, and reads the one that is opened", async () => {
    const desk = await openThread();
    desk.text({ ...sample("desk.snapshot"), unread_threads: [{ id: 7, assigned_to: null, unread: 1 }] });
    await waitFor(() => expect(tab().textContent).toContain("1 to read"));
    await waitFor(() => expect(desk.api.readThread).toHaveBeenCalledWith(7, 41));
    desk.text(sample("thread.changed"));
    await waitFor(() => expect(tab().textContent).not.toContain("to read"));
  });

  it("goes through the rows by arrows", async () => {
    const other = { ...thread, id: 8, number: "+12025550143", display: "(202) 555-0143", contact: null };
    const { user } = show(readyState(), { threads: async () => ({ next: null, results: [thread, other] }) });
    await user.click(tab());
    const row = await screen.findByRole("button", { name: /^Maya Okonkwo/ });
    row.focus();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement?.textContent).toContain("(202) 555-0143");
    await user.keyboard("{ArrowUp}{Enter}");
    await screen.findByRole("heading", { name: "Maya Okonkwo" });
  });

  it("names the group send that a text was part of, and opens it without leaving the page", async () => {
    const sent: Text = {
      ...message,
      direction: "outbound",
      origin: "group",
      group_send: { id: 1, title: "Autumn round" },
    };
    const desk = await openThread({ threadTimeline: async () => ({ next: null, results: [entry(sent)] }) });
    const link = screen.getByRole("link", { name: /^Group send “.?Autumn round.?”$/ });
    expect(link.getAttribute("href")).toBe("/group-sends/1/");

    await desk.user.click(link);

    await waitFor(() => expect(location.pathname).toBe("/group-sends/1/"));
    expect(desk.groupSends.get().place).toBe(1);
  });

  it("sends with Enter, and starts a line with Shift and Enter", async () => {
    const { user, api: asked } = await openThread();
    await user.type(field(), "One{Shift>}{Enter}{/Shift}two{Enter}");
    await waitFor(() =>
      expect(asked.sendText).toHaveBeenCalledWith(expect.objectContaining({ body: "One\ntwo", thread: 7 })),
    );
    await waitFor(() => expect(field().value).toBe(""));
  });

  it("keeps what could not be sent, and says why", async () => {
    const { user } = await openThread({
      sendText: vi.fn(async () => {
        throw Object.assign(new Error("This number replied STOP."), { status: 409 });
      }),
    });
    await user.type(field(), "Hello{Enter}");
    await screen.findByText("This number replied STOP.");
    expect(field().value).toBe("Hello");
  });

  it("says what is wrong with a part of what could not be sent", async () => {
    const { user } = await openThread({
      sendText: vi.fn(async () => {
        throw Object.assign(new Error("Check what you sent."), {
          fields: { media: "These files are too large." },
        });
      }),
    });
    await user.type(field(), "Hello{Enter}");
    await screen.findByText("These files are too large.");
  });

  it("is not left for a caller while a text is written, and otherwise is", async () => {
    const desk = await openThread();
    await desk.user.type(field(), "Half a sen");
    field().blur();
    desk.send(push(sample("call.incoming")), rang);
    await waitFor(() => expect(screen.getByRole("tab", { name: /^Caller/ }).textContent).toContain("new"));
    expect(tab().getAttribute("aria-selected")).toBe("true");
    expect(field().value).toBe("Half a sen");
  });

  it("makes room for a caller when nothing is written", async () => {
    const desk = await openThread();
    field().blur();
    desk.send(push(sample("call.incoming")), rang);
    await waitFor(() =>
      expect(screen.getByRole("tab", { name: /^Caller/ }).getAttribute("aria-selected")).toBe("true"),
    );
  });

  it("says aloud who wrote, and nothing in a call", async () => {
    const desk = show(readyState(), api);
    desk.text(sample("message.new"));
    await waitFor(() =>
      expect(screen.getByTestId("polite").textContent).toBe("New message from Maya Okonkwo."),
    );
  });

  it("closes the field after STOP, with who can change that", async () => {
    const closed = { ...thread, closed: "stopped" as const };
    const desk = show(readyState(), { ...api, threads: async () => ({ next: null, results: [closed] }) });
    await desk.user.click(tab());
    await desk.user.click(await screen.findByRole("button", { name: /^Maya Okonkwo/ }));
    await screen.findByText("Maya gets no texts from Support.");
    screen.getByText(/Only Maya can change that, by writing START to \(202\) 555-0100/);
    expect(screen.queryByLabelText("Text Maya")).toBeNull();
  });

  it("tries a failed text again, says what helps, and names the code for the admin", async () => {
    const failed = sample("message.status").message;
    const desk = await openThread({
      threadTimeline: async () => ({ next: null, results: [entry(failed), entry(message)] }),
    });
    await screen.findByText(/for the admin: 30007/);
    await desk.user.click(button("What helps"));
    screen.getByText(failed.help);
    await desk.user.click(button("Try again"));
    await waitFor(() =>
      expect(desk.api.sendText).toHaveBeenCalledWith(expect.objectContaining({ body: failed.body })),
    );
  });

  it("puts a ready-made text in, and waits for its empty field", async () => {
    const text = { id: 1, name: "Part", body: "Hello {first name}, a new {part} is on its way.", line: null };
    const { user, api: asked } = await openThread({ readyTexts: async () => [text] });
    await user.click(button("Ready-made"));
    await screen.findByRole("option", { name: /^Part/ });
    await user.keyboard("{Enter}");
    expect(field().value).toBe("Hello Maya, a new {part} is on its way.");
    screen.getByText("1 field is empty: part");
    await user.click(button("Send"));
    expect(asked.sendText).not.toHaveBeenCalled();
  });

  it("closes the ready-made texts with Escape and gives focus back", async () => {
    const { user } = await openThread();
    await user.click(button("Ready-made"));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(button("Ready-made")));
    expect(screen.queryByRole("listbox")).toBeNull();
  });

  it("gives the thread to somebody", async () => {
    const { user, api: asked } = await openThread();
    await user.click(button("Whose thread: Nobody"));
    await user.click(screen.getByRole("menuitemradio", { name: /Ada Byron/ }));
    expect(asked.assignThread).toHaveBeenCalledWith(7, 1);
  });

  it("uploads what is chosen and sends it with the text", async () => {
    const { user, api: asked } = await openThread();
    const input = screen.getByLabelText<HTMLInputElement>("Photo or file");
    await user.upload(input, new File(["x"], "leg.png", { type: "image/png" }));
    await screen.findByText("leg.png");
    await waitFor(() => expect(button("Send").getAttribute("aria-disabled")).toBe("false"));
    await user.click(button("Send"));
    await waitFor(() => expect(asked.sendText).toHaveBeenCalledWith(expect.objectContaining({ media: [5] })));
    await waitFor(() => expect(screen.queryByText("leg.png")).toBeNull());
  });
});

describe("Text", () => {
  it("opens the thread with a caller", async () => {
    const desk = show(after(readyState(), push(sample("call.incoming")), rang), api);
    const card = await screen.findAllByRole("region", { name: "Contact" });
    await desk.user.click(within(card[0] as HTMLElement).getByRole("button", { name: "Text" }));
    await screen.findByRole("region", { name: "Maya Okonkwo" });
    expect(tab().getAttribute("aria-selected")).toBe("true");
  });
});
