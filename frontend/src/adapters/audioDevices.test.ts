import { beforeEach, describe, expect, it, vi } from "vitest";
import { createAudioDevices } from "./audioDevices";
import { createPreferences } from "./preferences";

/** A sound whose device does as it is told; `blocked` steps never come to an end. */
class Sound extends EventTarget {
  static blocked: "device" | "start" | "" = "";
  static made: Sound[] = [];
  device = "";
  pause = vi.fn();
  constructor(readonly address: string) {
    super();
    Sound.made.push(this);
  }
  async setSinkId(id: string): Promise<void> {
    if (Sound.blocked === "device") await new Promise(() => {});
    this.device = id;
  }
  async play(): Promise<void> {
    if (Sound.blocked === "start") await new Promise(() => {});
  }
}

function test() {
  const preferences = { get: () => ({ speaker: "jabra", ringtone: "" }) } as never;
  const target = { setInput: async () => {}, setOutput: async () => {} };
  const audio = createAudioDevices(
    { sounds: { incoming: "/ring.wav", outgoing: "/tone.wav" } } as never,
    preferences,
    target,
  );
  const outcome = vi.fn();
  void audio.testOutput("speaker").then(
    () => outcome("heard"),
    () => outcome("failed"),
  );
  const [sound] = Sound.made;
  return { outcome, sound };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Audio", Sound);
  Sound.made = [];
  Sound.blocked = "";
});

describe("the test of a loudspeaker", () => {
  it("is over with its sound, on the chosen device", async () => {
    const { outcome, sound } = test();
    await vi.advanceTimersByTimeAsync(1000);
    expect(sound?.device).toBe("jabra");
    expect(outcome).not.toHaveBeenCalled();
    sound?.dispatchEvent(new Event("ended"));
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome.mock.calls).toEqual([["heard"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("fails when the sound breaks off", async () => {
    const { outcome, sound } = test();
    await vi.advanceTimersByTimeAsync(1000);
    sound?.dispatchEvent(new Event("error"));
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome.mock.calls).toEqual([["failed"]]);
  });

  it.each(["device", "start", ""] as const)("fails when nothing comes of it (%s)", async (blocked) => {
    Sound.blocked = blocked;
    const { outcome, sound } = test();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(outcome).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome.mock.calls).toEqual([["failed"]]);
    expect(sound?.pause).toHaveBeenCalled();
  });
});

describe("a device that is chosen", () => {
  const refusal = (name: string) => Object.assign(new Error(name), { name });

  /** Two microphones; `broken` ones cannot be opened. The laptop's was chosen before. */
  function chosen({ broken = [] as string[], setInput = async (_id: string) => {} } = {}) {
    const opened: { id: string; stop: () => void }[] = [];
    const getUserMedia = async ({ audio }: MediaStreamConstraints) => {
      const id = (audio as { deviceId: { exact: string } }).deviceId.exact;
      if (broken.includes(id)) throw refusal("NotReadableError");
      const track = { id, stop: vi.fn() };
      opened.push(track);
      return { getTracks: () => [track] };
    };
    const enumerateDevices = async () =>
      ["laptop", "jabra"].map((deviceId) => ({
        kind: "audioinput",
        deviceId,
        label: deviceId.toUpperCase(),
      }));
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia, enumerateDevices } });
    const preferences = createPreferences(null);
    preferences.set({ input: "laptop", inputName: "LAPTOP", speaker: "laptop" });
    const target = { setInput: vi.fn(setInput), setOutput: vi.fn(async () => {}) };
    const audio = createAudioDevices({ sounds: {} } as never, preferences, target);
    return { audio, preferences, target, opened };
  }

  it("is used, and not kept open", async () => {
    const { audio, preferences, target, opened } = chosen();
    await audio.useInput("jabra");
    expect(preferences.get()).toMatchObject({ input: "jabra", inputName: "JABRA" });
    expect(target.setInput.mock.calls).toEqual([["jabra"]]);
    expect(opened[0]?.stop).toHaveBeenCalledOnce();
  });

  it("and cannot be opened takes nothing away from a call, and is not chosen", async () => {
    const { audio, preferences, target } = chosen({ broken: ["jabra"] });
    await expect(audio.useInput("jabra")).rejects.toMatchObject({ name: "NotReadableError" });
    expect(preferences.get()).toMatchObject({ input: "laptop", inputName: "LAPTOP" });
    expect(target.setInput).not.toHaveBeenCalled();
  });

  it("and that the phone does not take gives way to the one before", async () => {
    const { audio, preferences, target } = chosen({
      setInput: async (id) => (id === "jabra" ? Promise.reject(refusal("InvalidArgumentError")) : undefined),
    });
    await expect(audio.useInput("jabra")).rejects.toMatchObject({ name: "InvalidArgumentError" });
    expect(preferences.get()).toMatchObject({ input: "laptop", inputName: "LAPTOP" });
    expect(target.setInput.mock.calls).toEqual([["jabra"], ["laptop"]]);
  });

  it("last is the choice, however long the one before takes to open", async () => {
    const { audio, preferences, target } = chosen();
    await Promise.all([audio.useInput("jabra"), audio.useInput("laptop")]);
    expect(preferences.get().input).toBe("laptop");
    expect(target.setInput.mock.calls).toEqual([["laptop"]]);
  });

  it("as a loudspeaker and refused is not the choice", async () => {
    const { audio, preferences, target } = chosen();
    target.setOutput.mockRejectedValueOnce(refusal("NotFoundError"));
    await expect(audio.useOutput("speaker", "jabra")).rejects.toMatchObject({ name: "NotFoundError" });
    expect(preferences.get().speaker).toBe("laptop");
  });
});
