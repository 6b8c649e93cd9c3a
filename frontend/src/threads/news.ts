/** What is said aloud of texts: one sentence, when there is no call in which it would disturb. */
import { saidAgain } from "../again";
import { afterColon, t } from "../i18n/i18n";
import type { ServerMessage, Text } from "../messages";
import type { SendPart } from "../groupSends/ports";
import { shortTitleOf, titleOf } from "./words";

const STOP = /^\s*(stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)\s*$/i;

export interface NewsStore {
  get(): string;
  subscribe(listener: () => void): () => void;
  tell(message: ServerMessage, inCall: boolean): void;
}

export function createNews(): NewsStore {
  const listeners = new Set<() => void>();
  const failed = new Set<number>();
  /** What each group send was last known to be at. */
  const sends = new Map<number, string>();
  let said = "";

  function isFirstFailure({ id, state }: Text): boolean {
    if (state !== "failed" || failed.has(id)) return false;
    failed.add(id);
    return true;
  }

  function ofSend({ id, state, progress, goes_on_by_itself: waits }: SendPart): string {
    const before = sends.get(id);
    sends.set(id, state);
    if (!progress || before === undefined || before === state) return "";
    if (state === "stopped") return t(waits ? "say.sendWaits" : "say.sendPaused");
    if (state !== "finished") return "";
    const { delivered, total, not_delivered: not } = progress;
    return t("say.sendFinished", { delivered, total, not });
  }

  function sentence(message: ServerMessage): string {
    if (message.type === "send.progress") return ofSend(message.send);
    if (message.type === "message.new" && message.message.direction === "inbound") {
      const { thread, message: text } = message;
      if (thread.closed === "stopped" && STOP.test(text.body)) {
        return t("say.textsOff", { name: shortTitleOf(thread) });
      }
      // Nobody has to read what comes from a number that is blocked.
      return thread.closed === "blocked" ? "" : t("say.newText", { name: titleOf(thread) });
    }
    if (message.type === "message.status" && isFirstFailure(message.message)) {
      const { thread, message: text } = message;
      return t("say.textFailed", { name: shortTitleOf(thread), problem: afterColon(text.problem) });
    }
    return "";
  }

  return {
    get: () => said,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(message, inCall) {
      const next = sentence(message);
      if (!next || inCall) return;
      said = saidAgain(next, said);
      listeners.forEach((listener) => listener());
    },
  };
}
