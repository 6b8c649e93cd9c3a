import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Config } from "../config";
import type { SoftphoneEvent } from "../softphone/events";
import type { Grants } from "../softphone/state";
import type { PreferenceStore } from "./preferences";
import { TwilioPhone } from "./twilioPhone";

const sdk = vi.hoisted(() => {
  const state = { devices: [] as FakeDevice[], busy: false };
  class FakeAudio {
    handlers: Record<string, () => void> = {};
    isOutputSelectionSupported = true;
    speakerDevices = { get: () => new Set<{ deviceId: string }>(), set: vi.fn(async () => {}) };
    ringtoneDevices = { get: () => new Set<{ deviceId: string }>(), set: vi.fn(async () => {}) };
    setInputDevice = vi.fn(async (id: string) => void (await state.devices.at(-1)?.options.getUserMedia(id)));
    unsetInputDevice = vi.fn(async () => {});
    on = (name: string, handler: () => void) => void (this.handlers[name] = handler);
  }
  class FakeDevice {
    handlers: Record<string, (value?: unknown) => void> = {};
    register = vi.fn(async () => {});
    updateToken = vi.fn();
    destroy = vi.fn();
    on = (name: string, handler: () => void) => void (this.handlers[name] = handler);
    audio = new FakeAudio();
    constructor(
      _token: string,
      readonly options: { getUserMedia(asked: unknown): Promise<MediaStream> },
    ) {
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
    urls: { noise: {} },
  } as unknown as Config;
  const chosen = { input: "jabra", inputName: "Jabra", speaker: "headset", ringtone: "" };
  const preferences = { get: () => chosen, subscribe: () => {} } as unknown as PreferenceStore;
  const noNoise = () => Promise.reject(new Error("not there"));
  const made = new TwilioPhone(config, api, preferences, (event) => sent.push(event), noNoise);
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

  it.each([
    ["the page is closed", () => globalThis.dispatchEvent(new Event("pagehide"))],
    ["the phone is switched off", ({ made }: ReturnType<typeof phone>) => made.stop()],
  ])("says that a ring is left before the SDK refuses it: %s", async (_, goes) => {
    const kept = phone({ incoming: true, outgoing: true });
    await settled();
    const call = {
      parameters: { CallSid: "CA1" },
      customParameters: new Map(),
      status: () => "pending",
      on() {},
    };
    sdk.devices[0]?.handlers.incoming?.(call);
    sdk.devices[0]?.destroy.mockImplementation(() => kept.sent.push({ type: "started" }));

    goes(kept);

    expect(kept.sent.map(({ type }) => type)).toContain("call.left");
    const types = kept.sent.map(({ type }) => type);
    if (types.includes("started")) expect(types.indexOf("call.left")).toBeLessThan(types.indexOf("started"));
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

  it("says why when Twilio refuses every token", async () => {
    const { sent } = phone({ incoming: true, outgoing: true });
    await settled();
    const refuse = () => sdk.devices.at(-1)?.handlers.error?.({ code: 20101 });
    const problems = () => sent.filter((event) => event.type === "device.failed");

    refuse();
    // A token that grew old while the computer slept heals by itself.
    expect(problems()).toEqual([]);
    await vi.advanceTimersByTimeAsync(600);
    refuse();

    expect(problems()).toEqual([{ type: "device.failed", message: expect.stringContaining("(20101)") }]);
  });

  it("plays on the chosen loudspeaker, which the SDK forgets each time it looks for devices", async () => {
    phone({ incoming: true, outgoing: true });
    await settled();
    const [device] = sdk.devices;
    device?.handlers.registered?.();
    device?.audio.handlers.deviceChange?.();
    await settled();
    expect(device?.audio.speakerDevices.set.mock.calls).toEqual([["headset"], ["headset"]]);
    expect(device?.audio.ringtoneDevices.set).not.toHaveBeenCalled();
  });

  describe("in a call, with its microphone", () => {
    /** A call that hears with the first of these; the list is what is plugged in. */
    async function talking(plugged: string[]) {
      const refuse = (name: string) => Promise.reject(Object.assign(new Error(name), { name }));
      const getUserMedia = async ({ audio }: { audio: unknown }) => {
        const id =
          typeof audio === "object" ? (audio as { deviceId: { exact: string } }).deviceId.exact : plugged[0];
        if (id === undefined || !plugged.includes(id)) return refuse("OverconstrainedError");
        const track = Object.assign(new EventTarget(), {
          readyState: "live",
          label: id,
          getSettings: () => ({ deviceId: id }),
        });
        return { getAudioTracks: () => [track] };
      };
      const enumerateDevices = async () => plugged.map((deviceId) => ({ kind: "audioinput", deviceId }));
      vi.stubGlobal("navigator", { mediaDevices: { getUserMedia, enumerateDevices } });
      const shown = phone({ incoming: true, outgoing: true });
      await settled();
      const [device] = sdk.devices;
      if (!device) throw new Error("No device");
      // The SDK names the device in its constraints.
      device.audio.setInputDevice.mockImplementation(async (id) => {
        await device.options.getUserMedia({ audio: { deviceId: { exact: id } } });
      });
      await device.options.getUserMedia({ audio: true });
      sdk.busy = true;
      const change = async (now: string[]) => {
        plugged.splice(0, plugged.length, ...now);
        device.audio.handlers.deviceChange?.();
        await settled();
        await settled();
      };
      const heard = () =>
        shown.sent.flatMap((event) => (event.type === "hearing.changed" ? [event.hearing] : []));
      return { ...shown, device, change, heard };
    }

    it("goes to another when it vanishes, also where no device is called default, and back when it comes", async () => {
      const { change, heard } = await talking(["jabra", "laptop"]);
      await change(["laptop"]);
      await change(["laptop", "jabra"]);
      expect(heard()).toEqual([
        { state: "live", label: "jabra", missed: "" },
        { state: "lost", label: "jabra" },
        { state: "live", label: "laptop", missed: "Jabra" },
        { state: "live", label: "jabra", missed: "" },
      ]);
    });

    it("says that it is gone when there is no other, and takes the next that comes", async () => {
      const { change, heard } = await talking(["jabra"]);
      await change([]);
      expect(heard().at(-1)).toEqual({ state: "lost", label: "jabra" });
      await change(["phones"]);
      expect(heard().at(-1)).toEqual({ state: "live", label: "phones", missed: "Jabra" });
    });

    it("says when another hears than the one that it is told to take, or none", async () => {
      const { made, device } = await talking(["jabra", "laptop"]);
      await made.setInput("jabra");
      // The choice is Jabra, and that is what is opened whatever the SDK asks for.
      await expect(made.setInput("laptop")).rejects.toThrow("was not opened");
      await made.setInput("");
      device.audio.setInputDevice.mockImplementation(async () => {
        throw new Error("Device not found");
      });
      await expect(made.setInput("jabra")).rejects.toThrow("Device not found");
    });

    it("stays with it when something else is plugged in", async () => {
      const { device, change } = await talking(["jabra"]);
      await change(["jabra", "laptop"]);
      expect(device.audio.setInputDevice).not.toHaveBeenCalled();
    });
  });

  it("fetches the next token when the SDK says that this one ends, before its own timer does", async () => {
    phone({ incoming: true, outgoing: true });
    await settled();
    const device = sdk.devices[0];
    await vi.advanceTimersByTimeAsync(3_539_500);
    expect(device?.updateToken).not.toHaveBeenCalled();
    device?.handlers.tokenWillExpire?.();
    await settled();
    expect(device?.updateToken).toHaveBeenCalledWith("jwt-2");
    expect(sdk.devices).toHaveLength(1);
  });
});
