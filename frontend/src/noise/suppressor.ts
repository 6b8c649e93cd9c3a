/** RNNoise between the microphone and a call, in a thread of its own. */
import { loadRnnoise, RnnoiseWorkletNode } from "@sapphi-red/web-noise-suppressor";
import type { NoiseFiles, Suppressor } from "./ports";

/** RNNoise knows sound of this rate alone. */
const RATE = 48_000;
/** Milliseconds: who cannot begin by then never will. */
const PATIENCE = 5000;
const STEP = 20;
/** Of the tone that is sent through it first: far below what anybody hears. */
const TRIAL_LOUDNESS = 0.01;

/** Ready to be put into a call. `onFailed` is called when it gives no more sound. Fails where it does not work. */
export async function createSuppressor(files: NoiseFiles, onFailed: () => void): Promise<Suppressor> {
  const context = new AudioContext({ sampleRate: RATE });
  try {
    const url = files.wasm;
    const [wasmBinary] = await Promise.all([
      loadRnnoise({ url, simdUrl: files.wasmSimd }),
      context.audioWorklet.addModule(files.worklet),
      // Not awaited for ever: a browser that wants a press first says nothing.
      context.resume(),
      until(() => context.state === "running"),
    ]);
    const node = new RnnoiseWorkletNode(context, { wasmBinary, maxChannels: 1 });
    node.channelCount = 1;
    node.channelCountMode = "explicit";
    await tried(context, node);
    return suppressorOf(context, node, onFailed);
  } catch (error) {
    void context.close();
    throw error;
  }
}

function suppressorOf(context: AudioContext, node: RnnoiseWorkletNode, onFailed: () => void): Suppressor {
  let source: MediaStreamAudioSourceNode | null = null;
  let closed = false;
  const failed = () => {
    if (!closed) onFailed();
  };
  node.addEventListener("processorerror", failed);
  // Suspended by the system, as for a call of the telephone that this is: then it gives silence.
  context.addEventListener("statechange", () => context.state !== "running" && failed());

  async function detach(): Promise<void> {
    source?.disconnect();
    node.disconnect();
    source = null;
  }

  return {
    async createProcessedStream(stream) {
      const [heard] = stream.getAudioTracks();
      try {
        await detach();
        source = context.createMediaStreamSource(stream);
        const sent = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
        source.connect(node).connect(sent);
        const [track] = sent.stream.getAudioTracks();
        // Muting is done to what is sent: the SDK would switch the microphone on again never.
        if (heard && track) {
          track.enabled = heard.enabled;
          heard.enabled = true;
        }
        return sent.stream;
      } catch {
        // Better heard with noise than not at all.
        queueMicrotask(failed);
        return stream;
      }
    },
    destroyProcessedStream: detach,
    close() {
      closed = true;
      void detach();
      node.destroy();
      void context.close();
    },
  };
}

/**
 * A tone goes through it before a voice does: nothing else tells whether the module could be compiled in there. Ends when
 * nothing of it is left inside.
 */
async function tried(context: AudioContext, node: AudioWorkletNode): Promise<void> {
  const tone = new OscillatorNode(context, { type: "sawtooth", frequency: 180 });
  const loudness = new GainNode(context, { gain: TRIAL_LOUDNESS });
  const ear = new AnalyserNode(context, { fftSize: 2048 });
  const samples = new Float32Array(ear.fftSize);
  const sounds = () => {
    ear.getFloatTimeDomainData(samples);
    return samples.some((sample) => sample !== 0);
  };
  tone.connect(loudness).connect(node).connect(ear);
  tone.start();
  try {
    await until(sounds);
    loudness.gain.value = 0;
    await until(() => !sounds());
  } finally {
    tone.stop();
    loudness.disconnect();
    node.disconnect();
  }
}

async function until(so: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!so()) {
    if (Date.now() > end) throw new Error("Noise suppression gives no sound.");
    await new Promise((resolve) => setTimeout(resolve, STEP));
  }
}
