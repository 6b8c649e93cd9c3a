/**
 * That this page was in a colleague's call when it was loaded again: the next one says that it is there no more. Kept is
 * whose call it was, in this tab alone, and only while it lasts.
 */
import type { Agent } from "../messages";
import type { Store } from "../softphone/store";

export function watchSupervised(store: Store, storage: Storage | null, page: EventTarget = globalThis): void {
  const key = `ringdesk.supervised.${store.get().me.id}`;
  let inside: string | null = null;
  let leaving = false;
  let before = read(storage, key);

  // Registered before the SDK's own: it ends the call at this moment, and that is no end that anybody wanted.
  page.addEventListener("pagehide", () => (leaving = true));
  page.addEventListener("pageshow", () => (leaving = false));

  function look(): void {
    const state = store.get();
    // The snapshot has come: whether the server still knows of it is known.
    if (before && state.desk.state === "open" && state.presence.length > 0) {
      const agent = before;
      before = null;
      keep(null);
      if (!state.interrupted) store.send({ type: "supervision.cut-off", agent, at: Date.now() });
    }
    const { focus } = state.calls;
    const now = focus?.state === "supervising" && focus.phase === "in" ? focus : null;
    if (leaving || (now?.id ?? null) === inside) return;
    inside = now?.id ?? null;
    keep(now?.agent ?? null);
  }

  function keep(agent: Agent | null): void {
    try {
      if (agent) storage?.setItem(key, JSON.stringify(agent));
      else storage?.removeItem(key);
    } catch {
      // A full or forbidden storage: nothing is said.
    }
  }

  store.subscribe(look);
}

function read(storage: Storage | null, key: string): Agent | null {
  try {
    const kept = JSON.parse(storage?.getItem(key) ?? "null") as Partial<Agent> | null;
    return typeof kept?.id === "number" && typeof kept.name === "string" ? (kept as Agent) : null;
  } catch {
    return null;
  }
}
