import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createQualityKeeper, type SendQuality } from "./keeper";
import { type MeasuredCall, watchQuality } from "./watch";

const KEY = "ringdesk.quality.1.CA-leg";
const around = () => ({ microphone: "Headset", speaker: "", network: "wifi", edge: "dublin" });
const sample = {
  mos: 4,
  jitter: 6,
  rtt: 50,
  packetsLostFraction: 0,
  audioInputLevel: 1,
  audioOutputLevel: 1,
  codecName: "opus",
};

/** A page: what it sent, and the way to let it go. */
function open(answers: (() => Promise<void>)[] = [], agent = 1) {
  const page = new EventTarget();
  const send = vi.fn<SendQuality>(async () => answers.shift()?.());
  const onSent = vi.fn();
  const keeper = createQualityKeeper(agent, localStorage, send, onSent, page);
  return { page, send, keeper, onSent };
}

function talk(keeper: ReturnType<typeof open>["keeper"], seconds = 3, supervises = () => false) {
  const call = new EventEmitter();
  const sids = () => ({ root: "CA-root", leg: "CA-leg" });
  watchQuality(call as MeasuredCall, sids, keeper, around, supervises);
  call.emit("accept");
  for (let at = 0; at < seconds; at++) {
    vi.advanceTimersByTime(1000);
    call.emit("sample", sample);
  }
  return call;
}

const refused = (status: number) => async () => {
  throw Object.assign(new Error("refused"), { status });
};
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(() => void vi.useRealTimers());

describe("what calls measured", () => {
  it("is sent when the call ends, and forgotten once the server has it", async () => {
    const { keeper, send, onSent } = open();
    const call = talk(keeper);
    expect(send).not.toHaveBeenCalled();
    call.emit("disconnect");
    await settle();
    expect(send).toHaveBeenCalledExactlyOnceWith(
      "CA-root",
      expect.objectContaining({
        leg: "CA-leg",
        seconds: 3,
        is_complete: true,
        microphone: "Headset",
        edge: "dublin",
      }),
    );
    expect(onSent).toHaveBeenCalledWith("CA-root");
    expect(localStorage.length).toBe(0);
  });

  it.each([
    ["of whoever took the call over", true],
    ["not of whoever only supervised it", false],
  ])("is sent %s", async (_who, tookOver) => {
    const { keeper, send } = open();
    let supervises = true;
    const call = talk(keeper, 8, () => supervises);
    expect(localStorage.length).toBe(0);
    supervises = !tookOver;
    call.emit("sample", sample);
    // The server may say that it is over before the phone does.
    supervises = false;
    call.emit("disconnect");
    await settle();
    expect(send).toHaveBeenCalledTimes(tookOver ? 1 : 0);
    expect(localStorage.length).toBe(0);
  });

  it("is not sent of a call in which nothing sounded", async () => {
    const { keeper, send } = open();
    talk(keeper, 0).emit("disconnect");
    await settle();
    expect(send).not.toHaveBeenCalled();
    expect(localStorage.length).toBe(0);
  });

  it("is sent by the next page when its page was loaded anew in the call", async () => {
    const before = open();
    const call = talk(before.keeper, 8);
    before.page.dispatchEvent(new Event("pagehide"));
    // As the SDK does it, in the moment in which the page goes.
    before.send.mockImplementation(refused(0));
    call.emit("disconnect");
    const after = open();
    await settle();
    expect(after.send).toHaveBeenCalledExactlyOnceWith(
      "CA-root",
      expect.objectContaining({ seconds: 8, is_complete: false }),
    );
    expect(localStorage.length).toBe(0);
  });

  it("is sent as far as it was written down when the browser crashed", async () => {
    talk(open().keeper, 8);
    const after = open();
    await settle();
    // Another page may still be in that call: it would go on writing.
    expect(after.send).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(after.send).toHaveBeenCalledOnce();
    const [, quality] = after.send.mock.calls[0] ?? [];
    expect(quality?.seconds).toBeGreaterThanOrEqual(4);
    expect(quality?.is_complete).toBe(false);
  });

  it.each([0, 401, 404, 429, 503])("is sent again after a %i", async (status) => {
    const { keeper, send } = open([refused(status)]);
    talk(keeper).emit("disconnect");
    await settle();
    expect(localStorage.getItem(KEY)).not.toBeNull();
    await vi.advanceTimersByTimeAsync(31_000);
    expect(send).toHaveBeenCalledTimes(2);
    expect(localStorage.length).toBe(0);
  });

  it.each([400, 403])("is given up after a %i", async (status) => {
    const { keeper, send } = open([refused(status)]);
    talk(keeper).emit("disconnect");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(send).toHaveBeenCalledOnce();
    expect(localStorage.length).toBe(0);
  });

  it("is given up when the server never heard of the leg", async () => {
    const { keeper, send } = open(Array.from({ length: 100 }, () => refused(404)));
    talk(keeper).emit("disconnect");
    await vi.advanceTimersByTimeAsync(700_000);
    expect(localStorage.length).toBe(0);
    const asked = send.mock.calls.length;
    await vi.advanceTimersByTimeAsync(700_000);
    expect(send).toHaveBeenCalledTimes(asked);
  });

  it("is nobody else's at the same computer, and is dropped after a day", async () => {
    const before = open();
    talk(before.keeper, 8);
    before.page.dispatchEvent(new Event("pagehide"));
    const other = open([], 2);
    await settle();
    expect(other.send).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + 90_000_000);
    const late = open();
    await settle();
    expect(late.send).not.toHaveBeenCalled();
    expect(localStorage.length).toBe(0);
  });

  it("does without a storage, and with one in which nonsense stands", async () => {
    localStorage.setItem(KEY, '{"root":');
    localStorage.setItem("ringdesk.quality.1.CA-other", '{"root":"x","leg":"y","at":1e15}');
    const send = vi.fn<SendQuality>(async () => {});
    open();
    await settle();
    expect(localStorage.length).toBe(0);
    talk(createQualityKeeper(1, null, send)).emit("disconnect");
    await settle();
    expect(send).toHaveBeenCalledOnce();
  });
});
