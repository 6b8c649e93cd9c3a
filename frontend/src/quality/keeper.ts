/**
 * What calls measured, kept until the server has it. Written down every few seconds while a call goes on: after a crash
 * or a reload the next page sends what there was.
 */
import { alarm, type Cancel } from "../adapters/alarms";
import { type Measured, nothingMeasured, type Quality, qualityOf } from "./measure";

/** Milliseconds. What another page wrote that lately is a call that still goes on there. */
const STILL_GOING = 15_000;
const WRITTEN_EVERY = 5000;
const AGAIN_AFTER = 30_000;
/** A leg of which the server has not heard by then, it never will. */
const UNKNOWN_FOR = 600_000;
const KEPT_FOR = 86_400_000;
/** What a browser keeps at the most, the newest. */
const MOST = 20;

interface Kept {
  root: string;
  leg: string;
  at: number;
  isOver: boolean;
  isComplete: boolean;
  measured: Measured;
}

/** Rejects with the HTTP status, 0 when the server was not reached. */
export type SendQuality = (root: string, quality: Quality) => Promise<void>;

export interface QualityKeeper {
  /** A call began to sound; what it measures goes into what is returned. */
  began(root: string, leg: string): Measured;
  /** One second was measured: written down now and then. */
  touched(leg: string): void;
  /** The call is over. Whether it was seen to end: a page that goes away has not. */
  ended(leg: string): void;
  /** What it measured is of no use. */
  dropped(leg: string): void;
}

export function createQualityKeeper(
  agentId: number,
  storage: Storage | null,
  send: SendQuality,
  onSent: (root: string) => void = () => {},
  page: EventTarget = globalThis,
): QualityKeeper {
  const prefix = `ringdesk.quality.${agentId}.`;
  const going = new Map<string, Kept>();
  /** Over, and not at the server yet: also where there is no storage. */
  const over = new Map<string, Kept>();
  let cancel: Cancel = () => {};
  let isSending = false;
  let isAskedAgain = false;
  let isLeaving = false;

  function write(kept: Kept): void {
    try {
      storage?.setItem(prefix + kept.leg, JSON.stringify(kept));
    } catch {
      // A full or forbidden storage: it is sent if this page sees the call end.
    }
  }

  function forget(leg: string): void {
    over.delete(leg);
    try {
      storage?.removeItem(prefix + leg);
    } catch {
      // Nothing was written either.
    }
  }

  /** What pages before this one, and others beside it, wrote down. */
  function written(): Kept[] {
    const found: Kept[] = [];
    try {
      const names = Array.from({ length: storage?.length ?? 0 }, (_, at) => storage?.key(at) ?? "");
      for (const name of names.filter((each) => each.startsWith(prefix))) {
        const kept = read(storage?.getItem(name) ?? "");
        if (kept && Date.now() - kept.at < KEPT_FOR) found.push(kept);
        else storage?.removeItem(name);
      }
    } catch {
      // A forbidden storage has nothing.
    }
    const newest = found.sort((one, other) => other.at - one.at);
    for (const { leg } of newest.slice(MOST)) forget(leg);
    return newest.slice(0, MOST);
  }

  async function sendAll(): Promise<void> {
    if (isSending) {
      isAskedAgain = true;
      return;
    }
    isSending = true;
    cancel();
    let wait = 0;
    const waiting = new Map(written().map((kept) => [kept.leg, kept]));
    for (const [leg, kept] of over) waiting.set(leg, kept);
    for (const kept of waiting.values()) {
      if (going.has(kept.leg)) continue;
      const left = kept.isOver ? 0 : kept.at + STILL_GOING - Date.now();
      if (left > 0) wait = wait === 0 ? left : Math.min(wait, left);
      else if (!(await isDone(kept))) wait = wait === 0 ? AGAIN_AFTER : Math.min(wait, AGAIN_AFTER);
    }
    isSending = false;
    if (isAskedAgain) {
      isAskedAgain = false;
      await sendAll();
    } else if (wait > 0) cancel = alarm(wait, () => void sendAll());
  }

  /** Whether there is nothing more to do about it. */
  async function isDone(kept: Kept): Promise<boolean> {
    const { root, leg, measured, isComplete } = kept;
    try {
      await send(root, qualityOf(leg, measured, isComplete));
    } catch (failure) {
      if (isWorthAnother((failure as { status?: number }).status ?? 0, Date.now() - kept.at)) return false;
      forget(leg);
      return true;
    }
    forget(leg);
    onSent(root);
    return true;
  }

  // The last word of this page: what it kept is over, though nobody saw the call end.
  page.addEventListener("pagehide", () => {
    isLeaving = true;
    for (const kept of going.values()) write({ ...kept, at: Date.now(), isOver: true });
  });

  page.addEventListener("pageshow", () => (isLeaving = false));

  void sendAll();
  return {
    began(root, leg) {
      const kept: Kept = {
        root,
        leg,
        at: Date.now(),
        isOver: false,
        isComplete: false,
        measured: nothingMeasured(),
      };
      going.set(leg, kept);
      return kept.measured;
    },
    touched(leg) {
      const kept = going.get(leg);
      if (!kept || (Date.now() - kept.at < WRITTEN_EVERY && kept.measured.seconds > 1)) return;
      kept.at = Date.now();
      write(kept);
    },
    ended(leg) {
      const kept = going.get(leg);
      going.delete(leg);
      if (!kept || kept.measured.seconds === 0) return;
      // The SDK ends calls when the page goes: that is no end that anybody wanted.
      Object.assign(kept, { at: Date.now(), isOver: true, isComplete: !isLeaving });
      over.set(leg, kept);
      write(kept);
      void sendAll();
    },
    dropped(leg) {
      going.delete(leg);
      forget(leg);
    },
  };
}

/** Of a leg that is not known yet, of a server that is away, and of whoever has to sign in again. */
function isWorthAnother(status: number, age: number): boolean {
  if (status === 404) return age < UNKNOWN_FOR;
  return status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;
}

function read(text: string): Kept | null {
  try {
    const kept = JSON.parse(text) as Partial<Kept>;
    const isWhole =
      typeof kept.root === "string" && typeof kept.leg === "string" && typeof kept.at === "number";
    return isWhole && kept.measured?.figures && kept.measured.warnings ? (kept as Kept) : null;
  } catch {
    return null;
  }
}
