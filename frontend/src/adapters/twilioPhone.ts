/** The phone: Twilio's Voice SDK, the same against Twilio and against the simulator. */
import type { Config } from "../config";
import type { Api, Levels, OutputKind, Phone, Send, Token } from "../ports";
import { alarm, type Cancel } from "./alarms";
import { type AudioTarget } from "./audioDevices";
import { BrowserCalls } from "./browserCalls";
import { CallMicrophone, deviceName } from "./callMicrophone";
import type { PreferenceStore } from "./preferences";
import type * as Noise from "../noise/switch";
import type { QualityKeeper } from "../quality/keeper";
import type { Surroundings } from "../quality/measure";
import { watchQuality } from "../quality/watch";
import { Device } from "./voiceSdk";
import { VoiceToken } from "./voiceToken";
import type { Grants } from "../softphone/state";
import { t } from "../i18n/i18n";

/** The token was refused, or ran out unnoticed: only a new one helps. */
const TOKEN_ERRORS = new Set([20101, 20104, 20151, 31201, 31202, 31204, 31205]);

export class TwilioPhone implements Phone, Levels, AudioTarget {
  private device: Device | null = null;
  private token: VoiceToken | null = null;
  private cancelRestart: Cancel = () => {};
  private refusals = 0;
  private grants: Grants | null = null;
  private choosing = false;
  private readonly microphone: CallMicrophone;
  private noise: Noise.NoiseSwitch | null = null;
  private bringsNoise = false;
  readonly calls: BrowserCalls;

  constructor(
    private readonly config: Config,
    private readonly api: Pick<Api, "token">,
    private readonly preferences: PreferenceStore,
    private readonly send: Send,
    private readonly loadNoise: () => Promise<typeof Noise>,
    quality: QualityKeeper | null = null,
    supervises: () => boolean = () => false,
  ) {
    this.calls = new BrowserCalls(
      (event) => {
        send(event);
        if (event.type === "call.accepted") this.lookAtNoise();
      },
      () => this.callOver(),
      (call, sids) =>
        quality ? watchQuality(call, sids, quality, () => this.surroundings(), supervises) : () => {},
    );
    this.microphone = new CallMicrophone(preferences, send, () => void this.chooseInput());
    preferences.subscribe(() => this.lookAtNoise());
    const wake = () => {
      if (document.visibilityState === "visible") this.token?.wake();
    };
    document.addEventListener("visibilitychange", wake);
    globalThis.addEventListener("online", wake);
    // Registered before the SDK's own, which refuses what rings.
    globalThis.addEventListener("pagehide", () => this.calls.leave());
  }

  start(): void {
    this.close();
    this.send({ type: "device.changed", state: "registering", at: Date.now() });
    const token = new VoiceToken({
      fetch: () => this.api.token(),
      refreshSeconds: this.config.phone.tokenRefreshSeconds,
      isBusy: () => this.device?.isBusy ?? false,
      onRenewed: (renewed) => this.renewed(renewed),
      onProblem: (message) => this.send({ type: "device.failed", message }),
    });
    this.token = token;
    void token
      .first()
      .then((first) => {
        if (this.token === token) this.register(first);
      })
      .catch(() => {});
  }

  stop(): void {
    this.close();
    this.send({ type: "device.changed", state: "unregistered", at: Date.now() });
  }

  connect({ id, to, lineId, override, callBack, move }: Parameters<Phone["connect"]>[0]): void {
    const params: Record<string, string> = { To: to };
    if (lineId !== null) params.LineId = String(lineId);
    if (override) params.Override = override;
    if (callBack) params.CallBack = callBack;
    if (move) params.Move = move;
    this.place(id, params);
  }

  supervise(id: string, sid: string): void {
    this.place(id, { supervise: sid });
  }

  private place(id: string, params: Record<string, string>): void {
    const device = this.device;
    if (!device) {
      this.send({ type: "call.failed", id, code: null, at: Date.now() });
      return;
    }
    this.calls.placing(id);
    device
      .connect({ params })
      .then((call) => this.calls.placed(id, call))
      .catch((error: unknown) => this.calls.notPlaced(id, error));
  }

  accept(id: string): void {
    this.calls.get(id)?.accept();
  }

  reject(id: string): void {
    this.calls.get(id)?.reject();
  }

  ignore(id: string): void {
    this.calls.get(id)?.ignore();
  }

  hangUp(id: string): void {
    this.calls.hangUp(id);
  }

  mute(id: string, muted: boolean): void {
    this.calls.get(id)?.mute(muted);
  }

  sendDigit(id: string, digit: string): void {
    this.calls.get(id)?.sendDigits(digit);
  }

  onLevels(listener: (input: number, output: number) => void): () => void {
    return this.calls.onLevels(listener);
  }

  /** During a call: hears with this microphone. Fails when another one hears, or none. */
  async setInput(id: string): Promise<void> {
    // Between calls the next call opens what is chosen; holding a device open would light its lamp.
    if (!this.device?.isBusy) return;
    if (id) await this.device.audio?.setInputDevice(id);
    else await this.chooseInput({ anew: true });
    const heard = this.microphone.id;
    if (!this.microphone.isLive || (id && heard && heard !== id))
      throw new Error("The microphone was not opened.");
  }

  async setOutput(kind: OutputKind, id: string): Promise<void> {
    const audio = this.device?.audio;
    if (!audio?.isOutputSelectionSupported) return;
    const devices = kind === "speaker" ? audio.speakerDevices : audio.ringtoneDevices;
    const wanted = id || "default";
    if ([...devices.get()].some((device) => device.deviceId === wanted)) return;
    await devices.set(wanted);
  }

  /** What a call is heard and sent with, as far as the browser says. */
  private surroundings(): Surroundings {
    const [speaker] = this.device?.audio?.speakerDevices.get() ?? [];
    const { connection } = navigator as { connection?: { type?: string; effectiveType?: string } };
    return {
      microphone: deviceName(this.microphone.label),
      speaker: deviceName(speaker?.label ?? ""),
      network: connection?.type ?? connection?.effectiveType ?? "",
      edge: this.device?.edge ?? "",
    };
  }

  /** The chosen loudspeakers. The SDK forgets them whenever it looks which devices there are. */
  private chooseOutputs(): void {
    for (const kind of ["speaker", "ringtone"] as const) {
      const id = this.preferences.get()[kind];
      // Not there now: the SDK plays on the system's own until it is.
      if (id) this.setOutput(kind, id).catch(() => {});
    }
  }

  /**
   * During a call: goes to another microphone when the one in use has vanished, and back to the chosen one when that
   * has come. `anew`: whatever hears now, the choice is another. The SDK does it only where there is a device called "default", and waits for the track to end.
   */
  private async chooseInput({ anew = false } = {}): Promise<void> {
    const audio = this.device?.audio;
    if (!audio || !this.device?.isBusy || this.choosing) return;
    this.choosing = true;
    try {
      const devices = await navigator.mediaDevices.enumerateDevices();
      const ids = devices.filter((device) => device.kind === "audioinput").map((device) => device.deviceId);
      const { input } = this.preferences.get();
      const { id } = this.microphone;
      const isGone = !this.microphone.isLive || (id !== "" && !ids.includes(id));
      if (isGone) this.microphone.lose();
      const wanted = input && ids.includes(input) ? input : "";
      if (!isGone && !anew && (wanted === "" || wanted === id)) return;
      for (const candidate of new Set([wanted, "default", ...ids])) {
        if (!ids.includes(candidate)) continue;
        const opened = await audio.setInputDevice(candidate).then(
          () => this.microphone.isLive,
          () => false,
        );
        if (opened) return;
      }
    } finally {
      this.choosing = false;
    }
  }

  /** Lets the microphone go, which the SDK keeps open once it was changed in a call. */
  private callOver(): void {
    // The SDK still counts the call as its own while it says that it is over.
    setTimeout(() => {
      if (this.device?.isBusy || this.calls.isAnswering) return;
      this.microphone.forget();
      const done = this.device?.audio?.unsetInputDevice().catch(() => {});
      void done?.then(() => this.lookAtNoise());
    });
  }

  /** What suppresses noise is brought in the first call in which it is wanted, and looks after itself from then on. */
  private lookAtNoise(): void {
    if (this.noise) void this.noise.look();
    if (this.noise || this.bringsNoise || !this.device?.isBusy || !this.preferences.get().suppressesNoise)
      return;
    this.bringsNoise = true;
    this.loadNoise()
      .then(({ NoiseSwitch }) => {
        this.noise = new NoiseSwitch(this.config.urls.noise, {
          wanted: () => this.preferences.get().suppressesNoise,
          audio: () => (this.device?.isBusy && this.device.audio) || null,
          keeping: (change) => this.microphone.keeping(this.calls.active?.isMuted() ?? false, change),
          tell: (noise) => this.send({ type: "noise.changed", noise }),
        });
        void this.noise.look();
      })
      .catch(() => this.send({ type: "noise.changed", noise: "failed" }))
      .finally(() => (this.bringsNoise = false));
  }

  private register(first: Token): void {
    const device = new Device(first.token, this.options(first));
    this.device = device;
    const changed = (state: "registering" | "registered" | "unregistered" | "ready") => () => {
      if (this.device !== device) return;
      if (state === "registered") {
        this.refusals = 0;
        this.chooseOutputs();
      }
      this.send({ type: "device.changed", state, at: Date.now() });
    };
    device.on("registering", changed("registering"));
    device.on("registered", changed("registered"));
    device.on("unregistered", changed("unregistered"));
    device.on("incoming", (call) => this.calls.rang(call));
    device.on("tokenWillExpire", () => void this.token?.renew().catch(() => {}));
    // Without a listener the SDK's emitter throws in the midst of its own work, and it never reconnects.
    device.on("error", (error) => this.failed(device, error.code));
    this.granted(first);
    // Twilio refuses to register what may not ring; calling out needs no registration.
    if (first.grants.incoming) device.register().catch(() => {});
    else changed("ready")();
    device.audio?.on("deviceChange", () => {
      // The SDK does what it does about it first, in the same moment.
      setTimeout(() => {
        if (this.device !== device) return;
        this.chooseOutputs();
        void this.chooseInput();
      });
    });
  }

  private granted({ grants }: Token): void {
    this.grants = grants;
    this.send({ type: "grants.changed", grants });
  }

  private renewed(token: Token): void {
    const { grants } = token;
    const begins =
      this.grants?.incoming !== grants.incoming ||
      Boolean(this.grants.second_call) !== Boolean(grants.second_call);
    // An admin decided otherwise: the phone begins anew, but never in a call.
    if (begins && !this.device?.isBusy) {
      this.start();
      return;
    }
    this.granted(token);
    this.device?.updateToken(token.token);
  }

  private failed(device: Device, code: number): void {
    if (this.device !== device || !TOKEN_ERRORS.has(code)) return;
    if (device.isBusy) {
      void this.token?.renew({ force: true }).catch(() => {});
      return;
    }
    // A device whose token was refused stays silent for ever: a new one, with a pause that grows.
    this.cancelRestart();
    this.cancelRestart = alarm(Math.min(30_000, 500 * 2 ** this.refusals++), () => this.start());
    this.send({ type: "device.changed", state: "unregistered", at: Date.now() });
    // The first refusal may be of a token that grew old while the computer slept; a new one is no cure for the second.
    if (this.refusals > 1) this.send({ type: "device.failed", message: refusalOf(code) });
  }

  private options(first: Token): Device.Options {
    const { phone, sounds } = this.config;
    const local = phone.signallingHost !== null;
    const options = {
      sounds,
      edge: first.edge || phone.edge,
      publishEvents: phone.publishEvents,
      // On poor networks Opus is heard better; the simulator's media costs less with PCMU.
      codecPreferences: local ? ["pcmu", "opus"] : ["opus", "pcmu"],
      tokenRefreshMs: Math.max(1000, this.token?.refreshBefore ?? 10_000),
      maxCallSignalingTimeoutMs: 30_000,
      enableImprovedSignalingErrorPrecision: true,
      allowIncomingWhileBusy: Boolean(first.grants.second_call),
      getUserMedia: this.microphone.open,
      appName: "ringdesk",
      logLevel: "error",
      ...(local ? { chunderw: phone.signallingHost } : {}),
    };
    // `chunderw` and `publishEvents` are accepted but not in the public type.
    return options as unknown as Device.Options;
  }

  private close(): void {
    this.cancelRestart();
    this.token?.stop();
    this.token = null;
    const old = this.device;
    this.calls.leave();
    this.device = null;
    this.noise?.drop();
    // The only sure way to stay off: a device that merely unregistered comes back by itself.
    old?.destroy();
    this.calls.abandon();
  }
}

function refusalOf(code: number): string {
  return t("failure.refused", { code: String(code) });
}
