import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Order } from "./alarms";

class FakeWorker extends EventTarget {
  static made: FakeWorker[] = [];
  orders: Order[] = [];
  constructor(readonly address: string) {
    super();
    FakeWorker.made.push(this);
  }
  postMessage(order: Order): void {
    this.orders.push(order);
  }
  rings(id: number): void {
    this.dispatchEvent(new MessageEvent("message", { data: id }));
  }
}

/** A fresh module: its worker is made once. */
async function alarms() {
  vi.resetModules();
  return import("./alarms");
}

beforeEach(() => {
  FakeWorker.made = [];
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal("Worker", FakeWorker);
});

describe("alarms", () => {
  it("are kept by the worker, not by the page's own timers", async () => {
    const { alarm, startAlarms } = await alarms();
    startAlarms("/static/alarms.js");
    const ring = vi.fn();
    alarm(1000, ring);
    const [worker] = FakeWorker.made;
    expect(worker?.address).toBe("/static/alarms.js");
    expect(worker?.orders).toEqual([{ id: 1, after: 1000 }]);
    vi.advanceTimersByTime(5000);
    expect(ring).not.toHaveBeenCalled();
    worker?.rings(1);
    worker?.rings(1);
    expect(ring).toHaveBeenCalledOnce();
  });

  it("can be taken back, also when the worker has rung already", async () => {
    const { alarm, startAlarms } = await alarms();
    startAlarms("/static/alarms.js");
    const ring = vi.fn();
    const cancel = alarm(1000, ring);
    cancel();
    cancel();
    const [worker] = FakeWorker.made;
    expect(worker?.orders.slice(1)).toEqual([{ id: 1, after: null }]);
    worker?.rings(1);
    expect(ring).not.toHaveBeenCalled();
  });

  it("come from the page's timers where the worker cannot be loaded, and those that wait still come", async () => {
    const { alarm, startAlarms } = await alarms();
    startAlarms("/static/alarms.js");
    const [early, late, never] = [vi.fn(), vi.fn(), vi.fn()];
    alarm(1000, early);
    const cancel = alarm(1000, never);
    FakeWorker.made[0]?.dispatchEvent(new Event("error"));
    cancel();
    alarm(2000, late);
    vi.advanceTimersByTime(1000);
    expect(early).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1000);
    expect(late).toHaveBeenCalledOnce();
    expect(never).not.toHaveBeenCalled();
  });
});
