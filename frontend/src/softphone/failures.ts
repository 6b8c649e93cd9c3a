/** Why a call could not be made, as a sentence for the agent. */
import type { CallResult } from "../messages";

export interface Failure {
  message: string;
  /** Calling the same number again will not help. */
  permanent: boolean;
}

const NOT_STARTED: Failure = {
  message: "The call could not be started. Your connection works; try again.",
  permanent: false,
};

/** The Voice SDK's error codes that have something to say: Twilio Docs, "Voice SDK error codes". */
const BY_CODE: Record<number, Failure> = {
  31404: { message: "This number is not in service.", permanent: true },
  31480: { message: "Nobody answered.", permanent: false },
  31486: { message: "The line is busy.", permanent: false },
  31603: { message: "They declined the call.", permanent: false },
  31401: { message: "Your browser does not allow the microphone.", permanent: false },
  31402: { message: "The microphone could not be used. Another program may hold it.", permanent: false },
  31001: { message: "Ringdesk is not set up for outgoing calls. Ask your admin.", permanent: true },
  31005: { message: "The connection was lost before the call started. Try again.", permanent: false },
  31009: { message: "The connection was lost before the call started. Try again.", permanent: false },
  53405: { message: "No sound could be sent. A firewall or VPN may block it.", permanent: false },
};

const BY_RESULT: Partial<Record<CallResult, Failure>> = {
  "no-answer": { message: "Nobody answered.", permanent: false },
  busy: { message: "The line is busy.", permanent: false },
  failed: { message: "The phone network could not connect the call.", permanent: false },
};

export function failureOfCode(code: number | null): Failure {
  return (code === null ? undefined : BY_CODE[code]) ?? NOT_STARTED;
}

/** Why an incoming call could not be answered. */
export function failureOfAnswer(code: number | null): Failure {
  const known = code === null ? undefined : BY_CODE[code];
  return known ?? { message: "The call could not be answered. You can call back.", permanent: false };
}

export function failureOfResult(result: CallResult): Failure | null {
  return BY_RESULT[result] ?? null;
}

export const UNANSWERED: Failure = { message: "The call ended before anybody answered.", permanent: false };

/** When nobody says what became of it. */
export const LATE: Record<"answer" | "connect" | "reconnect", Failure> = {
  answer: { message: "The call could not be answered in time. You can call back.", permanent: false },
  connect: {
    message: "The call did not get through. Check your connection and try again.",
    permanent: false,
  },
  reconnect: { message: "The connection did not come back. You can call again.", permanent: false },
};
