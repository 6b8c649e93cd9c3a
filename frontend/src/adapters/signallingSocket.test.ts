import { describe, expect, it } from "vitest";
import { wrapWebSocket } from "./signallingSocket";

class Native {
  static readonly OPEN = 1;
  constructor(readonly url: string | URL) {}
}

function wrapped(signallingHost: string | null, signallingInsecure: boolean) {
  const scope = { WebSocket: Native as unknown as typeof WebSocket };
  const restore = wrapWebSocket({ signallingHost, signallingInsecure, edge: "dublin" }, scope);
  const opened = (url: string) => String(new scope.WebSocket(url).url);
  return { scope, restore, opened };
}

describe("the Voice SDK's WebSocket", () => {
  it.each([
    ["wss://localhost:8001/signal", "ws://localhost:8001/signal?edge=dublin"],
    ["wss://localhost:80011/signal", "wss://localhost:80011/signal"],
    ["wss://voice-js.roaming.twilio.com/signal", "wss://voice-js.roaming.twilio.com/signal"],
    ["wss://localhost:8000/ws/desk/", "wss://localhost:8000/ws/desk/"],
  ])("%s → %s", (asked, opened) => {
    expect(wrapped("localhost:8001", true).opened(asked)).toBe(opened);
  });

  it("keeps the class's constants, and is taken off again", () => {
    const { scope, restore } = wrapped("localhost:8001", true);
    expect(scope.WebSocket.OPEN).toBe(1);
    restore();
    expect(scope.WebSocket).toBe(Native);
  });

  it.each([
    ["Twilio", null, false],
    ["a host with TLS", "signal.example.com", false],
  ])("wraps nothing for %s", (_name, host, insecure) => {
    expect(wrapped(host, insecure).scope.WebSocket).toBe(Native);
  });
});
