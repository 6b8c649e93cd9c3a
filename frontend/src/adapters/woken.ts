/** A press on the notification that woke this browser: it opened this page, or brought it forward. */
import type { Send } from "../ports";

export function watchWoken(send: Send): void {
  const url = new URL(location.href);
  if (url.searchParams.has("call")) {
    url.searchParams.delete("call");
    // Loaded again, the page was not opened for a call.
    history.replaceState(history.state, "", url);
    send({ type: "desk.woken" });
  }
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<{ type?: string } | null>) => {
    if (data?.type === "woken") send({ type: "desk.woken" });
  });
}
