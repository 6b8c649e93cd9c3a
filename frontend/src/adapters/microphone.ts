/** The microphone's permission and presence, watched so that the cue comes and goes by itself. */
import type { Microphone, Send } from "../ports";
import type { MicrophoneState } from "../softphone/state";

export function createMicrophone(
  send: Send,
  browser: Pick<Navigator, "mediaDevices" | "permissions"> = navigator,
): Microphone {
  let asking = 0;
  let permission: PermissionStatus | null = null;
  // Where the Permissions API does not know the microphone, only asking tells.
  let lastAnswer: MicrophoneState | null = null;

  function tell(microphone: MicrophoneState): void {
    send({ type: "microphone.changed", microphone });
  }

  async function look(): Promise<void> {
    const seen = await see();
    // While the browser asks, "prompt" is old news; its answer is not.
    if (asking && (seen === "prompt" || seen === "unknown")) return;
    tell(seen);
  }

  async function see(): Promise<MicrophoneState> {
    if (!browser.mediaDevices?.getUserMedia) return "missing";
    const devices = await browser.mediaDevices.enumerateDevices().catch(() => []);
    const inputs = devices.filter((device) => device.kind === "audioinput");
    if (permission?.state === "denied") return "denied";
    if (permission?.state === "prompt") return "prompt";
    if (permission === null && lastAnswer === "denied") return "denied";
    if (inputs.length === 0) return permission?.state === "granted" || lastAnswer ? "missing" : "prompt";
    if (permission?.state === "granted") return "granted";
    // Names of devices are shown only to pages that may use them.
    return inputs.some((device) => device.label) ? "granted" : "prompt";
  }

  async function watch(): Promise<void> {
    browser.mediaDevices?.addEventListener?.("devicechange", () => void look());
    try {
      permission = await browser.permissions.query({ name: "microphone" as PermissionName });
      permission.addEventListener("change", () => void look());
    } catch {
      permission = null;
    }
    await look();
  }

  async function request(): Promise<void> {
    const turn = ++asking;
    let answer: MicrophoneState;
    try {
      const stream = await browser.mediaDevices.getUserMedia({ audio: true });
      stream.getTracks().forEach((track) => track.stop());
      answer = "granted";
    } catch (error) {
      answer = await refusal(error);
    }
    // Asked again meanwhile: the later question's answer counts.
    if (turn !== asking) return;
    asking = 0;
    lastAnswer = answer === "prompt" ? null : answer;
    tell(answer);
  }

  async function refusal(error: unknown): Promise<MicrophoneState> {
    const name = error instanceof Error ? error.name : "";
    if (name !== "NotAllowedError" && name !== "SecurityError") return "missing";
    // Closing the browser's window without an answer leaves the permission open.
    return permission?.state === "prompt" ? "prompt" : "denied";
  }

  return {
    watch: () => void watch(),
    request: () => void request(),
    check() {
      if (permission === null || permission.state === "granted") void request();
      else void look();
    },
  };
}
