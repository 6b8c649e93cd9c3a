/** Holds the state, runs the machine and hands its commands to whoever carries them out. */
import type { Command, SoftphoneEvent } from "./events";
import { transition } from "./machine";
import type { State } from "./state";

export interface Store {
  get(): State;
  send(event: SoftphoneEvent): void;
  subscribe(listener: () => void): () => void;
  /** Called once, by the composition root: commands need ports, and ports need `send`. */
  run(runner: (command: Command) => void): void;
}

export function createStore(initial: State): Store {
  let state = initial;
  let runner: (command: Command) => void = () => {};
  const listeners = new Set<() => void>();
  const queue: SoftphoneEvent[] = [];
  let busy = false;

  // A command may answer at once: its event waits until the present one is done with.
  function send(event: SoftphoneEvent): void {
    queue.push(event);
    if (busy) return;
    busy = true;
    const before = state;
    try {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [after, ...commands] = transition(state, next);
        state = after;
        commands.forEach(runner);
      }
    } finally {
      busy = false;
    }
    if (state !== before) listeners.forEach((listener) => listener());
  }

  return {
    get: () => state,
    send,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    run(next) {
      runner = next;
    },
  };
}
