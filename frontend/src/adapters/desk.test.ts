import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SoftphoneEvent } from "../softphone/events";
import { serverNow } from "../serverClock";
import { sample, sampleTexts } from "../testing/samples";
import { createDesk } from "./desk";

class FakeSocket extends EventTarget {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: { type: string }[] = [];

  constructor(readonly url: string) {
    super();
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string });
  }
  close(): void {
    this.readyState = 3;
  }
  opens(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  says(text: string): void {
    this.dispatchEvent(new MessageEvent("message", { data: text }));
  }
  closes(code = 1006): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

const latest = () => FakeSocket.all.at(-1) as FakeSocket;

function open() {
  const events: SoftphoneEvent[] = [];
  const desk = createDesk(
    "ws://desk/ws/desk/",
    (event) => events.push(event),
    () => 0.5,
  );
  desk.open();
  return { desk, events, types: () => events.map((event) => event.type) };
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers({ now: 0 });
  vi.stubGlobal("WebSocket", FakeSocket);
});

describe("the desk's socket", () => {
  it("opens and relays", () => {
    const { events, types } = open();
    latest().opens();
    latest().says(sampleTexts["call.incoming"] ?? "");
    latest().says(sampleTexts.pong ?? "");
    latest().says("no json");
    expect(types()).toEqual(["desk.connecting", "desk.opened", "desk.message"]);
    expect(events[2]).toMatchObject({ message: { type: "call.incoming" } });
  });

  it.each([
    ["desk.snapshot", (now: string) => ({ ...sample("desk.snapshot"), now })],
    [
      "board.changed",
      (now: string) => ({ type: "board.changed", board: { ...sample("board.changed").board, now } }),
    ],
  ])("hears from %s what time it is at the server, before anybody else does", (_type, frame) => {
    const times: string[] = [];
    createDesk("ws://desk/ws/desk/", ({ type }) => {
      if (type === "desk.message") times.push(new Date(serverNow()).toISOString());
    }).open();
    latest().opens();

    latest().says(JSON.stringify(frame("2026-11-23T09:30:02Z")));
    vi.advanceTimersByTime(1000);

    expect(times).toEqual(["2026-11-23T09:30:02.000Z"]);
    expect(serverNow()).toBe(Date.parse("2026-11-23T09:30:03Z"));
  });

  it("comes back, waiting longer each time until it is let in", () => {
    const { events } = open();
    for (let turn = 0; turn < 7; turn += 1) {
      latest().closes();
      vi.advanceTimersToNextTimer();
    }
    const lost = events.filter((event) => event.type === "desk.lost");
    expect(lost.map(({ at, retryAt }) => retryAt - at)).toEqual([
      1000, 2000, 4000, 8000, 16000, 30000, 30000,
    ]);

    latest().opens();
    latest().says(sampleTexts["desk.snapshot"] ?? "");
    latest().closes();
    const again = events.findLast((event) => event.type === "desk.lost");
    expect(again && again.retryAt - again.at).toBe(1000);
  });

  it("tries now when asked", () => {
    const { desk } = open();
    latest().closes();
    desk.retry();
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    // The waiting attempt was called off; only the unanswered opening is tried again.
    expect(FakeSocket.all.length).toBeLessThan(6);
  });

  it("pings, and takes silence for a lost connection", () => {
    const { types } = open();
    latest().opens();
    vi.advanceTimersByTime(20_000);
    expect(latest().sent).toEqual([{ type: "ping" }]);
    latest().says(sampleTexts.pong ?? "");
    vi.advanceTimersByTime(20_000);
    expect(types()).not.toContain("desk.lost");
    vi.advanceTimersByTime(10_000);
    expect(types()).toContain("desk.lost");
  });

  it("answers the server's questions at once, and then asks none of its own", () => {
    const { types } = open();
    latest().opens();
    for (let turn = 0; turn < 10; turn += 1) {
      vi.advanceTimersByTime(10_000);
      latest().says(sampleTexts.ping ?? "");
    }
    expect(latest().sent).toEqual(Array(10).fill({ type: "pong" }));
    expect(types()).toEqual(["desk.connecting", "desk.opened"]);
  });

  it.each([4401, 4403])("stays away after %i", (code) => {
    const { events } = open();
    latest().opens();
    latest().closes(code);
    vi.advanceTimersByTime(120_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ message: { type: "session.ended" } });
  });

  it("stays away after session.ended, told once", () => {
    const { types } = open();
    latest().opens();
    latest().says(sampleTexts["session.ended"] ?? "");
    latest().closes(4401);
    vi.advanceTimersByTime(120_000);
    expect(FakeSocket.all).toHaveLength(1);
    expect(types().filter((type) => type === "desk.message")).toHaveLength(1);
  });

  it("sends nothing into a closed socket", () => {
    const { desk } = open();
    desk.send({ type: "phone.state", registered: true });
    expect(latest().sent).toEqual([]);
    latest().opens();
    desk.send({ type: "phone.state", registered: true });
    expect(latest().sent).toEqual([{ type: "phone.state", registered: true }]);
  });
});

describe("what the server is told before something else happens", () => {
  async function told(promise: Promise<void>) {
    let isDone = false;
    void promise.then(() => (isDone = true));
    await vi.advanceTimersByTimeAsync(0);
    return () => isDone;
  }

  it("has been worked on when the ping after it is answered", async () => {
    const { desk } = open();
    latest().opens();
    const isDone = await told(desk.tell({ type: "call.hang_up", sid: "CA1" }));
    expect(latest().sent).toEqual([{ type: "call.hang_up", sid: "CA1" }, { type: "ping" }]);
    expect(isDone()).toBe(false);
    latest().says(sampleTexts.pong ?? "");
    await vi.advanceTimersByTimeAsync(0);
    expect(isDone()).toBe(true);
  });

  it("is waited for a second, and not at all while nobody hears", async () => {
    const { desk } = open();
    expect((await told(desk.tell({ type: "desk.refresh" })))()).toBe(true);
    latest().opens();
    const isDone = await told(desk.tell({ type: "desk.refresh" }));
    await vi.advanceTimersByTimeAsync(999);
    expect(isDone()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isDone()).toBe(true);
  });
});
