/** The page's ear: the simulator's events, over a connection that heals by itself. */

/** @import {SimulatorEvent} from "./types.js" */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;

/** @typedef {{state: "connecting" | "open" | "lost", retryAt: number | null}} Link */

export class EventSocket {
  /**
   * @param {(event: SimulatorEvent) => void} onEvent
   * @param {(link: Link) => void} onLink
   */
  constructor(onEvent, onLink) {
    this.onEvent = onEvent;
    this.onLink = onLink;
    this.wait = FIRST_WAIT;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  connect() {
    clearTimeout(this.timer);
    this.drop();
    this.onLink({ state: "connecting", retryAt: null });
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/sim/events`);
    this.socket = socket;
    socket.addEventListener("message", (message) => this.receive(socket, message.data));
    socket.addEventListener("close", () => this.lost(socket));
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} data
   */
  receive(socket, data) {
    if (socket !== this.socket || typeof data !== "string") return;
    /** @type {SimulatorEvent} */
    const event = JSON.parse(data);
    // Only the first event proves the simulator works: a proxy may accept and close at once, for ever.
    if (event.type === "snapshot") {
      this.wait = FIRST_WAIT;
      this.onLink({ state: "open", retryAt: null });
    }
    this.onEvent(event);
  }

  /** @param {WebSocket} socket */
  lost(socket) {
    if (socket !== this.socket) return;
    this.socket = null;
    this.onLink({ state: "lost", retryAt: Date.now() + this.wait });
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  drop() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}
