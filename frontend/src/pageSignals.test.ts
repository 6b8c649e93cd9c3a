import { beforeEach, describe, expect, it, vi } from "vitest";
import { showPageSignals } from "./pageSignals";
import { createStore } from "./softphone/store";
import { createPreferences } from "./adapters/preferences";
import { push, rang, readyState, ROOT, sample } from "./testing/samples";

class FakeNotification {
  static permission = "granted";
  static shown: FakeNotification[] = [];
  onclick: (() => void) | null = null;
  close = vi.fn();
  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    FakeNotification.shown.push(this);
  }
}

function page({ hidden = true, notify = true } = {}) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  vi.stubGlobal("Notification", FakeNotification);
  const preferences = createPreferences(null);
  preferences.set({ notify });
  const store = createStore(readyState());
  store.run(() => {});
  showPageSignals(store, preferences);
  return store;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeNotification.shown = [];
});

describe("a notification", () => {
  it("says who calls which line while nobody looks, comes forward when pressed, and goes with the call", () => {
    const store = page();
    store.send(push(sample("call.incoming")));
    store.send(rang);
    const [shown] = FakeNotification.shown;
    expect(FakeNotification.shown).toHaveLength(1);
    expect([shown?.title, shown?.options.body]).toEqual(["Maya Okonkwo calls Support", "(202) 555-0142"]);

    const focus = vi.spyOn(globalThis, "focus").mockImplementation(() => {});
    shown?.onclick?.();
    expect(focus).toHaveBeenCalledOnce();
    // It answers nothing: that stays a press in the page.
    expect(store.get().calls.focus?.state).toBe("pending");

    store.send(push({ type: "call.withdrawn", sid: ROOT, reason: "caller-hung-up", by: null }));
    expect(shown?.close).toHaveBeenCalled();
  });

  it.each([
    ["the page is seen", { hidden: false }],
    ["the agent wants none", { notify: false }],
  ])("is not shown when %s", (_name, setting) => {
    const store = page(setting);
    store.send(rang);
    expect(FakeNotification.shown).toEqual([]);
  });
});
