import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Config } from "../config";
import type { SoftphoneEvent } from "../softphone/events";
import type { Grants } from "../softphone/state";
import type { PreferenceStore } from "./preferences";
import { TwilioPhone } from "./twilioPhone";

const sdk = vi.hoisted(() => {
  const state = { devices: [] as FakeDevice[], busy: false };
  class FakeDevice {
    register = vi.fn(async () => {});
    updateToken = vi.fn();
    destroy = vi.fn();
    on = vi.fn();
    audio = null;
    constructor() {
      state.devices.push(this);
    }
    get isBusy(): boolean {
      return state.busy;
    }
  }
  return Object.assign(state, { FakeDevice });
});

vi.mock("./voiceSdk", () => ({ Device: sdk.FakeDevice, Call: class {} }));

function phone(grants: Grants) {
  const sent: SoftphoneEvent[] = [];
  const now = { grants };
  let fetched = 0;
  const api = {
    token: async () => ({ token: `jwt-${++fetched}`, edge: "roaming", ttl: 3600, grants: now.grants }),
  };
  const config = {
    phone: { signallingHost: null, publishEvents: false, edge: "roaming", tokenRefreshSeconds: 60 },
    sounds: {},
  } as unknown as Config;
  const preferences = { get: () => ({ input: "", speaker: "", ringtone: "" }) } as unknown as PreferenceStore;
  const made = new TwilioPhone(config, api, preferences, (event) => sent.push(event));
  made.start();
  const states = () => sent.flatMap((event) => (event.type === "device.changed" ? [event.state] : []));
  return { made, now, sent, states };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe("the phone", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    sdk.devices.length = 0;
    sdk.busy = false;
  });

  it("registers when its token lets it ring", async () => {
    phone({ incoming: true, outgoing: true });
    await settled();
    expect(sdk.devices[0]?.register).toHaveBeenCalledOnce();
  });

  it("never registers when its token does not, and is ready to call", async () => {
    const { sent, states } = phone({ incoming: false, outgoing: true });
    await settled();
    expect(sdk.devices[0]?.register).not.toHaveBeenCalled();
    expect(states()).toEqual(["registering", "ready"]);
    expect(sent).toContainEqual({ type: "grants.changed", grants: { incoming: false, outgoing: true } });
  });

  it("begins anew when a renewed token may ring", async () => {
    const { now } = phone({ incoming: false, outgoing: true });
    await settled();
    now.grants = { incoming: true, outgoing: true };
    await vi.advanceTimersByTimeAsync(3_560_000);
    expect(sdk.devices).toHaveLength(2);
    expect(sdk.devices[0]?.destroy).toHaveBeenCalledOnce();
    expect(sdk.devices[1]?.register).toHaveBeenCalledOnce();
  });

  it("does not begin anew during a call", async () => {
    const { now, sent } = phone({ incoming: true, outgoing: true });
    await settled();
    sdk.busy = true;
    now.grants = { incoming: false, outgoing: false };
    await vi.advanceTimersByTimeAsync(3_599_000);
    expect(sdk.devices).toHaveLength(1);
    expect(sdk.devices[0]?.updateToken).toHaveBeenCalledWith("jwt-2");
    expect(sent).toContainEqual({ type: "grants.changed", grants: now.grants });
  });

  it("fetches the next token when the SDK says that this one ends, before its own timer does", async () => {
    phone({ incoming: true, outgoing: true });
    await settled();
    const device = sdk.devices[0];
    await vi.advanceTimersByTimeAsync(3_539_500);
    expect(device?.updateToken).not.toHaveBeenCalled();
    const listener = device?.on.mock.calls.find(([name]) => name === "tokenWillExpire")?.[1] as () => void;
    listener();
    await settled();
    expect(device?.updateToken).toHaveBeenCalledWith("jwt-2");
    expect(sdk.devices).toHaveLength(1);
  });
});
