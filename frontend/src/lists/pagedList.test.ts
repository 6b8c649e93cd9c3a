import { describe, expect, it, vi } from "vitest";
import { type Page, pagedList } from "./pagedList";

interface Row {
  id: number;
  revision: number;
  text: string;
}
type Query = { search: string };

const row = (id: number, change: Partial<Row> = {}): Row => ({ id, revision: 1, text: "", ...change });

/** A list whose server answers when the test says so. */
function listOf() {
  const asked: { search: string; answer(page: Page<Row>): void; fail(): void }[] = [];
  const more: { answer(page: Page<Row>): void; fail(): void }[] = [];
  const later = () => {
    let answer: (page: Page<Row>) => void = () => {};
    let fail: () => void = () => {};
    const promise = new Promise<Page<Row>>((resolve, reject) => {
      answer = resolve;
      fail = () => reject(new Error("down"));
    });
    return { promise, answer, fail };
  };
  const list = pagedList<Row, Query>(
    { search: "" },
    {
      first({ search }) {
        const { promise, answer, fail } = later();
        asked.push({ search, answer, fail });
        return promise;
      },
      at() {
        const { promise, answer, fail } = later();
        more.push({ answer, fail });
        return promise;
      },
      key: ({ id }) => String(id),
      compare: (one, other) => other.id - one.id,
      revision: ({ revision }) => revision,
      shows: ({ text }, { search }) => (text === "hidden" ? false : search === "" || "ask"),
    },
  );
  const ids = () => list.get().rows.map(({ id }) => id);
  const shown = (expected: number[]) => vi.waitFor(() => expect(ids()).toEqual(expected));
  const last = () => {
    const question = asked.at(-1);
    if (!question) throw new Error("Nothing was asked.");
    return question;
  };
  async function loaded(results: Row[], next: string | null = null) {
    list.load();
    last().answer({ results, next });
    await shown(results.map(({ id }) => id));
  }
  return { list, asked, more, ids, shown, last, loaded };
}

describe("a paged list", () => {
  it("loads, says when that failed, and loads again", async () => {
    const { list, last, loaded } = listOf();
    list.load();
    expect(list.get().status).toBe("loading");
    last().fail();
    await vi.waitFor(() => expect(list.get().status).toBe("failed"));
    await loaded([row(1)]);
    expect(list.get().status).toBe("ready");
  });

  it("loads more without doubling a row, says when that failed, and tries again", async () => {
    const { list, more, shown, loaded } = listOf();
    await loaded([row(3), row(2)], "?2");
    list.loadMore();
    list.loadMore();
    expect(more).toHaveLength(1);
    more[0]?.fail();
    await vi.waitFor(() => expect(list.get().more).toBe("failed"));
    list.loadMore();
    more[1]?.answer({ results: [row(2), row(1)], next: null });
    await shown([3, 2, 1]);
    expect(list.get()).toMatchObject({ next: null, more: "idle" });
  });

  it("loads more although a refresh fails in the midst of it", async () => {
    const { list, more, last, loaded, shown } = listOf();
    await loaded([row(2)], "?2");
    list.loadMore();
    list.refresh();
    last().fail();
    await vi.waitFor(() => expect(list.get().stale).toBe(true));
    more[0]?.answer({ results: [row(1)], next: null });
    await shown([2, 1]);
    expect(list.get().more).toBe("idle");
  });

  it("keeps further pages at a refresh, and takes what is new and what is gone from the page", async () => {
    const { list, more, last, loaded, shown } = listOf();
    await loaded([row(5), row(4), row(3)], "?2");
    list.loadMore();
    more[0]?.answer({ results: [row(2), row(1)], next: "?3" });
    await shown([5, 4, 3, 2, 1]);
    list.refresh();
    last().answer({ results: [row(6), row(5), row(3)], next: "?2b" });
    await shown([6, 5, 3, 2, 1]);
    expect(list.get()).toMatchObject({ next: "?3", stale: false });
  });

  it("begins anew when so much was missed that the page does not reach what is shown", async () => {
    const { list, more, ids, last, loaded, shown } = listOf();
    await loaded([row(2)], "?2");
    list.loadMore();
    list.refresh();
    last().answer({ results: [row(9), row(8)], next: "?new" });
    await shown([9, 8]);
    more[0]?.answer({ results: [row(1)], next: null });
    await Promise.resolve();
    expect(ids()).toEqual([9, 8]);
    expect(list.get()).toMatchObject({ next: "?new", more: "idle" });
  });

  it("keeps the further pages of a search when a push tells of a row that is not found", async () => {
    const { list, asked, more, last, shown, ids } = listOf();
    list.ask({ search: "m" });
    last().answer({ results: [row(9)], next: "?2" });
    await shown([9]);
    list.loadMore();
    list.merge(row(10));
    last().answer({ results: [row(9)], next: "?2" });
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    more[0]?.answer({ results: [row(8)], next: null });
    await shown([9, 8]);
    list.merge(row(11));
    last().answer({ results: [row(9)], next: "?2" });
    await Promise.resolve();
    expect(ids()).toEqual([9, 8]);
    expect(list.get()).toMatchObject({ next: null, more: "idle" });
  });

  it("asks once more, and not for each, about rows that are pushed while it asks", async () => {
    const { list, asked, last, shown } = listOf();
    list.ask({ search: "m" });
    last().answer({ results: [row(1)], next: null });
    await shown([1]);
    for (const id of [2, 3, 4]) list.merge(row(id));
    expect(asked).toHaveLength(2);
    last().answer({ results: [row(2), row(1)], next: null });
    await shown([2, 1]);
    expect(asked).toHaveLength(3);
    last().answer({ results: [row(3), row(2), row(1)], next: null });
    await shown([3, 2, 1]);
  });

  it("never shows the rows of another search as if they were its own", async () => {
    const { list, asked, last, ids, loaded } = listOf();
    await loaded([row(1)]);
    list.ask({ search: "m" }, 20);
    list.merge(row(10));
    list.refresh();
    expect(asked).toHaveLength(1);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    list.merge(row(11));
    list.refresh();
    expect(asked).toHaveLength(2);
    expect(last().search).toBe("m");
    last().fail();
    await vi.waitFor(() => expect(list.get().status).toBe("failed"));
    expect(ids()).toEqual([]);
  });

  it("keeps a shown row fresh while another search is on its way", async () => {
    const { list, loaded } = listOf();
    await loaded([row(1)]);
    list.ask({ search: "m" }, 20);
    list.merge(row(1, { revision: 2, text: "new" }));
    expect(list.get().rows).toEqual([row(1, { revision: 2, text: "new" })]);
    list.clear();
  });

  it("loads no later page of a search that is not shown any more", async () => {
    const { list, more, loaded } = listOf();
    await loaded([row(5)], "?2");
    list.ask({ search: "m" }, 20);
    list.loadMore();
    expect(more).toHaveLength(0);
    list.clear();
  });

  it("keeps what is shown when a refresh fails, and knows that it is old", async () => {
    const { list, ids, last, loaded, shown } = listOf();
    await loaded([row(1)]);
    list.refresh();
    last().fail();
    await vi.waitFor(() => expect(list.get().stale).toBe(true));
    expect(list.get().status).toBe("ready");
    expect(ids()).toEqual([1]);
    list.refresh();
    last().answer({ results: [row(2), row(1)], next: null });
    await shown([2, 1]);
    expect(list.get().stale).toBe(false);
  });

  it("hears no answer to an earlier question, not even while the next one is being typed", async () => {
    const { list, asked, ids, last, loaded, shown } = listOf();
    await loaded([row(1)]);
    list.ask({ search: "m" });
    list.ask({ search: "ma" }, 20);
    asked[1]?.answer({ results: [row(8)], next: null });
    await Promise.resolve();
    expect(ids()).toEqual([1]);
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    expect(last().search).toBe("ma");
    last().answer({ results: [row(9)], next: null });
    await shown([9]);
  });

  it("hears no later page of an earlier question", async () => {
    const { list, more, ids, last, loaded, shown } = listOf();
    await loaded([row(5)], "?2");
    list.loadMore();
    list.ask({ search: "m" });
    last().answer({ results: [row(9)], next: null });
    await shown([9]);
    more[0]?.answer({ results: [row(4)], next: null });
    await Promise.resolve();
    expect(ids()).toEqual([9]);
  });

  it("puts a pushed row in its place, and lets the newer of two stand", async () => {
    const { list, ids, loaded } = listOf();
    await loaded([row(3), row(1, { revision: 5, text: "new" })]);
    list.merge(row(2));
    list.merge(row(1, { revision: 4, text: "old" }));
    expect(ids()).toEqual([3, 2, 1]);
    expect(list.get().rows[2]?.text).toBe("new");
    list.merge(row(2, { revision: 2, text: "hidden" }));
    expect(ids()).toEqual([3, 1]);
  });

  it("leaves a row to its page when it comes after all that is shown", async () => {
    const { list, ids, loaded } = listOf();
    await loaded([row(9)], "?2");
    list.merge(row(1));
    expect(ids()).toEqual([9]);
  });

  it("loses no row that is pushed while an answer is on its way", async () => {
    const { list, last, shown, loaded } = listOf();
    list.load();
    list.merge(row(2));
    last().answer({ results: [row(1)], next: null });
    await shown([2, 1]);
    list.refresh();
    list.merge(row(3));
    last().answer({ results: [row(2), row(1)], next: null });
    await shown([3, 2, 1]);
    await loaded([row(4)]);
  });

  it("asks the server, once, about a row of which only the server knows whether it was searched for", async () => {
    const { list, asked, last, shown } = listOf();
    list.ask({ search: "m" });
    last().answer({ results: [row(1)], next: null });
    await shown([1]);
    list.merge(row(2));
    list.merge(row(1, { revision: 2 }));
    expect(asked).toHaveLength(2);
    last().answer({ results: [row(1)], next: null });
    await shown([1]);
    expect(asked).toHaveLength(2);
  });

  it("forgets everything, what was searched for included", async () => {
    const { list, asked, last, ids, loaded } = listOf();
    await loaded([row(1)]);
    list.ask({ search: "m" });
    list.clear();
    last().answer({ results: [row(1)], next: null });
    await Promise.resolve();
    expect(ids()).toEqual([]);
    expect(list.get()).toMatchObject({ query: { search: "" }, status: "ready" });
    expect(asked).toHaveLength(2);
  });
});
