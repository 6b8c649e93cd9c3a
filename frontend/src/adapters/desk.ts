/** The desk's WebSocket: opens it, keeps it alive, opens it again when it is lost. */
import { decodeMessage, type DeskMessage } from "../messages";
import type { Desk, Send } from "../ports";

const PING_EVERY = 20_000;
const ANSWER_WITHIN = 10_000;
const OPEN_WITHIN = 10_000;
const LONGEST_WAIT = 30_000;
/** Codes with which the server says that trying again is of no use: docs/desk-protocol.md. */
const SIGNED_OUT = [4401, 4403];

export function createDesk(url: string, send: Send, random: () => number = Math.random): Desk {
  let socket: WebSocket | null = null;
  let failures = 0;
  let over = false;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let pingTimer: ReturnType<typeof setInterval> | undefined;
  let silenceTimer: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    clearTimeout(retryTimer);
    if (over || socket) return;
    send({ type: "desk.connecting" });
    const opening = new WebSocket(url);
    socket = opening;
    silenceTimer = setTimeout(() => lose(opening), OPEN_WITHIN);
    opening.addEventListener("open", () => {
      if (opening !== socket) return;
      clearTimeout(silenceTimer);
      pingTimer = setInterval(ping, PING_EVERY);
      send({ type: "desk.opened" });
    });
    opening.addEventListener("message", (event: MessageEvent) => receive(opening, event));
    opening.addEventListener("close", (event: CloseEvent) => {
      if (opening !== socket) return;
      if (SIGNED_OUT.includes(event.code)) {
        end(event.code === 4403 ? "Your account is not active. Ask your admin." : "You were signed out.");
      } else lose(opening);
    });
  }

  function receive(from: WebSocket, event: MessageEvent): void {
    if (from !== socket) return;
    // Any frame shows that the connection is alive.
    clearTimeout(silenceTimer);
    const message = decodeMessage(String(event.data));
    if (!message || message.type === "pong") return;
    // Only a server that lets this agent in counts as a success, or a refused desk would knock without pause.
    if (message.type === "desk.snapshot") failures = 0;
    if (message.type === "session.ended") over = true;
    send({ type: "desk.message", message, at: Date.now() });
  }

  function ping(): void {
    transmit({ type: "ping" });
    clearTimeout(silenceTimer);
    const pinged = socket;
    silenceTimer = setTimeout(() => pinged && lose(pinged), ANSWER_WITHIN);
  }

  function lose(lost: WebSocket): void {
    if (lost !== socket) return;
    drop();
    if (over) return;
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** failures++) * (0.8 + 0.4 * random());
    const at = Date.now();
    send({ type: "desk.lost", at, retryAt: at + wait });
    retryTimer = setTimeout(connect, wait);
  }

  function drop(): void {
    clearInterval(pingTimer);
    clearTimeout(silenceTimer);
    const old = socket;
    socket = null;
    old?.close();
  }

  function end(message: string): void {
    drop();
    if (over) return;
    over = true;
    send({ type: "desk.message", message: { type: "session.ended", message }, at: Date.now() });
  }

  function transmit(message: DeskMessage): void {
    // Lost frames need no queue: after each connect the desk says all that counts again.
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  /** The network or the screen came or went: a moment to look, without waiting for the timer. */
  function wake(): void {
    if (!socket) connect();
    else if (socket.readyState === WebSocket.OPEN) ping();
  }

  return {
    open() {
      globalThis.addEventListener("online", wake);
      globalThis.addEventListener("offline", wake);
      document.addEventListener("visibilitychange", wake);
      connect();
    },
    retry() {
      // An attempt that hangs is given up for a new one; an open connection stays.
      if (socket?.readyState === WebSocket.CONNECTING) drop();
      connect();
    },
    send: transmit,
  };
}
