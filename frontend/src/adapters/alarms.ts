/**
 * Deadlines that hold while the page is hidden. The page's own timers come once a minute then; what must happen in time
 * is set here, and kept by a worker. What is only drawn may use the page's.
 */

/** To the worker: ring this alarm after so many milliseconds, or, with null, never. */
export type Order = { id: number; after: number | null };
/** Takes an alarm back; once it rang, that does nothing. */
export type Cancel = () => void;

/** With the page's own timer, where it has to do. */
type Waiting = { at: number; ring: () => void; timer?: ReturnType<typeof setTimeout> };

const waiting = new Map<number, Waiting>();
let worker: Worker | null = null;
let last = 0;

/** Starts the worker. Before, and where there are no workers, the page's own timers serve: late is better than never. */
export function startAlarms(address: string): void {
  if (worker || !("Worker" in globalThis)) return;
  const made = new Worker(address, { type: "module", name: "alarms" });
  made.addEventListener("message", ({ data }: MessageEvent<number>) => ring(data));
  made.addEventListener("error", () => {
    // Its file could not be loaded.
    worker = null;
    for (const [id, { at, ring: callback }] of waiting) keep(id, at - Date.now(), callback);
  });
  worker = made;
}

/** Calls back once, after so many milliseconds. */
export function alarm(after: number, callback: () => void): Cancel {
  const id = ++last;
  keep(id, after, callback);
  return () => {
    clearTimeout(waiting.get(id)?.timer);
    if (waiting.delete(id)) worker?.postMessage({ id, after: null } satisfies Order);
  };
}

function keep(id: number, after: number, callback: () => void): void {
  const kept: Waiting = { at: Date.now() + after, ring: callback };
  if (worker) worker.postMessage({ id, after } satisfies Order);
  else kept.timer = setTimeout(() => ring(id), after);
  waiting.set(id, kept);
}

function ring(id: number): void {
  const due = waiting.get(id);
  waiting.delete(id);
  due?.ring();
}
