/** Whether this browser is woken: what the browser has, what the server knows, and who sits there. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { config } from "../../gallery/fakes";
import { createPreferences } from "./preferences";
import { createWebPush } from "./webPush";

const KEY = "BA-_";
const [ADA, GRACE] = [1, 2];
let subscription: FakeSubscription | null;
let made: number;
let asked: { url: string; method: string; body: Record<string, unknown> }[];
let answer: () => Response;
let preferences: ReturnType<typeof createPreferences>;

class FakeSubscription {
  readonly options: { applicationServerKey: ArrayBuffer };
  constructor(
    readonly endpoint: string,
    readonly key: string,
  ) {
    const plain = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
    this.options = { applicationServerKey: Uint8Array.from(plain, (each) => each.charCodeAt(0)).buffer };
  }
  toJSON() {
    return { endpoint: this.endpoint, keys: { p256dh: "p", auth: "a" } };
  }
  async unsubscribe() {
    if (subscription === this) subscription = null;
    return true;
  }
}

const pushManager = {
  getSubscription: async () => subscription,
  subscribe: async ({ applicationServerKey: key }: { applicationServerKey: string }) => {
    if (subscription && subscription.key !== key) throw new DOMException("", "InvalidStateError");
    subscription ??= new FakeSubscription(`https://push.example.com/${++made}`, key);
    return subscription;
  },
};

beforeEach(() => {
  [subscription, made, asked] = [null, 0, []];
  answer = () => new Response(null, { status: 204 });
  preferences = createPreferences(null);
  localStorage.clear();
  const worker = { pushManager };
  vi.stubGlobal("navigator", {
    serviceWorker: {
      getRegistration: async () => worker,
      register: async () => worker,
      ready: Promise.resolve(worker),
    },
  });
  vi.stubGlobal("PushManager", class {});
  vi.stubGlobal("Notification", { permission: "granted", requestPermission: async () => "granted" });
  vi.stubGlobal("fetch", async (url: string, { method, body }: { method: string; body: string }) => {
    asked.push({ url, method, body: JSON.parse(body) as Record<string, unknown> });
    return answer();
  });
});

/** The desk's page, opened by this agent. */
function page(id: number, webPushKey = KEY) {
  const urls = { ...config.urls, webPush: "/web-push/" };
  return createWebPush(
    { ...config, agent: { ...config.agent, id }, urls, webPushKey },
    preferences,
    localStorage,
  );
}

const puts = () => asked.filter(({ method }) => method === "PUT");

describe("a browser that is woken", () => {
  it("is woken again after the agent signed out and in, for the server had forgotten it", async () => {
    const before = page(ADA);
    await before.allow(false);
    await before.leave();
    expect(subscription).toBeNull();

    expect(await page(ADA).state()).toBe("on");

    expect(puts()).toHaveLength(2);
    expect(puts()[1]?.body.endpoint).toBe("https://push.example.com/2");
  });

  it("is told to the server by each new page, with whether it names callers, and once by each", async () => {
    await page(ADA).allow(true);
    preferences.set({ hidesNames: true });
    const next = page(ADA);
    expect([await next.state(), await next.state()]).toEqual(["on", "on"]);
    expect(puts()).toHaveLength(2);
    expect(puts()[1]?.body.hides_names).toBe(true);
  });

  it("is not said to be one before the server knows it, and is tried again", async () => {
    await page(ADA).allow(false);
    answer = () => new Response("{}", { status: 503 });
    const next = page(ADA);
    expect(await next.state()).toBe("off");
    answer = () => new Response(null, { status: 204 });
    expect(await next.state()).toBe("on");
  });

  it("wakes nobody for the agent before, whose session only ran out", async () => {
    await page(ADA).allow(false);
    expect(await page(GRACE).state()).toBe("off");
    expect(subscription).toBeNull();
    expect(puts()).toHaveLength(1);
    // Whose browser it is as well, later.
    expect(await page(ADA).state()).toBe("on");
  });

  it("is subscribed anew when the server's key is another", async () => {
    await page(ADA).allow(false);
    expect(await page(ADA, "BBBB").state()).toBe("on");
    expect(subscription?.key).toBe("BBBB");
  });

  it("stays off for whoever switched it off", async () => {
    const desk = page(ADA);
    await desk.allow(false);
    expect(await desk.end()).toBe("off");
    expect(await page(ADA).state()).toBe("off");
    expect(subscription).toBeNull();
  });

  it("is left alone by a page of the same agent that was open before", async () => {
    const older = page(ADA);
    expect(await older.state()).toBe("off");
    await page(ADA).allow(false);
    expect(await older.state()).toBe("on");
    expect(subscription).not.toBeNull();
  });

  it("is not asked for where the browser blocks notifications", async () => {
    await page(ADA).allow(false);
    vi.stubGlobal("Notification", { permission: "denied" });
    expect(await page(ADA).state()).toBe("blocked");
    expect(puts()).toHaveLength(1);
  });
});
