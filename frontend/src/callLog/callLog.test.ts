import { describe, expect, it, vi } from "vitest";
import type { Call } from "../messages";
import { sample } from "../testing/samples";
import { createCallLog } from "./callLog";

const base = sample("call.ended").call;
const call = (sid: string, minute: number, change: Partial<Call> = {}): Call => ({
  ...base,
  sid,
  start_time: `2026-11-23T09:${String(minute).padStart(2, "0")}:00Z`,
  ...change,
});

async function loaded(results: Call[], next: string | null = null) {
  const api = {
    calls: vi.fn(async () => ({ next, results })),
    callsAt: vi.fn(async () => ({ next: null, results: [call("CA1", 1), call("CA0", 0)] })),
  };
  const log = createCallLog(api, 1);
  log.load();
  await vi.waitFor(() => expect(log.get().status).toBe("ready"));
  return { log, api, sids: () => log.get().rows.map((row) => row.sid) };
}

describe("the call log", () => {
  it("puts a new call on top, and replaces one it knows", async () => {
    const { log, sids } = await loaded([call("CA2", 2), call("CA1", 1)]);
    log.merge(call("CA3", 3));
    log.merge(call("CA1", 1, { result: "missed", revision: 99 }));
    expect(sids()).toEqual(["CA3", "CA2", "CA1"]);
    expect(log.get().rows[2]?.result).toBe("missed");
  });

  it("keeps the newer of two", async () => {
    const { log } = await loaded([call("CA1", 1, { revision: 5, result: "answered" })]);
    log.merge(call("CA1", 1, { revision: 4, result: "missed" }));
    expect(log.get().rows[0]?.result).toBe("answered");
  });

  it("lets go of a row that is a leg of another now, and takes it back when that is over", async () => {
    const leg = (sid: string) => [{ ...base.legs[0]!, sid }];
    const { log, sids } = await loaded([call("CA-first", 2), call("CA1", 1)]);
    log.merge(call("CA-try", 3, { legs: leg("CA-first") }));
    expect(sids()).toEqual(["CA-try", "CA1"]);
    log.merge(call("CA-first", 2, { legs: leg("CA-try"), revision: 99 }));
    expect(sids()).toEqual(["CA-first", "CA1"]);
  });

  it("shows only what the filter lets through", async () => {
    const { log, sids } = await loaded([]);
    log.filter("missed");
    log.merge(call("CA1", 1, { result: "answered" }));
    log.merge(call("CA2", 2, { result: "missed" }));
    await vi.waitFor(() => expect(sids()).toEqual(["CA2"]));
    log.merge(call("CA3", 3, { result: "answered" }));
    expect(sids()).toEqual(["CA2"]);
  });

  it("leaves a call to its page when it is older than all that is shown", async () => {
    const { log, sids } = await loaded([call("CA9", 9)], "?cursor=x");
    log.merge(call("CA1", 1));
    expect(sids()).toEqual(["CA9"]);
  });

  it("loads more without doubling a row", async () => {
    const { log, sids } = await loaded([call("CA2", 2), call("CA1", 1)], "?cursor=x");
    log.loadMore();
    await vi.waitFor(() => expect(sids()).toEqual(["CA2", "CA1", "CA0"]));
  });

  it("asks the server about a search, once for a word", async () => {
    const { log, api } = await loaded([]);
    for (const text of ["m", "ma", "maya"]) log.search(text);
    await vi.waitFor(() => expect(api.calls).toHaveBeenCalledTimes(2));
    expect(api.calls).toHaveBeenLastCalledWith({ search: "maya", scope: "all" });
  });

  it("says when it did not load, and keeps what is shown when a refresh fails", async () => {
    const { log, api, sids } = await loaded([call("CA1", 1)]);
    api.calls.mockRejectedValue(new Error("down"));
    log.refresh();
    await vi.waitFor(() => expect(api.calls).toHaveBeenCalledTimes(2));
    expect(sids()).toEqual(["CA1"]);
    log.load();
    await vi.waitFor(() => expect(log.get().status).toBe("failed"));
  });
});
