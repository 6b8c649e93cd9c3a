/** The SDK's calls in this browser: their events in, the machine's ids out. */
import type { Send } from "../ports";
import type { Sids } from "../quality/watch";
import type { Hints } from "../softphone/state";
import type { Call } from "./voiceSdk";

const PERMISSION_DENIED = 31401;

export class BrowserCalls {
  private readonly byId = new Map<string, Call>();
  /** Outgoing calls that were cancelled before the SDK had made them. */
  private readonly cancelled = new Set<string>();
  private readonly levelListeners = new Set<(input: number, output: number) => void>();

  /** What says of a call that nothing more is measured. */
  private readonly measured = new Map<string, () => void>();

  constructor(
    private readonly send: Send,
    private readonly onOver: () => void,
    private readonly measure: (call: Call, sids: Sids) => () => void = () => () => {},
  ) {}

  get(id: string): Call | undefined {
    return this.byId.get(id);
  }

  /** The call in which sound flows, for measuring it. */
  get active(): Call | undefined {
    return [...this.byId.values()].find((call) => call.status() === "open");
  }

  /** Whether another call has been accepted that is not open yet: the SDK has let the one before it go for that. */
  get isAnswering(): boolean {
    return [...this.byId.values()].some((call) => call.status() === "connecting");
  }

  rang(call: Call): void {
    const id = call.parameters.CallSid ?? `ring-${Date.now()}`;
    const custom = call.customParameters;
    this.attach(id, call);
    this.send({
      type: "call.incoming",
      id,
      root: custom.get("call_sid") ?? id,
      hints: hintsOf(custom, call.parameters.From ?? ""),
      at: Date.now(),
    });
  }

  placing(id: string): void {
    this.cancelled.delete(id);
  }

  placed(id: string, call: Call): void {
    this.attach(id, call);
    if (this.cancelled.delete(id)) call.disconnect();
  }

  notPlaced(id: string, error: unknown): void {
    this.cancelled.delete(id);
    const code = codeOf(error);
    this.send({ type: "call.failed", id, code, at: Date.now() });
    if (code === PERMISSION_DENIED) this.send({ type: "microphone.checked" });
  }

  hangUp(id: string): void {
    const call = this.byId.get(id);
    if (call) call.disconnect();
    else this.cancelled.add(id);
  }

  /**
   * The page or its phone goes while calls ring here: the SDK refuses them by itself, which the agent has not. To be
   * called before it does.
   */
  leave(): void {
    for (const [id, call] of this.byId) {
      if (call.status() !== "pending") continue;
      this.over(id);
      this.send({ type: "call.left", id, at: Date.now() });
    }
  }

  /** The phone is about to be switched off: its calls end without a word from the SDK. */
  abandon(): void {
    const ids = [...this.byId.keys()];
    this.byId.clear();
    for (const stop of this.measured.values()) stop();
    this.measured.clear();
    for (const id of ids) this.send({ type: "call.disconnected", id, at: Date.now() });
  }

  onLevels(listener: (input: number, output: number) => void): () => void {
    this.levelListeners.add(listener);
    return () => this.levelListeners.delete(listener);
  }

  private over(id: string): void {
    this.byId.delete(id);
    this.measured.delete(id);
    this.onOver();
  }

  private attach(id: string, call: Call): void {
    this.byId.set(id, call);
    const { send } = this;
    const over = () => this.over(id);
    const sid = () => call.parameters.CallSid ?? id;
    const custom = call.customParameters;
    const root = () => custom.get("call_sid") ?? custom.get("Move") ?? custom.get("supervise") ?? null;
    this.measured.set(
      id,
      this.measure(call, () => ({ root: root(), leg: sid() })),
    );
    call.on("ringing", () => send({ type: "call.ringing", id, sid: sid() }));
    call.on("accept", () => send({ type: "call.accepted", id, sid: sid(), at: Date.now() }));
    call.on("cancel", () => (over(), send({ type: "call.canceled", id, at: Date.now() })));
    call.on("reject", over);
    // The SDK drops what rings when its socket is cut, and says no more of it: it can be answered no more.
    call.on("transportClose", () => {
      if (call.status() !== "pending" || this.byId.get(id) !== call) return;
      over();
      send({ type: "call.canceled", id, at: Date.now() });
    });
    call.on("disconnect", () => (over(), send({ type: "call.disconnected", id, at: Date.now() })));
    call.on("mute", (muted) => send({ type: "call.muted", id, muted }));
    call.on("warning", (name) => send({ type: "call.warning", id, name }));
    call.on("warning-cleared", (name) => send({ type: "call.warning-cleared", id, name }));
    call.on("reconnecting", () => send({ type: "call.reconnecting", id, at: Date.now() }));
    call.on("reconnected", () => send({ type: "call.reconnected", id }));
    call.on("volume", (input, output) => this.levelListeners.forEach((tell) => tell(input, output)));
    // An emitter without this listener throws, and the SDK then never reconnects.
    call.on("error", (error) => {
      send({ type: "call.failed", id, code: codeOf(error), at: Date.now() });
      if (codeOf(error) === PERMISSION_DENIED) send({ type: "microphone.checked" });
    });
  }
}

function codeOf(error: unknown): number | null {
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "number"
    ? error.code
    : null;
}

/** What TwiML's `<Parameter>`s say of the caller: there before any push, and without our server. */
function hintsOf(custom: Map<string, string>, from: string): Hints {
  // Whether a number was sent, the server says: carriers write "withheld" in many ways.
  const number = custom.get("withheld") ? "" : (custom.get("caller") ?? from);
  return {
    number,
    display: number,
    name: custom.get("name") ?? "",
    place: custom.get("place") ?? "",
    line: custom.get("line") ?? "",
  };
}
