/**
 * Timers that run on time. The page's own come once a minute when it has been hidden for a while; a worker's are not
 * slowed down, and what it posts is handled at once. A file of our own origin: the page's policy allows no other.
 */
import type { Order } from "./alarms";

const timers = new Map<number, ReturnType<typeof setTimeout>>();

globalThis.addEventListener("message", ({ data }: MessageEvent<Order>) => {
  clearTimeout(timers.get(data.id));
  timers.delete(data.id);
  if (data.after === null) return;
  const ring = () => {
    timers.delete(data.id);
    globalThis.postMessage(data.id);
  };
  timers.set(data.id, setTimeout(ring, data.after));
});
