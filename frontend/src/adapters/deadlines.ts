/** Runs the clock for what the softphone waits for: `softphone/waits` says what, and what comes of it. */
import type { Store } from "../softphone/store";
import { waitsOf } from "../softphone/waits";

/** Runs something after a while; the returned function calls it off. */
export type Timer = (run: () => void, ms: number) => () => void;

const pageTimer: Timer = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

/** `after`: a hidden page's own timers are slowed down; those of a worker are not. */
export function watchDeadlines(store: Store, after: Timer = pageTimer): void {
  const running = new Map<string, () => void>();

  function look(): void {
    const waits = waitsOf(store.get());
    const keys = new Set(waits.map((wait) => wait.key));
    for (const [key, callOff] of running) {
      if (keys.has(key)) continue;
      callOff();
      running.delete(key);
    }
    for (const { key, ms, late } of waits) {
      if (running.has(key)) continue;
      const over = () => {
        running.delete(key);
        store.send(late(Date.now()));
      };
      running.set(key, after(over, ms));
    }
  }

  store.subscribe(look);
  look();
}
