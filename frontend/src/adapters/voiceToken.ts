/**
 * Keeps a phone's token fresh: fetched with patience, renewed before it expires, by a timer of our own because the
 * SDK's word for it may be missed (a laptop that slept). Renewing makes the SDK resume its call, so during one it
 * waits until the call is over or the token is nearly so.
 */
import type { Token } from "../ports";
import { alarm, type Cancel } from "./alarms";
import { ApiError } from "./api";
import { t } from "../i18n/i18n";

const NEARLY = 15_000;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

export interface VoiceTokenOptions {
  fetch(): Promise<Token>;
  refreshSeconds: number;
  isBusy(): boolean;
  onRenewed(token: Token): void;
  onProblem(message: string): void;
}

export class VoiceToken {
  private expiresAt = 0;
  private refreshMs = 0;
  private cancelTimer: Cancel = () => {};
  private pending: Promise<Token> | null = null;
  private stopped = false;
  private wakeUp: (() => void) | null = null;

  constructor(private readonly options: VoiceTokenOptions) {}

  /** The first token. Resolves when there is one, however long that takes, unless stopped. */
  async first(): Promise<Token> {
    const token = await this.fetch();
    this.schedule();
    return token;
  }

  /** How long before expiry to renew: never more than a third of a short token's life, or renewing would not end. */
  get refreshBefore(): number {
    return this.refreshMs;
  }

  /** Renews when it is time; `tokenWillExpire` may come twice, and our timer too. */
  async renew({ force = false } = {}): Promise<void> {
    if (this.stopped || this.pending) return;
    const left = this.expiresAt - Date.now();
    if (!force && left > this.refreshMs + 1000) return this.schedule();
    if (!force && left > NEARLY && this.options.isBusy()) return this.schedule();
    const token = await this.fetch();
    if (this.stopped) return;
    this.options.onRenewed(token);
    this.schedule();
  }

  /** After sleep timers are late: look at the clock. */
  wake(): void {
    this.wakeUp?.();
    if (this.expiresAt > 0) void this.renew().catch(() => {});
  }

  stop(): void {
    this.stopped = true;
    this.cancelTimer();
    this.wakeUp?.();
  }

  private schedule(): void {
    this.cancelTimer();
    if (this.stopped) return;
    const left = this.expiresAt - Date.now();
    // In a call: look again every few seconds, so that the end of the call is not missed.
    const wait = left > this.refreshMs ? left - this.refreshMs : 5000;
    this.cancelTimer = alarm(Math.min(wait, 2 ** 31 - 1), () => void this.renew().catch(() => {}));
  }

  private fetch(): Promise<Token> {
    this.pending ??= this.fetchPatiently().finally(() => {
      this.pending = null;
    });
    return this.pending;
  }

  private async fetchPatiently(): Promise<Token> {
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      try {
        const token = await this.options.fetch();
        this.expiresAt = Date.now() + token.ttl * 1000;
        this.refreshMs = Math.min(this.options.refreshSeconds * 1000, (token.ttl * 1000) / 3);
        return token;
      } catch (error) {
        if (this.stopped) throw error;
        this.options.onProblem(problemOf(error));
        await this.pause(wait * (0.8 + 0.4 * Math.random()));
        if (this.stopped) throw error;
      }
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = alarm(ms, resolve);
      this.wakeUp = () => {
        cancel();
        resolve();
      };
    });
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ApiError) return error.signedOut ? t("failure.signedOut") : error.message;
  return t("failure.phone");
}
