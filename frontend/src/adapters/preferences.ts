/** What this browser remembers of the agent's choices. */

export type Theme = "system" | "light" | "dark";

export interface Preferences {
  theme: Theme;
  shortcuts: boolean;
  notify: boolean;
  /** Whether the agent was asked about notifications. */
  notifyOffered: boolean;
  input: string;
  /** What the chosen microphone is called, to say so when it is not there. */
  inputName: string;
  speaker: string;
  ringtone: string;
  /** Callers hear the agent's voice without the noise around it. */
  suppressesNoise: boolean;
  line: number | null;
  /** Notifications that wake this browser name nobody. */
  hidesNames: boolean;
}

const KEY = "ringdesk.preferences";
const DEFAULTS: Preferences = {
  theme: "system",
  shortcuts: true,
  notify: false,
  notifyOffered: false,
  input: "",
  inputName: "",
  speaker: "",
  ringtone: "",
  suppressesNoise: false,
  line: null,
  hidesNames: false,
};

export interface PreferenceStore {
  get(): Preferences;
  set(change: Partial<Preferences>): void;
  subscribe(listener: () => void): () => void;
}

export function createPreferences(storage: Storage | null): PreferenceStore {
  let current: Preferences = { ...DEFAULTS, ...read(storage) };
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(change) {
      current = { ...current, ...change };
      try {
        storage?.setItem(KEY, JSON.stringify(current));
      } catch {
        // A full or forbidden storage: the choice lasts as long as the page.
      }
      listeners.forEach((listener) => listener());
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(storage: Storage | null): Partial<Preferences> {
  try {
    return JSON.parse(storage?.getItem(KEY) ?? "{}") as Partial<Preferences>;
  } catch {
    return {};
  }
}

/** The page's theme; without an attribute it follows the system. */
export function applyTheme(theme: Theme, root: HTMLElement = document.documentElement): void {
  if (theme === "system") root.removeAttribute("data-theme");
  else root.dataset.theme = theme;
}
