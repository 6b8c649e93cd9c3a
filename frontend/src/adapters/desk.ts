/** The desk's WebSocket: opens it, keeps it alive, opens it again when it is lost. */
import { decodeMessage, type DeskMessage } from "../messages";
import type { Desk, Send } from "../ports";
import { alarm, type Cancel } from "./alarms";
import { t } from "../i18n/i18n";
import { heardTime } from "../serverClock";

/** The server says something every ten seconds: who hears nothing for twice as long asks. */
const ASK_AFTER = 20_000;
const ANSWER_WITHIN = 10_000;
const OPEN_WITHIN = 10_000;
/** How long what follows from it may wait for the server to have worked on a frame. */
const HEARD_WITHIN = 1000;
const LONGEST_WAIT = 30_000;
/** Codes with which the server says that trying again is of no use: docs/desk-protocol.md. */
const SIGNED_OUT = [4401, 4403];

export function createDesk(url: string, send: Send, random: () => number = Math.random): Desk {
  let socket: WebSocket | null = null;
  let failures = 0;
  let over = false;
  let heardAt = 0;
  let asked = false;
  let [pings, pongs] = [0, 0];
  let waiting: { pong: number; done(): void }[] = [];
  let cancelRetry: Cancel = () => {};
  let cancelWatch: Cancel = () => {};

  function connect(): void {
    cancelRetry();
    if (over || socket) return;
    send({ type: "desk.connecting" });
    const opening = new WebSocket(url);
    socket = opening;
    watch(OPEN_WITHIN, () => lose(opening));
    opening.addEventListener("open", () => {
      if (opening !== socket) return;
      heard();
      watch(ASK_AFTER, listen);
      send({ type: "desk.opened" });
    });
    opening.addEventListener("message", (event: MessageEvent) => receive(opening, event));
    opening.addEventListener("close", (event: CloseEvent) => {
      if (opening !== socket) return;
      if (SIGNED_OUT.includes(event.code)) {
        end(event.code === 4403 ? t("failure.inactive") : t("signedOut.message"));
      } else lose(opening);
    });
  }

  function receive(from: WebSocket, event: MessageEvent): void {
    if (from !== socket) return;
    // Any frame shows that the connection is alive.
    heard();
    const message = decodeMessage(String(event.data));
    if (message?.type === "pong") answered(pongs + 1);
    if (!message || message.type === "pong") return;
    // The server wants to know whether this script still runs. No timer is needed to answer.
    if (message.type === "ping") return void transmit({ type: "pong" });
    // Only a server that lets this agent in counts as a success, or a refused desk would knock without pause.
    if (message.type === "desk.snapshot") failures = 0;
    if (message.type === "session.ended") over = true;
    const at = Date.now();
    if (message.type === "desk.snapshot") heardTime(message.now, at);
    if (message.type === "board.changed") heardTime(message.board.now, at);
    send({ type: "desk.message", message, at });
  }

  /** The server works on one frame after the other: what was sent before that ping is done. */
  function answered(pong: number): void {
    pongs = pong;
    waiting.filter((each) => each.pong <= pong).forEach(({ done }) => done());
    waiting = waiting.filter((each) => each.pong > pong);
  }

  function heard(): void {
    heardAt = Date.now();
    asked = false;
  }

  function watch(after: number, look: () => void): void {
    cancelWatch();
    cancelWatch = alarm(after, look);
  }

  /** Looks whether the server has said something lately. */
  function listen(): void {
    const silent = Date.now() - heardAt;
    if (asked && socket) lose(socket);
    else if (silent >= ASK_AFTER) ask();
    else watch(ASK_AFTER - silent, listen);
  }

  function ask(): void {
    ping();
    asked = true;
    watch(ANSWER_WITHIN, listen);
  }

  function lose(lost: WebSocket): void {
    if (lost !== socket) return;
    drop();
    if (over) return;
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** failures++) * (0.8 + 0.4 * random());
    const at = Date.now();
    send({ type: "desk.lost", at, retryAt: at + wait });
    cancelRetry = alarm(wait, connect);
  }

  function drop(): void {
    cancelWatch();
    const old = socket;
    socket = null;
    // Nobody answers any more.
    answered(pings);
    old?.close();
  }

  function end(message: string): void {
    drop();
    if (over) return;
    over = true;
    send({ type: "desk.message", message: { type: "session.ended", message }, at: Date.now() });
  }

  function ping(): void {
    if (transmit({ type: "ping" })) pings++;
  }

  /** Whether there is anybody to hear it. */
  function transmit(message: DeskMessage): boolean {
    // Lost frames need no queue: after each connect the desk says all that counts again.
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(message));
    return true;
  }

  function tell(message: DeskMessage): Promise<void> {
    if (!transmit(message)) return Promise.resolve();
    ping();
    const heardOf = new Promise<void>((done) => waiting.push({ pong: pings, done }));
    return Promise.race([heardOf, new Promise<void>((done) => alarm(HEARD_WITHIN, done))]);
  }

  /** The network or the screen came or went: a moment to look, without waiting for the timer. */
  function wake(): void {
    if (!socket) connect();
    else if (socket.readyState === WebSocket.OPEN) ask();
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
    send: (message) => void transmit(message),
    tell,
  };
}
