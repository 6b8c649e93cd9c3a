import { describe, expect, it } from "vitest";
import { createStore } from "../softphone/store";
import { initialState } from "../softphone/state";
import { lastEnding } from "../softphone/selectors";
import { grace } from "../testing/rooms";
import { me, NOW, push, sample } from "../testing/samples";
import { supervisedCall, supervising } from "../testing/supervision";
import { watchSupervised } from "./supervised";

const KEY = "ringdesk.supervised.1";

function memory(kept?: string) {
  const values = new Map(kept === undefined ? [] : [[KEY, kept]]);
  const storage = {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  } as unknown as Storage;
  return { values, storage };
}

/** A page that opens, to which the server says whether its agent supervises a call. */
function opens(storage: Storage, isInside: boolean) {
  const store = createStore(initialState(me));
  watchSupervised(store, storage, new EventTarget());
  const told = isInside ? { call: supervisedCall({}), mode: "listen" as const, state: "in" as const } : null;
  store.send({ type: "desk.opened" });
  store.send(push({ ...sample("desk.snapshot"), calls: [], supervising: told }));
  return store;
}

describe("a colleague's call in which the page before this one was", () => {
  it("is remembered when the page goes, and forgotten when it is left", () => {
    for (const goes of [true, false]) {
      const { values, storage } = memory();
      const page = new EventTarget();
      const store = createStore(supervising());
      watchSupervised(store, storage, page);
      store.send({ type: "agent.chose", availability: "busy" });
      expect(JSON.parse(values.get(KEY)!)).toEqual(grace);
      if (goes) page.dispatchEvent(new Event("pagehide"));
      store.send({ type: "agent.hung-up", at: NOW });
      expect(values.has(KEY)).toBe(goes);
    }
  });

  it("is said to be over, once, when the server knows of none", () => {
    const { values, storage } = memory(JSON.stringify(grace));
    expect(lastEnding(opens(storage, false).get())).toMatchObject({
      message: "You are no longer in Grace’s call: the page was closed or loaded again.",
    });
    expect(values.size).toBe(0);
  });

  it("is left to the server when that still knows of it", () => {
    const { storage } = memory(JSON.stringify(grace));
    const store = opens(storage, true);
    expect(store.get().interrupted?.call.agent).toEqual(grace);
    expect(lastEnding(store.get())).toBeNull();
  });

  it.each(["", "null", "7", '{"id":"1"}', "{"])("is none when something else is kept: %s", (kept) => {
    const { storage } = memory(kept);
    expect(lastEnding(opens(storage, false).get())).toBeNull();
  });
});
