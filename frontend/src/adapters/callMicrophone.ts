/** The microphone of a call: the chosen one and no other, as long as it can be had. */
import type { Send } from "../ports";
import type { PreferenceStore } from "./preferences";
import { t } from "../i18n/i18n";

type Media = Pick<MediaDevices, "getUserMedia">;

/** The device is not there, or another program holds it: another one may be had. */
const NOT_THIS_ONE = new Set(["OverconstrainedError", "NotFoundError", "NotReadableError", "AbortError"]);

/** Asks for exactly that device: a bare id is only a wish, and browsers answer it with whatever they like. */
export function exactly(id: string): MediaStreamConstraints {
  return { audio: id ? { deviceId: { exact: id } } : true };
}

/** A device's name as people know it: Chrome adds which one is the default, and the numbers of USB. */
export function deviceName(label: string): string {
  return label.replace(/^(Default|Communications) - /, "").replace(/ \([0-9a-f]{4}:[0-9a-f]{4}\)$/, "");
}

export class CallMicrophone {
  private track: MediaStreamTrack | null = null;
  /** The same microphone once more, for the SDK to open next. */
  private kept: MediaStreamTrack | null = null;

  constructor(
    private readonly preferences: Pick<PreferenceStore, "get">,
    private readonly send: Send,
    /** The device went away in the midst of a call. */
    private readonly onGone: () => void,
    private readonly media: () => Media = () => navigator.mediaDevices,
  ) {}

  /**
   * In `getUserMedia`'s place for the SDK, which asks for "default" of its own accord whenever any device is plugged
   * in: the agent's choice comes before what it asks for, and any microphone before none.
   */
  readonly open = async (asked: MediaStreamConstraints): Promise<MediaStream> => {
    const kept = this.takeKept();
    if (kept) {
      this.listenTo(kept);
      return new MediaStream([kept]);
    }
    const { input } = this.preferences.get();
    const attempts = [...(input ? [exactly(input)] : []), asked, exactly("")];
    for (let at = 0; ; at++) {
      try {
        return this.heard(await this.media().getUserMedia(attempts[at]), input);
      } catch (error) {
        const name = error instanceof Error || error instanceof DOMException ? error.name : "";
        if (!NOT_THIS_ONE.has(name) || at === attempts.length - 1) throw error;
      }
    }
  };

  /**
   * While this is done the SDK opens its microphone anew, which it stops first: it is given the one that hears already, so
   * that nobody hears a gap, and no device has to wake up. `muted`: whoever is muted is not heard in between.
   */
  async keeping(muted: boolean, change: () => Promise<void>): Promise<void> {
    if (this.track && this.isLive) {
      this.kept = this.track.clone();
      this.kept.enabled = !muted;
    }
    try {
      await change();
    } finally {
      this.takeKept()?.stop();
    }
  }

  get isLive(): boolean {
    return this.track?.readyState === "live";
  }

  /** The id of the device that hears, "" when there is none or the browser does not say. */
  get id(): string {
    return this.track?.getSettings().deviceId ?? "";
  }

  /** What the browser calls it. */
  get label(): string {
    return this.track?.label ?? "";
  }

  /** Says that nobody is heard, until another device is opened. */
  lose(): void {
    if (this.track)
      this.send({
        type: "hearing.changed",
        hearing: { state: "lost", label: deviceName(this.track.label) },
      });
  }

  forget(): void {
    this.track = null;
  }

  private heard(stream: MediaStream, chosen: string): MediaStream {
    const [track] = stream.getAudioTracks();
    if (!track) return stream;
    this.listenTo(track);
    const isChosen = !chosen || track.getSettings().deviceId === chosen;
    const missed = isChosen ? "" : this.preferences.get().inputName || t("settings.chosenMicrophone");
    this.send({
      type: "hearing.changed",
      hearing: { state: "live", label: deviceName(track.label), missed },
    });
    return stream;
  }

  private listenTo(track: MediaStreamTrack): void {
    this.track = track;
    // Said by the browser when the device goes, never by whoever stops the track.
    track.addEventListener("ended", () => {
      if (this.track === track) this.onGone();
    });
  }

  private takeKept(): MediaStreamTrack | null {
    const { kept } = this;
    this.kept = null;
    return kept;
  }
}
