import { beforeEach, describe, expect, it, vi } from "vitest";

type Handler = (event: object) => void;

const handlers: Record<string, Handler> = {};
const showNotification = vi.fn(async () => {});
const openWindow = vi.fn(async () => {});
const matchAll = vi.fn(async () => [] as object[]);

beforeEach(async () => {
  vi.clearAllMocks();
  vi.resetModules();
  vi.stubGlobal("self", {
    addEventListener: (type: string, handler: Handler) => (handlers[type] = handler),
    registration: { scope: "https://desk.example.com/", showNotification },
    clients: { openWindow, matchAll, claim: async () => {} },
    skipWaiting: async () => {},
  });
  await import("./serviceWorker");
});

async function happens(type: string, event: object): Promise<void> {
  const work: Promise<unknown>[] = [];
  handlers[type]?.({ ...event, waitUntil: (promise: Promise<unknown>) => work.push(promise) });
  await Promise.all(work);
}

const press = (action: string) => ({ action, notification: { close: vi.fn(), data: "?call=CA1" } });

describe("the worker that wakes the agent", () => {
  it("opens the desk on the call when none is there", async () => {
    const pressed = press("");
    await happens("notificationclick", pressed);
    expect(pressed.notification.close).toHaveBeenCalled();
    expect(openWindow).toHaveBeenCalledWith("https://desk.example.com/?call=CA1");
  });

  it("brings the desk that is there forward, and tells it why", async () => {
    const desk = { url: "https://desk.example.com/", focus: vi.fn(async () => {}), postMessage: vi.fn() };
    matchAll.mockResolvedValue([{ url: "https://desk.example.com/admin/" }, desk]);
    await happens("notificationclick", press("open"));
    expect(desk.postMessage).toHaveBeenCalledWith({ type: "woken", call: "CA1" });
    expect(desk.focus).toHaveBeenCalled();
    expect(openWindow).not.toHaveBeenCalled();
  });

  it.each(["", "contacts/", "contacts/7/", "board/", "group-sends/new/", "?call=CA0"])(
    "knows the desk by whichever of its views it shows: /%s",
    async (view) => {
      const desk = {
        url: `https://desk.example.com/${view}`,
        focus: vi.fn(async () => {}),
        postMessage: vi.fn(),
      };
      matchAll.mockResolvedValue([desk]);
      await happens("notificationclick", press("open"));
      expect(desk.focus).toHaveBeenCalled();
      expect(openWindow).not.toHaveBeenCalled();
    },
  );

  it.each(["admin/", "admin/agents/team/", "accounts/login/", "api/docs/"])(
    "takes no other page for the desk: /%s",
    async (path) => {
      matchAll.mockResolvedValue([{ url: `https://desk.example.com/${path}` }]);
      await happens("notificationclick", press("open"));
      expect(openWindow).toHaveBeenCalledWith("https://desk.example.com/?call=CA1");
    },
  );

  it("opens nothing for Not now", async () => {
    await happens("notificationclick", press("later"));
    expect(openWindow).not.toHaveBeenCalled();
  });

  it("replaces what is over without a sound, and offers nothing there", async () => {
    const note = {
      title: "Grace took the call",
      body: "",
      tag: "call-1",
      path: "",
      open: "",
      later: "",
      silent: true,
    };
    await happens("push", { data: { json: () => note } });
    expect(showNotification).toHaveBeenCalledWith(
      "Grace took the call",
      expect.objectContaining({ tag: "call-1", silent: true, renotify: false, actions: [] }),
    );
  });

  it.each([null, 7, "text", {}])("shows nothing for %j", async (data) => {
    await happens("push", { data: { json: () => data } });
    expect(showNotification).not.toHaveBeenCalled();
  });
});
