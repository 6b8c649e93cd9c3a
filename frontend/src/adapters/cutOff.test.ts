import { describe, expect, it, vi } from "vitest";
import { createStore } from "../softphone/store";
import { noted } from "../testing/fakes";
import { NOW, openState, push, readyState, ROOT } from "../testing/samples";
import { watchCutOff } from "./cutOff";

function memory(sid?: string) {
  const kept = new Map(sid ? [["ringdesk.call.1", sid]] : []);
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage;
  return { kept, storage };
}

describe("a call that the page before lost", () => {
  it("is remembered by its sid when the page goes, and forgotten when it ends as it should", () => {
    for (const leaves of [true, false]) {
      const { kept, storage } = memory();
      const page = new EventTarget();
      const store = createStore(openState());
      watchCutOff(store, { call: vi.fn() }, storage, page);
      expect([...kept.values()]).toEqual([ROOT]);
      if (leaves) page.dispatchEvent(new Event("pagehide"));
      store.send({ type: "agent.hung-up", at: NOW });
      expect([...kept.values()]).toEqual(leaves ? [ROOT] : []);
    }
  });

  it("is offered to be called back once it is over", async () => {
    const { kept, storage } = memory(ROOT);
    const store = createStore(readyState());
    const alive = noted({ sid: ROOT, result: "", end_time: null, revision: 1 });
    watchCutOff(store, { call: async () => alive }, storage, new EventTarget());
    await vi.waitFor(() => expect(store.get().cutOff?.sid).toBe(ROOT));
    expect(kept.size).toBe(0);
    store.send(push({ type: "call.ended", call: { ...alive, result: "answered", revision: 2 } }));
    expect(store.get().cutOff?.result).toBe("answered");
  });

  it("is not offered when it ended long ago, nor twice", async () => {
    const { storage } = memory(ROOT);
    const call = vi.fn(async () => noted({ sid: ROOT, end_time: "2020-01-01T00:00:00Z" }));
    const store = createStore(readyState());
    watchCutOff(store, { call }, storage, new EventTarget());
    await vi.waitFor(() => expect(call).toHaveBeenCalledOnce());
    store.send({ type: "agent.chose", availability: "busy" });
    expect(call).toHaveBeenCalledOnce();
    expect(store.get().cutOff).toBeNull();
  });
});
