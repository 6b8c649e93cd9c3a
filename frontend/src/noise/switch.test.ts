import { describe, expect, it, vi } from "vitest";
import { createPreferences } from "../adapters/preferences";
import type { NoiseFiles, NoiseState } from "./ports";
import { NoiseSwitch } from "./switch";

const files: NoiseFiles = { worklet: "/w.js", wasm: "/r.wasm", wasmSimd: "/s.wasm" };

/** A phone whose agent talks, or does not. */
function phone({ talks = true, wanted = false, broken = false } = {}) {
  const preferences = createPreferences(null);
  preferences.set({ suppressesNoise: wanted });
  const told: NoiseState[] = [];
  const audio = { addProcessor: vi.fn(async () => {}), removeProcessor: vi.fn(async () => {}) };
  const suppressor = {
    createProcessedStream: async (stream: MediaStream) => stream,
    destroyProcessedStream: async () => {},
    close: vi.fn(),
  };
  const now = { talks, broken };
  let onFailed = () => {};
  const load = vi.fn(async () => {
    if (now.broken) throw new Error("no WebAssembly here");
    return {
      createSuppressor: async (_files: NoiseFiles, failed: () => void) => {
        onFailed = failed;
        return suppressor;
      },
    };
  });
  const keeping = vi.fn((change: () => Promise<void>) => change());
  const made = new NoiseSwitch(preferences, files, {
    audio: () => (now.talks ? audio : null),
    keeping,
    load,
    tell: (state) => told.push(state),
  });
  const choose = async (suppressesNoise: boolean) => {
    preferences.set({ suppressesNoise });
    await made.look();
  };
  return { made, now, told, audio, load, keeping, suppressor, choose, fails: () => onFailed() };
}

describe("noise suppression", () => {
  it("loads nothing, and touches no call, until somebody wants it", async () => {
    const { made, load, audio, told } = phone();
    await made.look();
    expect(load).not.toHaveBeenCalled();
    expect(audio.addProcessor).not.toHaveBeenCalled();
    expect(told).toEqual([]);
  });

  it("is put into the call and taken out of it as it is chosen, with a microphone that stays open", async () => {
    const { audio, keeping, told, suppressor, choose } = phone();
    await choose(true);
    expect(audio.addProcessor).toHaveBeenCalledWith(suppressor);
    await choose(false);
    expect(audio.removeProcessor).toHaveBeenCalledWith(suppressor);
    expect(suppressor.close).toHaveBeenCalledOnce();
    expect(keeping).toHaveBeenCalledTimes(2);
    expect(told).toEqual(["starting", "on", "off"]);
  });

  it("waits for a call, and leaves it when that is over", async () => {
    const { made, now, audio, load, choose } = phone({ talks: false });
    await choose(true);
    expect(load).not.toHaveBeenCalled();
    now.talks = true;
    await made.look();
    expect(audio.addProcessor).toHaveBeenCalledOnce();
    now.talks = false;
    await made.look();
    expect(audio.removeProcessor).toHaveBeenCalledOnce();
  });

  it("says that it does not work here, and is tried again when it is chosen again", async () => {
    const { made, now, told, load, audio, choose } = phone({ broken: true });
    await choose(true);
    expect(told).toEqual(["starting", "failed"]);
    await made.look();
    expect(load).toHaveBeenCalledOnce();
    now.broken = false;
    await choose(false);
    await choose(true);
    expect(audio.addProcessor).toHaveBeenCalledOnce();
    expect(told.at(-1)).toBe("on");
  });

  it("is taken out when it gives no more sound", async () => {
    const { made, told, audio, suppressor, fails, choose } = phone();
    await choose(true);
    fails();
    await made.look();
    expect(audio.removeProcessor).toHaveBeenCalledWith(suppressor);
    expect(suppressor.close).toHaveBeenCalledOnce();
    expect(told).toEqual(["starting", "on", "failed"]);
  });

  it("is not put into a call that ended while it was loaded", async () => {
    const { made, now, audio, load, suppressor } = phone({ wanted: true });
    const bring = load.getMockImplementation();
    load.mockImplementation(async () => {
      now.talks = false;
      return (await bring?.()) as never;
    });
    await made.look();
    expect(audio.addProcessor).not.toHaveBeenCalled();
    expect(suppressor.close).toHaveBeenCalledOnce();
  });

  it("is closed with the phone that it was in", async () => {
    const { made, audio, suppressor, choose } = phone();
    await choose(true);
    made.drop();
    await choose(false);
    expect(suppressor.close).toHaveBeenCalledOnce();
    expect(audio.removeProcessor).not.toHaveBeenCalled();
  });
});
