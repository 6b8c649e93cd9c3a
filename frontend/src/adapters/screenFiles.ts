/** Screens as files of our own server, whose names change with what is in them. */
import type { Config } from "../config";
import { addWords, type Language } from "../i18n/i18n";
import { type Catalogue, WORDED, type Worded } from "../i18n/messages";
import type * as Noise from "../noise/switch";
import type { LoadScreen, ScreenFailure, Screens } from "../screens/screens";

/** The import of a module whose address only the server knows. */
type Import = (url: string) => Promise<unknown>;

const importModule: Import = (url) => import(/* @vite-ignore */ url);
/** Puts a style sheet into the page: rejects when it could not be had. */
type AddStyle = (url: string) => Promise<unknown>;

const linkStyle: AddStyle = (url) =>
  new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      reject(new Error(`The style ${url} could not be loaded.`));
    };
    document.head.append(link);
  });

/** What comes with a screen: the words in the page's language, and its style. */
interface Beside {
  language: Language;
  words: Config["urls"]["screenWords"];
  styles: Config["urls"]["screenStyles"];
}
/** The phone starts first. */
const AHEAD_AFTER = 3000;

export function screenLoader(
  urls: Config["urls"]["screens"],
  { language, words, styles }: Beside,
  bring: Import = importModule,
  fetcher: typeof fetch = fetch,
  addStyle: AddStyle = linkStyle,
): LoadScreen {
  const styled = new Set<string>();
  return async (name, again) => {
    // A browser keeps in mind that an address failed, and does not ask again for the same.
    const anew = (url: string) => (again ? `${url}?again=${again}` : url);
    const modules = [urls[name], ...(isWorded(name) ? [words[name]] : [])];
    const style = styles[name];
    try {
      const brought = Promise.all(modules.map((url) => bring(anew(url))));
      if (style && !styled.has(name)) await addStyle(anew(style)).then(() => styled.add(name));
      const [screen, said] = (await brought) as [never, Record<string, Partial<Catalogue>>?];
      addWords(said?.[language] ?? {});
      return screen;
    } catch (cause) {
      const files = style ? [...modules, style] : modules;
      const gone = (await Promise.all(files.map((url) => isGone(url, fetcher)))).some(Boolean);
      throw Object.assign(new Error(`The screen ${name} could not be loaded.`, { cause }), {
        gone,
      } satisfies ScreenFailure);
    }
  };
}

function isWorded(name: string): name is Worded {
  return (WORDED as readonly string[]).includes(name);
}

/** What suppresses noise. */
export function noiseLoader(url: string, bring: Import = importModule): () => Promise<typeof Noise> {
  let times = 0;
  return () => bring(times++ ? `${url}?again=${times}` : url) as Promise<typeof Noise>;
}

/** After a new version was put in place, files of the one before are not there any more. */
async function isGone(url: string, fetcher: typeof fetch): Promise<boolean> {
  try {
    const { status } = await fetcher(url, { method: "HEAD", cache: "no-store" });
    return status === 404 || status === 410;
  } catch {
    return false;
  }
}

/** The words of the page's language. Without them nothing can be shown: they are asked for until they come. */
export async function loadWords<T>(url: string, bring: Import = importModule, pause = 2000): Promise<T> {
  for (let again = 0; ; again++) {
    try {
      return (await bring(again ? `${url}?again=${again}` : url)) as T;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** Brings all screens while the browser has nothing to do, unless its user pays for each byte. */
export function loadAheadWhenIdle(screens: Pick<Screens, "loadAhead">): void {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  if (connection?.saveData) return;
  const load = () => void screens.loadAhead();
  setTimeout(() => ("requestIdleCallback" in globalThis ? requestIdleCallback(load) : load()), AHEAD_AFTER);
}
