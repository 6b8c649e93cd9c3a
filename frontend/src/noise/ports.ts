/** What switches noise suppression on and off, and what does the work. */

/** Where its files are. */
export interface NoiseFiles {
  worklet: string;
  /** The same twice: for browsers that reckon with several numbers at once, and for the others. */
  wasm: string;
  wasmSimd: string;
}

/** Put into the SDK as its `AudioProcessor`. */
export interface Suppressor {
  /** What the microphone hears without the noise; or the same stream, when that cannot be had. */
  createProcessedStream(stream: MediaStream): Promise<MediaStream>;
  destroyProcessedStream(stream: MediaStream): Promise<void>;
  close(): void;
}

/** `failed`: it does not work here, and the call goes on without it. */
export type NoiseState = "off" | "starting" | "on" | "failed";
