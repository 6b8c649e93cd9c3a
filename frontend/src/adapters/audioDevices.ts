/** Which microphone and loudspeakers there are, and how loud they are. */
import type { Config } from "../config";
import type { AudioDevice, AudioDevices, OutputKind } from "../ports";
import { alarm, type Cancel } from "./alarms";
import { deviceName, exactly } from "./callMicrophone";
import type { Preferences, PreferenceStore } from "./preferences";
import { t } from "../i18n/i18n";

/** Our sounds last for two seconds or less, and a device may take a moment to wake up. */
const SOUND_WITHIN = 15_000;

/** What the phone must be told when a choice changes while it runs. */
export interface AudioTarget {
  setInput(id: string): Promise<void>;
  setOutput(kind: OutputKind, id: string): Promise<void>;
}

export function createAudioDevices(
  config: Pick<Config, "sounds">,
  preferences: PreferenceStore,
  target: AudioTarget,
): AudioDevices {
  async function list(kind: MediaDeviceKind, other: (number: number) => string): Promise<AudioDevice[]> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices
      .filter((device) => device.kind === kind && device.deviceId)
      .map((device, index) => ({ id: device.deviceId, label: device.label || other(index + 1) }));
  }

  let turn = 0;

  /** Chooses, and takes the choice back when it cannot be carried out. */
  async function choose(change: Partial<Preferences>, carryOut: () => Promise<void>): Promise<void> {
    const before = preferences.get();
    preferences.set(change);
    try {
      await carryOut();
    } catch (error) {
      const chosen = preferences.get();
      const names = Object.keys(change) as (keyof Preferences)[];
      // Unless something else was chosen meanwhile.
      if (names.every((name) => chosen[name] === change[name])) {
        preferences.set(Object.fromEntries(names.map((name) => [name, before[name]])));
      }
      throw error;
    }
  }

  return {
    inputs: () => list("audioinput", (number) => t("settings.microphoneNo", { number })),
    outputs: () => list("audiooutput", (number) => t("settings.speakerNo", { number })),
    canChooseOutput: () => "setSinkId" in HTMLMediaElement.prototype,
    async useInput(id) {
      const mine = ++turn;
      const device = (await this.inputs()).find((each) => each.id === id);
      // Before it is chosen: a call must not lose the microphone that it has for one that cannot be opened.
      const stream = await navigator.mediaDevices.getUserMedia(exactly(id));
      stream.getTracks().forEach((track) => track.stop());
      if (mine !== turn) return;
      const inputName = device ? deviceName(device.label) : "";
      try {
        await choose({ input: id, inputName }, () => target.setInput(id));
      } catch (error) {
        // Back to what was heard before, as far as it can be had.
        if (mine === turn) await target.setInput(preferences.get().input).catch(() => {});
        throw error;
      }
    },
    async useOutput(kind, id) {
      await choose({ [kind]: id }, () => target.setOutput(kind, id));
    },
    async testOutput(kind) {
      const player = new Audio(kind === "ringtone" ? config.sounds.incoming : config.sounds.outgoing);
      await within(SOUND_WITHIN, play(player, preferences.get()[kind])).finally(() => player.pause());
    },
    async meterInput(id, listener) {
      const stream = await navigator.mediaDevices.getUserMedia(exactly(id));
      return meter(stream, listener);
    },
    onChange(listener) {
      navigator.mediaDevices.addEventListener("devicechange", listener);
      return () => navigator.mediaDevices.removeEventListener("devicechange", listener);
    },
  };
}

async function play(player: HTMLAudioElement, id: string): Promise<void> {
  if (id && "setSinkId" in player) await player.setSinkId(id);
  const ended = new Promise((resolve, reject) => {
    player.addEventListener("ended", resolve);
    player.addEventListener("error", reject);
  });
  await Promise.all([ended, player.play()]);
}

/** Fails when it takes longer than so many milliseconds. */
function within<T>(ms: number, done: Promise<T>): Promise<T> {
  let cancel: Cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = alarm(ms, () => reject(new Error(`not done within ${ms} ms`)));
  });
  return Promise.race([done, late]).finally(cancel);
}

function meter(stream: MediaStream, listener: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // Speech lies between about 0.01 and 0.3: the root makes quiet speech visible.
    listener(Math.min(1, Math.sqrt(Math.sqrt(power) * 3)));
  }, 60);
  return () => {
    clearInterval(timer);
    stream.getTracks().forEach((track) => track.stop());
    void context.close();
  };
}
