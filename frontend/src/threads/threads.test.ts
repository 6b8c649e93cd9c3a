import { describe, expect, it, vi } from "vitest";
import type { Text, Thread } from "../messages";
import { fakeApi } from "../testing/fakes";
import { sample } from "../testing/samples";
import { createConversation } from "./conversation";
import { emptyFields, filledIn } from "./drafts";
import { createNews } from "./news";
import { segmentsOf } from "./segments";
import { createThreadList } from "./threadList";
import { momentOf } from "./words";

const { thread, message } = sample("message.new");
const entry = (text: Text) => ({
  kind: "message" as const,
  at: text.at,
  id: `message-${text.id}`,
  message: text,
  call: null,
  consent: null,
});
const settled = () => new Promise((resolve) => setTimeout(resolve));
const texts = (store: ReturnType<typeof createConversation>) =>
  store.get()?.entries.map((each) => each.message?.body);

async function opened(api = fakeApi()) {
  const store = createConversation(api);
  store.open(thread);
  await settled();
  return { api, store };
}

describe("segments", () => {
  it.each([
    ["", 0, 0, 160],
    ["a".repeat(160), 1, 160, 160],
    ["a".repeat(161), 2, 161, 306],
    ["€".repeat(80), 1, 160, 160],
    ["€".repeat(81), 2, 162, 306],
    ["a".repeat(152) + "€" + "a".repeat(10), 2, 164, 306],
    ["–".repeat(70), 1, 70, 70],
    ["–" + "a".repeat(70), 2, 71, 134],
    ["🙂".repeat(35), 1, 70, 70],
    ["🙂".repeat(36), 2, 72, 134],
    ["äöüß\n@", 1, 6, 160],
  ])("of %j are counted as networks carry them", (text, count, length, room) => {
    expect(segmentsOf(text)).toMatchObject({ count, length, room });
  });

  it("names the letter that takes the room", () => {
    expect(segmentsOf("Tea – at noon").odd).toBe("–");
    expect(segmentsOf("Tea at noon").odd).toBe("");
  });
});

describe("ready-made texts", () => {
  it("are filled in as far as is known, and say what is not", () => {
    const text = filledIn("Hello {first name}, your {part} by {Agent}", {
      "first name": "Maya",
      agent: "Ada",
    });
    expect(text).toBe("Hello Maya, your {part} by Ada");
    expect(emptyFields({ text, fields: ["part"] })).toEqual(["part"]);
    expect(emptyFields({ text: "Hello {smile}", fields: [] })).toEqual([]);
  });
});

describe("moments", () => {
  it("say the day when it is not today", () => {
    const now = Date.parse("2026-11-23T12:00:00");
    expect(momentOf("2026-11-23T10:55:00", now)).not.toMatch(/Mon/);
    expect(momentOf("2026-11-20T10:55:00", now)).toMatch(/Fri/);
    expect(momentOf("2026-11-01T10:55:00", now)).toMatch(/Nov/);
    expect(momentOf("2025-11-01T10:55:00", now)).toMatch(/2025/);
  });
});

describe("an open thread", () => {
  it("keeps a draft for each thread until it is sent", async () => {
    const { api, store } = await opened();
    store.write("Half a sentence");
    store.open({ ...thread, id: 8, number: "+12025550143" });
    await settled();
    expect(store.get()?.draft.text).toBe("");
    store.open(thread);
    await settled();
    expect(store.get()?.draft.text).toBe("Half a sentence");
    expect(store.hasUnsent()).toBe(true);
    await store.send();
    expect(api.sendText).toHaveBeenCalledWith(
      expect.objectContaining({ body: "Half a sentence", thread: 7 }),
    );
    expect(store.get()?.draft.text).toBe("");
    expect(store.hasUnsent()).toBe(false);
  });

  it("sends the very same again under the same name, and anything else under another", async () => {
    const sendText = vi
      .fn()
      .mockRejectedValueOnce({ message: "Away." })
      .mockRejectedValueOnce({ message: "Away." });
    sendText.mockResolvedValue(message);
    const { store } = await opened(fakeApi({ sendText }));
    store.write("Hello");
    await store.send();
    expect(store.get()).toMatchObject({ problem: "Away.", draft: { text: "Hello" } });
    await store.send();
    store.write("Hello there");
    await store.send();
    const keys = sendText.mock.calls.map(([{ key }]) => key as string);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it("sends no text without the file that could not be uploaded, until that is taken away", async () => {
    const sendText = vi.fn(async () => message);
    const uploadFile = async () => Promise.reject(new Error("Too large."));
    const { store } = await opened(fakeApi({ sendText, uploadFile }));
    store.write("See the picture.");
    store.choose([new File(["x"], "lamp.jpg")]);
    await settled();
    await store.send();
    expect(sendText).not.toHaveBeenCalled();
    const [failed] = store.get()?.draft.files ?? [];
    expect(failed).toMatchObject({ state: "failed", problem: "Too large." });

    store.discard(failed as never);
    await store.send();
    expect(sendText).toHaveBeenCalledOnce();
  });

  describe("while a text is on its way", () => {
    let finish: (text: Text) => void = () => {};
    const sendText = vi.fn(() => new Promise<Text>((resolve) => (finish = resolve)));
    const file = (name: string) => new File(["x"], name);
    let uploads = 0;
    const uploadFile = async () => ({ id: ++uploads }) as never;

    async function going(text: string, ...names: string[]) {
      uploads = 0;
      const { store } = await opened(fakeApi({ sendText, uploadFile }));
      store.write(text);
      store.choose(names.map(file));
      await settled();
      const sending = store.send();
      return { store, arrive: () => (finish(message), sending) };
    }

    it("keeps what is written on, and nothing of what was sent", async () => {
      const { store, arrive } = await going("One", "lamp.jpg");
      store.write("One, two");
      await arrive();
      expect(store.get()?.draft).toMatchObject({ text: ", two", files: [] });
    });

    it("keeps whole what is written instead", async () => {
      const { store, arrive } = await going("One");
      store.write("");
      store.write("One more thing");
      await arrive();
      expect(store.get()?.draft.text).toBe("One more thing");
    });

    it("keeps files that are chosen", async () => {
      const { store, arrive } = await going("One", "lamp.jpg");
      store.choose([file("sofa.jpg")]);
      await settled();
      await arrive();
      expect(store.get()?.draft).toMatchObject({ text: "", files: [{ name: "sofa.jpg", state: "ready" }] });
      void store.send();
      expect(sendText).toHaveBeenLastCalledWith(expect.objectContaining({ body: "", media: [2] }));
    });

    it("sends two files of one name and size as two", async () => {
      const { store, arrive } = await going("One", "image.jpg", "image.jpg");
      expect(sendText).toHaveBeenLastCalledWith(expect.objectContaining({ media: [1, 2] }));
      await arrive();
      expect(store.hasUnsent()).toBe(false);
    });
  });

  it("does not send what still has empty fields", async () => {
    const { api, store } = await opened();
    store.put("Hello {name}");
    await store.send();
    expect(api.sendText).not.toHaveBeenCalled();
    store.write("Hello Maya");
    await store.send();
    expect(api.sendText).toHaveBeenCalledOnce();
  });

  it("shows what is pushed once, in its place, and not an older state of it", async () => {
    const api = fakeApi({
      threadTimeline: async () => ({ next: null, results: [entry(message)] }),
    });
    const { store } = await opened(api);
    const { message: ours, thread: newer } = sample("message.status");
    store.mergeText(newer, ours);
    store.mergeText({ ...newer, revision: 4 }, { ...ours, state: "sent" });
    expect(texts(store)).toEqual([message.body, ours.body]);
    expect(store.get()?.entries.at(-1)?.message?.state).toBe("failed");
    store.mergeText({ ...newer, id: 9, number: "+12025550199" }, { ...ours, id: 77 });
    expect(texts(store)).toHaveLength(2);
  });

  describe("with older pages", () => {
    const old = (id: number) => ({ ...message, id, at: `2026-11-20T10:00:${String(id).padStart(2, "0")}Z` });
    const page = (ids: number[], next: string | null) => ({ next, results: ids.map((id) => entry(old(id))) });
    const ids = (store: ReturnType<typeof createConversation>) =>
      store.get()?.entries.map((each) => each.message?.id);
    const pushed = { ...message, id: 7, at: "2026-11-20T10:00:07Z", direction: "inbound" as const };

    async function withOlder() {
      const threadTimeline = vi.fn(async () => page([6, 5, 4], "page-2"));
      const threadTimelineAt = vi.fn(async () => page([3, 2], "page-3"));
      const made = await opened(fakeApi({ threadTimeline, threadTimelineAt }));
      made.store.loadOlder();
      await settled();
      return { ...made, threadTimeline, threadTimelineAt };
    }

    it("keeps them when the customer writes, and goes on behind them", async () => {
      const { store, threadTimeline, threadTimelineAt } = await withOlder();
      threadTimeline.mockResolvedValue(page([7, 6, 5], "page-2-now"));
      store.mergeText(thread, pushed);
      await settled();
      expect(threadTimeline).toHaveBeenCalledTimes(2);
      expect(ids(store)).toEqual([2, 3, 4, 5, 6, 7]);
      store.loadOlder();
      expect(threadTimelineAt).toHaveBeenLastCalledWith("page-3");
    });

    it("begins anew when nobody knows what lies between", async () => {
      const { store, threadTimeline } = await withOlder();
      threadTimeline.mockResolvedValue(page([9, 8, 7], "page-2-now"));
      store.refresh();
      await settled();
      expect(ids(store)).toEqual([7, 8, 9]);
      expect(store.get()?.next).toBe("page-2-now");
    });

    it("hears an older page that was asked for before the newest was asked for again", async () => {
      let come: (read: ReturnType<typeof page>) => void = () => {};
      const { store, threadTimelineAt } = await withOlder();
      threadTimelineAt.mockImplementation(() => new Promise((resolve) => (come = resolve)));
      store.loadOlder();
      store.refresh();
      await settled();
      come(page([1], null));
      await settled();
      expect(ids(store)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(store.get()).toMatchObject({ next: null, more: "idle" });
    });
  });

  it("does not take an older answer for what was pushed while it was on its way", async () => {
    let answer: () => void = () => {};
    const { message: ours, thread: newer } = sample("message.status");
    const before = { next: null, results: [entry({ ...ours, state: "sending" as const })] };
    const threadTimeline = vi.fn(async () => before);
    const { store } = await opened(fakeApi({ threadTimeline }));
    threadTimeline.mockImplementation(async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return before;
    });
    store.refresh();
    store.mergeText(newer, ours);
    store.mergeThread({ ...newer, revision: newer.revision + 1, unread: 5 });
    answer();
    await settled();
    expect(store.get()?.entries.at(-1)?.message?.state).toBe(ours.state);
    expect(store.get()?.thread).toMatchObject({ revision: newer.revision + 1, unread: 5 });
  });

  it("shows what was pushed while it was first loaded", async () => {
    let answer: () => void = () => {};
    const threadTimeline = async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return { next: null, results: [] };
    };
    const store = createConversation(fakeApi({ threadTimeline }));
    store.open(thread);
    const { message: ours, thread: newer } = sample("message.status");
    store.mergeText(newer, ours);
    answer();
    await settled();
    expect(texts(store)).toEqual([ours.body]);
  });

  it("is read only while somebody sees it", async () => {
    const api = fakeApi({ threadTimeline: async () => ({ next: null, results: [entry(message)] }) });
    const { store } = await opened(api);
    expect(api.readThread).not.toHaveBeenCalled();
    store.look(true);
    expect(api.readThread).toHaveBeenCalledWith(7, message.id);
  });

  it("forgets everything when the session ends", async () => {
    const { store } = await opened();
    store.write("Secret");
    store.clear();
    expect(store.get()).toBeNull();
    expect(store.hasUnsent()).toBe(false);
  });

  it("begins with whom nobody has written to yet", async () => {
    const { line, number, display, contact } = thread;
    const api = fakeApi();
    const store = createConversation(api);
    store.openWith({ line, number, display, contact });
    await settled();
    store.write("Good morning");
    await store.send();
    expect(api.threads).toHaveBeenCalledWith(expect.objectContaining({ number, line: line.id }));
    expect(api.sendText).toHaveBeenCalledWith(expect.objectContaining({ thread: null, line: 1, to: number }));
  });
});

describe("the list of threads", () => {
  const theirs: Thread = { ...thread, id: 9, assigned_to: { id: 2, identity: "agent_2", name: "Grace" } };

  it("counts what is mine and what is nobody's", () => {
    const list = createThreadList(fakeApi(), 1);
    list.recount([
      { id: 1, assigned_to: 1, unread: 2 },
      { id: 2, assigned_to: null, unread: 1 },
    ]);
    expect(list.unread()).toEqual({ mine: 1, nobody: 1 });
    list.merge(thread);
    list.merge(theirs);
    expect(list.unread()).toEqual({ mine: 1, nobody: 2 });
    list.merge({ ...thread, unread: 0, revision: 9 });
    expect(list.unread()).toEqual({ mine: 1, nobody: 1 });
  });

  it("shows pushed threads that belong to what was asked for, the newest first", async () => {
    const list = createThreadList(fakeApi(), 1);
    list.load();
    await settled();
    list.merge(thread);
    list.merge({ ...theirs, last_at: "2026-11-23T10:00:00Z" });
    expect(list.get().rows.map(({ id }) => id)).toEqual([9, 7]);
    list.filter("nobody");
    await settled();
    list.merge(theirs);
    list.merge(thread);
    expect(list.get().rows.map(({ id }) => id)).toEqual([7]);
  });
});

describe("news", () => {
  it("is told once, and not in a call", () => {
    const news = createNews();
    news.tell(sample("message.new"), true);
    expect(news.get()).toBe("");
    news.tell(sample("message.new"), false);
    expect(news.get()).toBe("New message from Maya Okonkwo.");
    news.tell(sample("message.status"), false);
    expect(news.get()).toMatch(/^Text to Maya not delivered: /);
    const said = news.get();
    news.tell(sample("message.status"), false);
    expect(news.get()).toBe(said);
  });

  it("says that texts are off", () => {
    const news = createNews();
    const push = sample("message.new");
    news.tell(
      { ...push, thread: { ...push.thread, closed: "stopped" }, message: { ...push.message, body: "Stop" } },
      false,
    );
    expect(news.get()).toBe("Maya wrote STOP. Texts are off.");
  });
});
