/**
 * Wakes the agent when no desk answers and a caller waits. It does nothing else: no request goes through it, and nothing
 * is kept.
 */

export {};

/** As `agents/web_push.py` sends it, in the agent's language. */
interface Note {
  title: string;
  body: string;
  /** A later note with the same replaces it. */
  tag: string;
  /** What a press opens, below the desk's address; "" for what is over. */
  path: string;
  open: string;
  later: string;
  silent: boolean;
}

/** What a service worker has beside a worker, as far as it is needed here. */
interface Scope {
  registration: { scope: string; showNotification(title: string, options: object): Promise<void> };
  clients: {
    matchAll(
      options: object,
    ): Promise<{ url: string; focus(): Promise<unknown>; postMessage(data: unknown): void }[]>;
    openWindow(url: string): Promise<unknown>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
}

interface WorkerEvent {
  waitUntil(work: Promise<unknown>): void;
  data?: { json(): unknown } | null;
  action?: string;
  notification?: { close(): void; data: string };
}

const scope = self as unknown as Scope;

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));

scope.addEventListener("push", (event) => {
  const note = noteOf(event.data?.json());
  if (note) event.waitUntil(show(note));
});

scope.addEventListener("notificationclick", (event) => {
  const { notification } = event;
  notification?.close();
  if (notification && event.action !== "later") event.waitUntil(openDesk(notification.data));
});

function noteOf(value: unknown): Note | null {
  return typeof value === "object" && value !== null && "title" in value ? (value as Note) : null;
}

function show({ title, body, tag, path, open, later, silent }: Note): Promise<void> {
  return scope.registration.showNotification(title, {
    body,
    tag,
    silent,
    data: path,
    icon: new URL("app-icon-192.png", scope.registration.scope).href,
    renotify: !silent,
    // Until it is pressed, or replaced.
    requireInteraction: path !== "",
    actions: path
      ? [
          { action: "open", title: open },
          { action: "later", title: later },
        ]
      : [],
  });
}

/** The desk's other views, which have addresses of their own. Whatever else is below, admin for one, has no phone. */
const VIEWS = ["", "contacts", "board", "group-sends"];

function isDesk({ pathname }: URL, root: URL): boolean {
  if (!pathname.startsWith(root.pathname)) return false;
  const [view = ""] = pathname.slice(root.pathname.length).split("/");
  return VIEWS.includes(view);
}

/** The desk that is there comes forward, or one is opened. It never answers by itself. */
async function openDesk(path: string): Promise<void> {
  const url = new URL(path, scope.registration.scope);
  const windows = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const desk = windows.find((each) => isDesk(new URL(each.url), url));
  if (!desk) {
    await scope.clients.openWindow(url.href);
    return;
  }
  desk.postMessage({ type: "woken", call: url.searchParams.get("call") });
  await desk.focus();
}
