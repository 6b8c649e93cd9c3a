/** Runs the clock for what the softphone waits for: `softphone/waits` says what, and what comes of it. */
import type { Store } from "../softphone/store";
import { waitsOf } from "../softphone/waits";
import { alarm, type Cancel } from "./alarms";

export function watchDeadlines(store: Store): void {
  const running = new Map<string, Cancel>();

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
      running.set(key, alarm(ms, over));
    }
  }

  store.subscribe(look);
  look();
}
