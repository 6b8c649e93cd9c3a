/**
 * The screens that no call needs. Each comes when it is first opened, or before that, when there is nothing else to do:
 * the first page is there sooner without them.
 */
import type * as Board from "../components/board/screens";
import type * as Contacts from "../components/contact/screens";
import type * as Messages from "../components/Messages";
import type * as Sends from "../components/sends/GroupSends";
import type * as Settings from "../components/settings";

export interface ScreenModules {
  board: typeof Board;
  contacts: typeof Contacts;
  messages: typeof Messages;
  sends: typeof Sends;
  settings: typeof Settings;
}

export type ScreenName = keyof ScreenModules;

/** `again`: how often it failed before. A failure that is `gone` is one for good: the server has another version. */
export type LoadScreen = <N extends ScreenName>(name: N, again: number) => Promise<ScreenModules[N]>;

export interface ScreenFailure {
  gone?: boolean;
}

/** `gone`: it cannot be had any more by this page, only by one that is loaded anew. */
type ScreenState<M> =
  | { state: "absent" }
  | { state: "loading" }
  | { state: "failed"; times: number }
  | { state: "gone"; times: number }
  | { state: "ready"; module: M };

type ScreenStates = { [N in ScreenName]: ScreenState<ScreenModules[N]> };

export interface Screens {
  get(): ScreenStates;
  subscribe(listener: () => void): () => void;
  /** Brings a screen that is not there; one that failed, too. */
  load(name: ScreenName): Promise<void>;
  /** Brings all that nobody has asked for yet. Of what fails nobody is told: it is asked for again when it is opened. */
  loadAhead(): Promise<void>;
}

const NAMES: readonly ScreenName[] = ["settings", "messages", "contacts", "sends", "board"];

export function createScreens(loadScreen: LoadScreen, there: Partial<ScreenModules> = {}): Screens {
  const listeners = new Set<() => void>();
  const absent = { state: "absent" } as const;
  let states: ScreenStates = {
    board: absent,
    contacts: absent,
    messages: absent,
    sends: absent,
    settings: absent,
  };
  const loads = new Map<ScreenName, Promise<void>>();
  const failures = new Map<ScreenName, number>();
  /** What somebody has opened. */
  const wanted = new Set<ScreenName>();

  function set(name: ScreenName, state: ScreenState<unknown>): void {
    states = { ...states, [name]: state };
    listeners.forEach((listener) => listener());
  }

  async function bring(name: ScreenName): Promise<void> {
    set(name, { state: "loading" });
    const times = failures.get(name) ?? 0;
    try {
      set(name, { state: "ready", module: await loadScreen(name, times) });
    } catch (failure) {
      failures.set(name, times + 1);
      const state = (failure as ScreenFailure).gone ? "gone" : "failed";
      set(name, wanted.has(name) ? { state, times: times + 1 } : absent);
    } finally {
      loads.delete(name);
    }
  }

  /** Once for all who ask while it is on its way. */
  function get(name: ScreenName): Promise<void> {
    if (states[name].state === "ready") return Promise.resolve();
    const loading = loads.get(name) ?? bring(name);
    if (states[name].state === "loading") loads.set(name, loading);
    return loading;
  }

  for (const [name, module] of Object.entries(there)) set(name as ScreenName, { state: "ready", module });

  return {
    get: () => states,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    load(name) {
      wanted.add(name);
      return get(name);
    },
    async loadAhead() {
      for (const name of NAMES) if (states[name].state === "absent") await get(name);
    },
  };
}
