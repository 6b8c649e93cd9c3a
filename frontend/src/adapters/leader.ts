/**
 * One tab of an agent holds the phone: two would ring at once. The holder keeps a Web Lock; others wait in its queue,
 * so that closing the holder hands the phone on by itself. Taking it over is asked of the holder first, which refuses
 * during a call, unless the call is to be taken along.
 */
import type { Leader, Send } from "../ports";
import { alarm } from "./alarms";

type Note = { type: "take"; tab: string } | { type: "free" | "in-call"; to: string };

const ANSWER_WITHIN = 1000;

export function createLeader(agentId: number, send: Send, isBusy: () => boolean): Leader {
  const name = `ringdesk.phone.${agentId}`;
  const tab = `${Date.now()}.${Math.random()}`;
  const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null;
  let holding = false;
  let answered: ((note: "free" | "in-call") => void) | null = null;

  channel?.addEventListener("message", ({ data }: MessageEvent<Note>) => {
    if (data.type === "take") {
      if (holding) channel.postMessage({ type: isBusy() ? "in-call" : "free", to: data.tab } satisfies Note);
    } else if (data.to === tab) answered?.(data.type);
  });

  /** Waits for the lock and keeps it until the tab closes or another tab takes it. */
  function hold(options: LockOptions): Promise<void> {
    return navigator.locks
      .request(name, options, (lock) => {
        if (!lock) return undefined;
        holding = true;
        send({ type: "leader.changed", leader: "held" });
        return new Promise<void>(() => {});
      })
      .then(() => {})
      .catch(() => {
        if (!holding) return;
        holding = false;
        send({ type: "leader.changed", leader: "elsewhere" });
        void hold({});
      });
  }

  async function request(): Promise<void> {
    if (!navigator.locks) {
      send({ type: "leader.changed", leader: "held" });
      return;
    }
    const taken = (await navigator.locks.query()).held?.some((lock) => lock.name === name);
    if (taken) send({ type: "leader.changed", leader: "elsewhere" });
    void hold({});
  }

  async function take(anyway: boolean): Promise<void> {
    if (anyway) {
      if (!holding) void hold({ steal: true });
      return;
    }
    const answer = await new Promise<"free" | "in-call">((resolve) => {
      answered = resolve;
      channel?.postMessage({ type: "take", tab } satisfies Note);
      // A holder that does not answer is frozen or gone.
      alarm(ANSWER_WITHIN, () => resolve("free"));
    });
    answered = null;
    if (answer === "in-call") send({ type: "leader.refused" });
    else if (!holding) void hold({ steal: true });
  }

  return { request: () => void request(), take: (anyway = false) => void take(anyway) };
}
