import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeSendsApi, SENDS } from "../../gallery/sends";
import { createNews } from "../threads/news";
import { sample } from "../testing/samples";
import { sales } from "../../gallery/data";
import { sendsPathOf, sendsPlaceOf } from "./address";
import { draftOf, inputOf, localField } from "./draft";
import { createGroupSends } from "./groupSends";
import type { GroupSend, GroupSendsApi, SendPart, SendProgress } from "./ports";
import { countWord, durationWord, priceOfSome, segmentsWord, twinWord } from "./words";

const WRITING = 800;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function begin(change: Partial<GroupSendsApi> = {}) {
  const api: GroupSendsApi = { ...fakeSendsApi("full"), ...change };
  return { api, sends: createGroupSends(api) };
}

const settle = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);
const sendOf = (id: number) => fakeSendsApi("full").send(id);

describe("an address", () => {
  it("says what is shown, and the other way round", () => {
    for (const [path, place] of [
      ["/group-sends/", "list"],
      ["/group-sends/new/", "new"],
      ["/group-sends/12/", 12],
      ["/contacts/12/", "elsewhere"],
      ["/", "elsewhere"],
    ] as const) {
      expect(sendsPlaceOf(path)).toBe(place);
      if (place !== "elsewhere") expect(sendsPathOf(place, "/contacts/3/")).toBe(path);
    }
    expect(sendsPathOf("elsewhere", "/group-sends/12/")).toBe("/");
    expect(sendsPathOf("list", "/below/group-sends/new/")).toBe("/below/group-sends/");
  });
});

describe("a text that is written", () => {
  it("is kept once after a pause, and has an address from then on", async () => {
    const create = vi.fn(fakeSendsApi("full").create);
    const { sends } = begin({ create });
    sends.go("new");
    sends.write({ groups: [{ id: 1, name: "Trade customers" }] }, sales);
    await settle(WRITING);
    expect(create).not.toHaveBeenCalled();
    sends.write({ body: "Hel" });
    sends.write({ body: "Hello" });
    expect(sends.hasUnsaved()).toBe(true);
    await settle(WRITING);
    expect(create).toHaveBeenCalledTimes(1);
    expect(create).toHaveBeenCalledWith(
      expect.objectContaining({ body: "Hello", line: sales.id, groups: [1] }),
    );
    expect(sends.get().place).toBe(9);
    expect(sends.hasUnsaved()).toBe(false);
  });

  it("that goes on while it is kept is kept again, and the figures are old until then", async () => {
    let answer: ((send: GroupSend) => void) | undefined;
    const create = vi.fn(() => new Promise<GroupSend>((resolve) => (answer = resolve)));
    const change = vi.fn(fakeSendsApi("full").change);
    const { sends } = begin({ create, change });
    sends.go("new");
    sends.write({ body: "Hello" }, sales);
    await settle(WRITING);
    sends.write({ body: "Hello again" });
    const kept = { ...(await sendOf(SENDS.draft)), id: 9 };
    answer?.(kept);
    await settle();
    expect(sends.get().writing).toMatchObject({ id: 9, counting: true, draft: { body: "Hello again" } });
    await settle(WRITING);
    expect(create).toHaveBeenCalledTimes(1);
    expect(change).toHaveBeenCalledWith(9, expect.objectContaining({ body: "Hello again" }), kept.revision);
    expect(sends.get().writing?.counting).toBe(false);
  });

  it("stays while another view is looked at", async () => {
    const { sends } = begin();
    sends.go("new");
    sends.write({ body: "Half a sen" }, sales);
    sends.go("elsewhere");
    await settle(WRITING);
    sends.go(9);
    expect(sends.get().writing?.draft.body).toBe("Half a sen");
    expect(sends.get().open?.loading).toBe("ready");
  });

  it("says what is wrong with it, and is not started", async () => {
    const start = vi.fn(fakeSendsApi("full").start);
    const { sends } = begin({ create: fakeSendsApi("wrong").create, start });
    sends.go("new");
    sends.write({ body: "Hello {fist name}" }, sales);
    await settle(WRITING);
    expect(sends.get().writing?.wrong.body).toContain("fist name");
    await expect(sends.start()).resolves.toBe(false);
    expect(start).not.toHaveBeenCalled();
  });

  it("is started as it stands in the form, not as it was kept last", async () => {
    const order: string[] = [];
    const { sends } = begin({
      change: async (_id, { body }) => {
        order.push(`kept ${body}`);
        return { ...(await sendOf(SENDS.draft)), id: 9 };
      },
      start: async () => {
        order.push("started");
        return { ...(await sendOf(SENDS.running)), id: 9 };
      },
    });
    sends.go("new");
    sends.write({ body: "Hello" }, sales);
    await settle(WRITING);
    sends.write({ body: "Hello, at last" });
    await sends.start();
    expect(order).toEqual(["kept Hello, at last", "started"]);
    expect(sends.get()).toMatchObject({ writing: null, place: 9, open: { send: { state: "running" } } });
  });

  describe("and changed in another tab", () => {
    const message = "Somebody else has just changed this draft. Read it again.";

    async function two() {
      let stored = { ...(await sendOf(SENDS.draft)), revision: 4 };
      const held = async <T>(revision: number, work: () => T): Promise<T> => {
        if (revision !== stored.revision) throw { status: 409, message };
        return work();
      };
      const start = vi.fn((_id: number, revision: number) =>
        held(revision, () => ({ ...stored, state: "running" as const })),
      );
      const { sends } = begin({
        send: async () => stored,
        change: (_id, { body = "" }, revision) =>
          held(revision, () => (stored = { ...stored, body, revision: revision + 1 })),
        start,
      });
      sends.go(stored.id);
      await settle();
      stored = { ...stored, body: "Theirs", revision: 5 };
      return { sends, start, body: () => stored.body };
    }

    it("is not started, and shows what the other has written", async () => {
      const { sends, start } = await two();
      await expect(sends.start()).resolves.toBe(false);
      expect(sends.get()).toMatchObject({ problem: message, writing: { draft: { body: "Theirs" } } });
      await expect(sends.start()).resolves.toBe(true);
      expect(start.mock.calls.map(([, revision]) => revision)).toEqual([4, 5]);
    });

    it("keeps what was written here, and only says so at first", async () => {
      const { sends, start, body } = await two();
      sends.write({ body: "Mine" });
      await settle(WRITING);
      expect(sends.get().writing).toMatchObject({ problem: message, draft: { body: "Mine" } });
      expect(body()).toBe("Theirs");
      await expect(sends.start()).resolves.toBe(true);
      expect(body()).toBe("Mine");
      expect(start).toHaveBeenCalledWith(SENDS.draft, 6);
    });
  });

  describe("and thrown away by somebody else", () => {
    const gone = { status: 404, message: "Not found." };

    async function thrownAway() {
      const create = vi.fn(fakeSendsApi("full").create);
      const api = { create, change: () => Promise.reject(gone), remove: () => Promise.reject(gone) };
      const { sends } = begin(api);
      sends.go(SENDS.draft);
      await settle();
      return { sends, create };
    }

    it("is kept as another, which has an address of its own", async () => {
      const { sends, create } = await thrownAway();
      sends.write({ body: "Mine" });
      await settle(WRITING);
      expect(create).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ body: "Mine" }));
      expect(sends.get()).toMatchObject({ place: 9, writing: { id: 9, counting: false, problem: "" } });
      expect(sends.get().said).toContain("Somebody threw this draft away");
    });

    it("can be thrown away here, too", async () => {
      const { sends } = await thrownAway();
      await expect(sends.discard()).resolves.toBe(true);
      expect(sends.get()).toMatchObject({ place: "list", writing: null });
    });
  });

  it("keeps a name of its own, but not one that was made of its beginning", async () => {
    const draft = await sendOf(SENDS.draft);
    expect(draftOf(draft).title).toBe("Warehouse closed at Christmas");
    expect(draftOf({ ...draft, title: draft.body.slice(0, 60) }).title).toBe("");
  });

  it("goes out later at the moment that the field says here", async () => {
    const draft = draftOf(await sendOf(SENDS.draft));
    const moment = new Date(2026, 11, 1, 9, 30);
    expect(inputOf({ ...draft, later: true, at: localField(moment) })?.scheduled_for).toBe(
      moment.toISOString(),
    );
    expect(inputOf({ ...draft, later: true, at: "" })?.scheduled_for).toBeNull();
    expect(inputOf({ ...draft, body: "  " })).toBeNull();
  });
});

describe("a push", () => {
  const part = (send: GroupSend, change: Partial<SendPart>): SendPart => ({ ...send, ...change });

  it("moves the send that is looked at, and never back", async () => {
    const { sends } = begin();
    sends.go(SENDS.running);
    await settle();
    const send = await sendOf(SENDS.running);
    sends.merge(part(send, { revision: 9, state: "finished" }));
    sends.merge(part(send, { revision: 8, state: "running" }));
    expect(sends.get().open?.send).toMatchObject({ state: "finished", revision: 9, body: send.body });
  });

  it("brings the people after it, a few seconds at a time", async () => {
    const recipients = vi.fn(fakeSendsApi("full").recipients);
    const { sends } = begin({ recipients });
    sends.go(SENDS.running);
    await settle();
    recipients.mockClear();
    const send = await sendOf(SENDS.running);
    for (const revision of [4, 5, 6]) sends.merge(part(send, { revision }));
    await settle(2500);
    expect(recipients).toHaveBeenCalledTimes(1);
  });

  it("of a send that the list does not have brings the list", async () => {
    const list = vi.fn(fakeSendsApi("full").list);
    const { sends } = begin({ list });
    sends.go("list");
    await settle();
    sends.merge({ ...(await sendOf(SENDS.running)), id: 77 });
    expect(list).toHaveBeenCalledTimes(2);
  });

  it("that somebody else has started the draft ends its writing", async () => {
    const { sends } = begin();
    sends.go(SENDS.draft);
    await settle();
    sends.merge(part(await sendOf(SENDS.draft), { revision: 9, state: "running" }));
    expect(sends.get()).toMatchObject({
      writing: null,
      said: "Somebody has started this send.",
      problem: "",
    });
  });

  it("that somebody else has started the draft says so to whoever types", async () => {
    const { sends } = begin();
    sends.go(SENDS.draft);
    await settle();
    sends.write({ body: "One more word" });
    sends.merge(part(await sendOf(SENDS.draft), { revision: 9, state: "running" }));
    expect(sends.get().problem).toContain("What you typed since is not part of it.");
  });

  it("is said aloud when a send ends or has to stop, once, and not for one that was over before", () => {
    const { send } = sample("send.progress");
    const news = createNews();
    const tell = (state: SendPart["state"]) =>
      news.tell({ type: "send.progress", send: { ...send, state } }, false);
    tell("finished");
    expect(news.get()).toBe("");
    tell("running");
    tell("finished");
    expect(news.get()).toBe("Sent: 214 of 412 delivered, 7 not.");
    const said = news.get();
    tell("finished");
    expect(news.get()).toBe(said);
    tell("running");
    tell("stopped");
    expect(news.get()).toBe("A group send has stopped.");
  });
});

describe("the people of a send", () => {
  it("are never those of the send that was looked at before", async () => {
    const { sends } = begin();
    sends.go(SENDS.running);
    await settle();
    expect(sends.get().peopleOf).toBe(SENDS.running);
    sends.go(SENDS.finished);
    expect(sends.get().peopleOf).toBeNull();
    await settle();
    expect(sends.get().peopleOf).toBe(SENDS.finished);
  });
});

describe("what cannot be done", () => {
  it("is a sentence, and the send stays as it is", async () => {
    const { sends } = begin();
    sends.go(SENDS.running);
    await settle();
    await expect(sends.pause()).resolves.toBe(false);
    expect(sends.get().problem).toBe("The server cannot be reached. Check your connection.");
    expect(sends.get().open?.send?.state).toBe("running");
    expect(sends.get().busy).toBe(false);
  });
});

describe("what the list says of a send", () => {
  it("is that it waits, while nobody may be texted", async () => {
    const send = await sendOf(SENDS.running);
    if (!send.progress) throw new Error("A running one has progress.");
    const now = Date.parse("2026-11-23T22:00:00Z");
    const row = (more: Partial<SendProgress>) => ({
      ...send,
      progress: { ...send.progress!, handed: 20, ...more },
    });
    expect(countWord(row({ seconds_left: 60, goes_on_at: null }), now)).toMatch(/^20 of [\d,]+ sent$/);
    expect(countWord(row({ seconds_left: 0, goes_on_at: "2026-11-24T08:00:00Z" }), now)).toMatch(
      /^20 of [\d,]+ sent · waits, goes on from 8:00/,
    );
  });
});

describe("what is said of a text", () => {
  it("names the letter that is not plain, and its twin", async () => {
    const { summary } = await sendOf(SENDS.draft);
    if (!summary) throw new Error("A draft has a summary.");
    expect(segmentsWord(summary)).toBe("2 segments: the dash (–) is not a plain SMS letter");
    expect(twinWord(summary)).toBe("Use a hyphen (-): 1 segment");
    const more = { ...summary, letters: ["–", "“", "ł"] };
    expect(segmentsWord(more)).toBe("2 segments: –, “, and ł are not plain SMS letters");
    expect(twinWord(more)).toBe("Use plain letters: 1 segment");
    expect(twinWord({ ...summary, plain_segments_each: 2 })).toBe("");
    expect(segmentsWord({ ...summary, letters: ["\u00a0"] })).toContain("a space of an unusual width");
    expect(segmentsWord({ ...summary, letters: [], people_not_plain: 3 })).toBe(
      "Up to 2 segments: 3 people’s names have letters that are not plain",
    );
  });

  it("counts minutes up and prices by the person", async () => {
    expect([20, 61, 7300].map(durationWord)).toEqual(["under a minute", "about 2 min", "about 2 h 2 min"]);
    const { summary } = await sendOf(SENDS.finished);
    expect(priceOfSome(summary, 4)).toEqual({ amount: "0.16", unit: "GBP" });
    expect(priceOfSome(summary && { ...summary, price: null }, 4)).toBeNull();
  });
});
