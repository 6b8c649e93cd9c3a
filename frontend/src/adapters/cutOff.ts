/**
 * A call that ended because its page was closed or loaded again: the next page offers to call back. Kept is the call's
 * sid alone, and only while it is talked on.
 */
import type { Api } from "../ports";
import { isTalk, type State } from "../softphone/state";
import type { Store } from "../softphone/store";
import { byOurClock } from "../serverClock";

/** Milliseconds: who was cut off longer ago has been called by now, or called again. */
const OFFERED_FOR = 3_600_000;

export function watchCutOff(
  store: Store,
  api: Pick<Api, "call">,
  storage: Storage | null,
  page: EventTarget = globalThis,
): void {
  const key = `ringdesk.call.${store.get().me.id}`;
  let talked: string | null = null;
  let leaving = false;
  let asked = false;

  // Registered before the SDK's own: it ends the call at this moment, and that is no end that anybody wanted.
  page.addEventListener("pagehide", () => (leaving = true));
  page.addEventListener("pageshow", () => (leaving = false));

  function look(): void {
    const state = store.get();
    // Another tab may be the one that talks.
    if (!asked && state.leader.state === "held") {
      asked = true;
      void offer();
    }
    const root = talkedOn(state);
    if (root === talked || leaving) return;
    talked = root;
    keep(root);
  }

  function keep(sid: string | null): void {
    try {
      if (sid) storage?.setItem(key, sid);
      else storage?.removeItem(key);
    } catch {
      // A full or forbidden storage: nothing is offered.
    }
  }

  async function offer(): Promise<void> {
    const sid = storage?.getItem(key);
    if (!sid) return;
    keep(null);
    try {
      const call = await api.call(sid);
      if (!call.end_time || Date.now() - byOurClock(call.end_time) < OFFERED_FOR) {
        store.send({ type: "call.cut-off", call });
      }
    } catch {
      // Not this agent's any more, or gone: then there is nobody to call back.
    }
  }

  store.subscribe(look);
  look();
}

function talkedOn({ calls: { focus } }: State): string | null {
  return isTalk(focus) ? focus.root : null;
}
