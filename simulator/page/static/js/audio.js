/** The sound of one telephone: the page's loudspeaker, and its microphone when wanted and allowed. */

import { api } from "./api.js";

/** @typedef {"off" | "connecting" | "listening" | "talking" | "failed"} AudioState */

const GATHERING_LIMIT = 1500;
const SENSITIVITY = 4;

/** @type {AudioContext | null} */
let context = null;

/** One for the page, made at the first call: browsers allow only a few, and only after a click. */
function audioContext() {
  context ??= new AudioContext();
  // It starts suspended when no click came before; trying again is harmless.
  if (context.state === "suspended") context.resume().catch(() => {});
  return context;
}

export class CallAudio {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {AudioState} */
    this.state = "off";
    /** The call it belongs to, while there is one. */
    this.sid = "";
    /** Why the microphone or the sound is missing; empty when nothing is. */
    this.problem = "";
    this.speaker = new Audio();
    /** @type {RTCPeerConnection | null} */
    this.connection = null;
    /** @type {MediaStream | null} */
    this.microphone = null;
    /** @type {AnalyserNode | null} */
    this.analyser = null;
    this.samples = new Float32Array(1024);
  }

  /**
   * Connects to a call. Never throws: what failed is in `state` and `problem`.
   *
   * @param {string} sid
   * @param {boolean} withMicrophone
   */
  async attach(sid, withMicrophone) {
    this.detach();
    const connection = new RTCPeerConnection();
    this.connection = connection;
    this.sid = sid;
    this.become("connecting");
    try {
      const microphone = withMicrophone ? await this.openMicrophone() : null;
      if (connection !== this.connection) return stop(microphone);
      this.microphone = microphone;
      const track = microphone?.getAudioTracks()[0];
      connection.addTransceiver(track ?? "audio", { direction: track ? "sendrecv" : "recvonly" });
      connection.addEventListener("track", (event) => this.play(event.track));
      connection.addEventListener("connectionstatechange", () => this.watch(connection));
      await connection.setLocalDescription();
      await gathered(connection);
      const offer = connection.localDescription;
      if (!offer || connection !== this.connection) return;
      const answer = await api.attachAudio(sid, offer);
      if (connection === this.connection) await connection.setRemoteDescription(answer);
    } catch (error) {
      if (connection === this.connection) this.fail(error instanceof Error ? error.message : "No sound.");
    }
  }

  async openMicrophone() {
    this.problem = "";
    if (!navigator.mediaDevices) {
      this.problem = "Browsers give the microphone only to https and localhost.";
      return null;
    }
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch (error) {
      const missing = error instanceof DOMException && error.name === "NotFoundError";
      this.problem = missing ? "No microphone was found." : "The browser blocks the microphone.";
      return null;
    }
  }

  /** @param {MediaStreamTrack} track */
  play(track) {
    const stream = new MediaStream([track]);
    this.speaker.srcObject = stream;
    this.speaker.play().catch(() => {
      this.problem = "The browser blocks sound until you press something here.";
      this.onChange();
    });
    const audio = audioContext();
    this.analyser = audio.createAnalyser();
    this.analyser.fftSize = this.samples.length;
    audio.createMediaStreamSource(stream).connect(this.analyser);
  }

  /** @param {RTCPeerConnection} connection */
  watch(connection) {
    if (connection !== this.connection) return;
    if (connection.connectionState === "connected") this.become(this.microphone ? "talking" : "listening");
    if (connection.connectionState === "failed") this.fail("The sound could not be connected.");
  }

  /** How loud it is just now, from 0 to 1. */
  level() {
    if (!this.analyser) return 0;
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    return Math.min(1, Math.sqrt(power) * SENSITIVITY);
  }

  /** @param {string} problem */
  fail(problem) {
    const { sid } = this;
    this.detach();
    this.sid = sid;
    this.problem = problem;
    this.become("failed");
  }

  detach() {
    const connection = this.connection;
    this.connection = null;
    connection?.close();
    stop(this.microphone);
    this.microphone = null;
    this.analyser?.disconnect();
    this.analyser = null;
    this.speaker.srcObject = null;
    this.sid = "";
    this.problem = "";
    this.become("off");
  }

  /** @param {AudioState} state */
  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.onChange();
  }
}

/** @param {MediaStream | null} stream */
function stop(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/**
 * Waits until the offer holds all its addresses: they cannot be sent later.
 *
 * @param {RTCPeerConnection} connection
 * @returns {Promise<void>}
 */
function gathered(connection) {
  return new Promise((resolve) => {
    const done = () => connection.iceGatheringState === "complete" && resolve();
    connection.addEventListener("icegatheringstatechange", done);
    setTimeout(resolve, GATHERING_LIMIT);
    done();
  });
}
