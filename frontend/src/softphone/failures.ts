/** Why a call could not be made, as a sentence for the agent. */
import type { Key } from "../i18n/messages";
import type { CallResult } from "../messages";
import { t } from "../i18n/i18n";

export interface Failure {
  message: string;
  remedy: Remedy;
}

/** What helps: calling again, another number, or nothing that the agent could do. What forbade it, the server knows. */
export type Remedy = "again" | "edit" | "nothing" | "ask-server";

/** A sentence, and what helps when it is not calling again. */
type Kind = [sentence: Exclude<`failure.${string}` & Key, "failure.refused">, remedy?: Remedy];

/** The Voice SDK's error codes that have something to say: Twilio Docs, "Voice SDK error codes". */
const BY_CODE: Record<number, Kind> = {
  31404: ["failure.notInService", "edit"],
  31480: ["failure.nobody"],
  31486: ["failure.busy"],
  31603: ["failure.declined"],
  31401: ["failure.notAllowed"],
  31402: ["failure.microphone"],
  31001: ["failure.notSetUp", "nothing"],
  31005: ["failure.connection"],
  31009: ["failure.connection"],
  53405: ["failure.noSound"],
};

const BY_RESULT: Partial<Record<CallResult, Kind>> = {
  "no-answer": ["failure.nobody"],
  busy: ["failure.busy"],
  failed: ["failure.network"],
};

function failure([sentence, remedy = "again"]: Kind): Failure {
  return { message: t(sentence), remedy };
}

export function failureOfCode(code: number | null): Failure {
  return failure(kindOf(code) ?? ["failure.notStarted"]);
}

/** Why an incoming call could not be answered. */
export function failureOfAnswer(code: number | null): Failure {
  return failure(kindOf(code) ?? ["failure.notAnswered"]);
}

export function failureOfResult(result: CallResult): Failure | null {
  const kind = BY_RESULT[result];
  return kind ? failure(kind) : null;
}

/** It ended, and nobody said why. */
export function unanswered(): Failure {
  return failure(["failure.unanswered"]);
}

/** When nobody says what became of it. */
export function lateFailure(step: "Answer" | "Connect" | "Reconnect"): Failure {
  return failure([`failure.late${step}`]);
}

function kindOf(code: number | null): Kind | undefined {
  return code === null ? undefined : BY_CODE[code];
}
