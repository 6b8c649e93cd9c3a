/** Has this browser woken when a caller waits and no desk answers. */
import type { Config } from "../config";
import { createSender } from "./api";
import type { PreferenceStore } from "./preferences";

/**
 * `unsupported`: this browser cannot, or not over this connection. `unset`: the server has no key. `blocked`: the browser
 * lets this page show no notifications. `on`: the server has said that it knows this browser for this agent.
 */
export type WebPushState = "unsupported" | "unset" | "blocked" | "off" | "on";

export interface WebPush {
  /**
   * A subscription outlives log-ins, and another agent's: with each start, the server is told of it anew when this agent
   * wanted this browser woken, and it is ended when not.
   */
  state(): Promise<WebPushState>;
  /** After a press, for the browser asks only then. Fails with a sentence. */
  allow(hidesNames: boolean): Promise<WebPushState>;
  end(): Promise<WebPushState>;
  /** The session is over: whoever comes to this browser next is not woken. What the agent wants is kept. */
  leave(): Promise<void>;
}

export function createWebPush(
  config: Pick<Config, "csrfToken" | "urls" | "webPushKey" | "agent">,
  preferences: Pick<PreferenceStore, "get">,
  storage: Storage | null,
): WebPush {
  const send = createSender(config);
  const { urls, webPushKey, agent } = config;
  /** The address that the server took from this page. */
  let known = "";

  const registration = () => navigator.serviceWorker.getRegistration();
  const subscribed = async () => (await registration())?.pushManager.getSubscription();

  // Of each agent for itself, and read when it counts: another page of the browser may have changed it.
  const key = `ringdesk.wakes.${agent.id}`;
  let wantedHere = false;
  const isWanted = () => (storage ? storage.getItem(key) === "yes" : wantedHere);
  function want(wanted: boolean): void {
    wantedHere = wanted;
    try {
      if (wanted) storage?.setItem(key, "yes");
      else storage?.removeItem(key);
    } catch {
      // A full storage: it is to be allowed again with the next log-in.
    }
  }

  function obstacle(): WebPushState | null {
    if (!("serviceWorker" in navigator) || !("PushManager" in globalThis) || !("Notification" in globalThis))
      return "unsupported";
    if (!webPushKey) return "unset";
    return Notification.permission === "denied" ? "blocked" : null;
  }

  async function subscribe(hidesNames: boolean): Promise<void> {
    await navigator.serviceWorker.register(urls.serviceWorker);
    const { pushManager } = await navigator.serviceWorker.ready;
    const old = await pushManager.getSubscription();
    // Made with another key it wakes nobody, and keeps the browser from making a new one.
    if (old && keyOf(old) !== webPushKey) await old.unsubscribe();
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
    known = subscription.endpoint;
  }

  async function restore(): Promise<void> {
    if (!isWanted()) await (await subscribed())?.unsubscribe();
    else if (!known && Notification.permission === "granted") await subscribe(preferences.get().hidesNames);
  }

  async function state(): Promise<WebPushState> {
    const found = obstacle();
    if (found) return found;
    // What fails is tried again when it is asked for next, and is off until then.
    await restore().catch(() => {});
    const subscription = await subscribed();
    return subscription && subscription.endpoint === known && Notification.permission === "granted"
      ? "on"
      : "off";
  }

  return {
    state,
    async allow(hidesNames) {
      if ((await Notification.requestPermission()) !== "granted") return state();
      await subscribe(hidesNames);
      want(true);
      return "on";
    },
    async end() {
      const subscription = await subscribed();
      if (subscription) {
        await send(`${urls.webPush}end/`, "POST", { endpoint: subscription.endpoint });
        await subscription.unsubscribe();
      }
      known = "";
      want(false);
      return state();
    },
    async leave() {
      known = "";
      if (obstacle() === null) await (await subscribed())?.unsubscribe();
    },
  };
}

/** As the server writes its own. */
function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
