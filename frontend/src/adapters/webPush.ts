/** Has this browser woken when a caller waits and no desk answers. */
import type { Config } from "../config";
import { createSender } from "./api";

/**
 * `unsupported`: this browser cannot, or not over this connection. `unset`: the server has no key. `blocked`: the browser
 * lets this page show no notifications.
 */
export type WebPushState = "unsupported" | "unset" | "blocked" | "off" | "on";

export interface WebPush {
  state(): Promise<WebPushState>;
  /** After a press, for the browser asks only then. Fails with a sentence. */
  allow(hidesNames: boolean): Promise<WebPushState>;
  end(): Promise<WebPushState>;
}

export function createWebPush(config: Pick<Config, "csrfToken" | "urls" | "webPushKey">): WebPush {
  const send = createSender(config);
  const { urls, webPushKey } = config;

  const registration = () => navigator.serviceWorker.getRegistration();

  async function state(): Promise<WebPushState> {
    if (!("serviceWorker" in navigator) || !("PushManager" in globalThis) || !("Notification" in globalThis))
      return "unsupported";
    if (!webPushKey) return "unset";
    if (Notification.permission === "denied") return "blocked";
    const subscription = await (await registration())?.pushManager.getSubscription();
    return subscription && Notification.permission === "granted" ? "on" : "off";
  }

  return {
    state,
    async allow(hidesNames) {
      if ((await Notification.requestPermission()) !== "granted") return state();
      await navigator.serviceWorker.register(urls.serviceWorker);
      const { pushManager } = await navigator.serviceWorker.ready;
      const subscription = await pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: webPushKey,
      });
      const { endpoint, keys } = subscription.toJSON();
      await send(urls.webPush, "PUT", {
        endpoint,
        p256dh: keys?.p256dh,
        auth: keys?.auth,
        hides_names: hidesNames,
      });
      return "on";
    },
    async end() {
      const subscription = await (await registration())?.pushManager.getSubscription();
      if (subscription) {
        await send(`${urls.webPush}end/`, "POST", { endpoint: subscription.endpoint });
        await subscription.unsubscribe();
      }
      return state();
    },
  };
}
