import { describe, expect, it, vi } from "vitest";
import type { NoiseFiles, NoiseState } from "./ports";
import { NoiseSwitch } from "./switch";

// It is made of a class that only browsers have.
vi.mock("./suppressor", () => ({ createSuppressor: null }));

const files: NoiseFiles = { worklet: "/w.js", wasm: "/r.wasm", wasmSimd: "/s.wasm" };

/** A phone whose agent talks, or does not. */
function phone({ talks = true, wanted = false, broken = false } = {}) {
  const told: NoiseState[] = [];
  const audio = { addProcessor: vi.fn(async () => {}), removeProcessor: vi.fn(async () => {}) };
  const suppressor = {
    createProcessedStream: async (stream: MediaStream) => stream,
    destroyProcessedStream: async () => {},
    close: vi.fn(),
  };
  const now = { talks, broken, wanted };
  let onFailed = () => {};
  const create = vi.fn(async (_files: NoiseFiles, failed: () => void) => {
    if (now.broken) throw new Error("no WebAssembly here");
    onFailed = failed;
    return suppressor;
  });
  const keeping = vi.fn((change: () => Promise<void>) => change());
  const around = {
    wanted: () => now.wanted,
    audio: () => (now.talks ? audio : null),
    keeping,
    tell: (state: NoiseState) => void told.push(state),
  };
  const made = new NoiseSwitch(files, around, create);
  const choose = (suppressesNoise: boolean) => {
    now.wanted = suppressesNoise;
    return made.look();
  };
  return { made, now, told, audio, create, keeping, suppressor, choose, fails: () => onFailed() };
}

describe("noise suppression", () => {
  it("begins nothing, and touches no call, until somebody wants it", async () => {
    const { made, create, audio, told } = phone();
    await made.look();
    expect(create).not.toHaveBeenCalled();
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
    const { made, now, audio, create, choose } = phone({ talks: false });
    await choose(true);
    expect(create).not.toHaveBeenCalled();
    now.talks = true;
    await made.look();
    expect(audio.addProcessor).toHaveBeenCalledOnce();
    now.talks = false;
    await made.look();
    expect(audio.removeProcessor).toHaveBeenCalledOnce();
  });

  it("says that it does not work here, and is tried again when it is chosen again", async () => {
    const { made, now, told, create, audio, choose } = phone({ broken: true });
    await choose(true);
    expect(told).toEqual(["starting", "failed"]);
    await made.look();
    expect(create).toHaveBeenCalledOnce();
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
    const { made, now, audio, create, suppressor } = phone({ wanted: true });
    create.mockImplementation(async () => {
      now.talks = false;
      return suppressor;
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
