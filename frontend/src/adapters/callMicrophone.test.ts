import { describe, expect, it, vi } from "vitest";
import type { SoftphoneEvent } from "../softphone/events";
import { CallMicrophone, exactly } from "./callMicrophone";

class Track extends EventTarget {
  readyState = "live";
  enabled = true;
  stop = () => void (this.readyState = "ended");
  clone = () => new Track(this.id, this.label);
  constructor(
    readonly id: string,
    readonly label: string,
  ) {
    super();
  }
  getSettings() {
    return { deviceId: this.id };
  }
}

const refusal = (name: string) => Object.assign(new Error(name), { name });

/** A browser with these devices; `broken` ones are held by another program. */
function microphone(devices: Record<string, string>, input: string, broken: string[] = []) {
  const tracks: Track[] = [];
  const asked: unknown[] = [];
  const getUserMedia = vi.fn(async ({ audio }: MediaStreamConstraints = {}) => {
    asked.push(audio);
    const exact =
      typeof audio === "object" ? (audio.deviceId as { exact: string }).exact : Object.keys(devices)[0];
    if (exact === undefined) throw refusal("NotFoundError");
    if (!(exact in devices)) throw refusal("OverconstrainedError");
    if (broken.includes(exact)) throw refusal("NotReadableError");
    const track = new Track(exact, devices[exact] ?? "");
    tracks.push(track);
    return { getAudioTracks: () => [track] } as unknown as MediaStream;
  });
  const sent: SoftphoneEvent[] = [];
  const gone = vi.fn();
  const preferences = { get: () => ({ input, inputName: "Jabra" }) } as never;
  const made = new CallMicrophone(
    preferences,
    (event) => sent.push(event),
    gone,
    () => ({ getUserMedia }) as never,
  );
  return { made, asked, tracks, sent, gone };
}

/** happy-dom has none. */
class Stream {
  constructor(private readonly tracks: Track[]) {}
  getAudioTracks = () => this.tracks;
}

describe("the microphone of a call", () => {
  describe("which the SDK opens anew while something is changed", () => {
    const opened = async (made: CallMicrophone, muted: boolean) => {
      vi.stubGlobal("MediaStream", Stream);
      let stream: MediaStream | null = null;
      await made.keeping(muted, async () => void (stream = await made.open({ audio: true })));
      return (stream as MediaStream | null)?.getAudioTracks()[0];
    };

    it("is the one that hears already, and nothing is asked of the browser", async () => {
      const { made, asked, tracks, sent } = microphone({ jabra: "Jabra" }, "jabra");
      await made.open({ audio: true });
      const track = await opened(made, false);
      tracks[0]?.stop();
      expect(asked).toHaveLength(1);
      expect(track?.readyState).toBe("live");
      expect(made.isLive).toBe(true);
      expect(sent).toHaveLength(1);
    });

    it("is still watched: a device that goes then is missed", async () => {
      const { made, gone } = microphone({ jabra: "Jabra" }, "jabra");
      await made.open({ audio: true });
      (await opened(made, false))?.dispatchEvent(new Event("ended"));
      expect(gone).toHaveBeenCalledOnce();
    });

    it("gives no sound when the agent is muted", async () => {
      const { made } = microphone({ jabra: "Jabra" }, "jabra");
      await made.open({ audio: true });
      expect((await opened(made, true))?.enabled).toBe(false);
    });

    it("is asked for when none hears", async () => {
      const { made, asked } = microphone({ jabra: "Jabra" }, "jabra");
      await opened(made, false);
      expect(asked).toHaveLength(1);
    });
  });

  it("is asked for exactly, for a bare id is only a wish", async () => {
    const { made, asked, sent } = microphone(
      { default: "Default - Laptop", jabra: "Jabra (0b0e:0412)" },
      "jabra",
    );
    await made.open({ audio: true });
    expect(asked).toEqual([{ deviceId: { exact: "jabra" } }]);
    expect(sent).toEqual([
      { type: "hearing.changed", hearing: { state: "live", label: "Jabra", missed: "" } },
    ]);
  });

  it("is the chosen one also when the SDK asks for the default, as it does whenever a device is plugged in", async () => {
    const { made, asked } = microphone({ default: "Default - Laptop", jabra: "Jabra" }, "jabra");
    await made.open(exactly("default"));
    expect(asked).toEqual([{ deviceId: { exact: "jabra" } }]);
  });

  it.each([
    ["is not there", { default: "Default - Laptop" }, []],
    ["is held by another program", { default: "Default - Laptop", jabra: "Jabra" }, ["jabra"]],
  ])("is another, and says so, when the chosen one %s", async (_name, devices, broken) => {
    const { made, sent } = microphone(devices, "jabra", broken);
    await made.open({ audio: true });
    expect(sent).toEqual([
      { type: "hearing.changed", hearing: { state: "live", label: "Laptop", missed: "Jabra" } },
    ]);
  });

  it("is not asked for again when the agent or the browser refuses", async () => {
    const { made } = microphone({}, "");
    await expect(made.open({ audio: true })).rejects.toMatchObject({ name: "NotFoundError" });
  });

  it("says when its device goes", async () => {
    const { made, tracks, gone, sent } = microphone({ jabra: "Jabra" }, "jabra");
    await made.open({ audio: true });
    tracks[0]?.dispatchEvent(new Event("ended"));
    expect(gone).toHaveBeenCalledOnce();
    made.lose();
    expect(sent.at(-1)).toEqual({ type: "hearing.changed", hearing: { state: "lost", label: "Jabra" } });
  });

  it("is not missed when it was changed for another", async () => {
    const { made, tracks, gone } = microphone({ jabra: "Jabra" }, "jabra");
    await made.open({ audio: true });
    await made.open({ audio: true });
    tracks[0]?.dispatchEvent(new Event("ended"));
    expect(gone).not.toHaveBeenCalled();
  });
});
