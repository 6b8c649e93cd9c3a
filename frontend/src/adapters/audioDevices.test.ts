import { beforeEach, describe, expect, it, vi } from "vitest";
import { createAudioDevices } from "./audioDevices";

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
