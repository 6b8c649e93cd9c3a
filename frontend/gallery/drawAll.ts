/**
 * Every state of the gallery is drawn and looked at: a new one is tested by being there. In several files, so that two
 * processors share them.
 */
import axe from "axe-core";
import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signalOf } from "../src/pageSignals";
import { draw, speak } from "./draw";
import { rememberStyles } from "./computedStyles";
import type { Exhibit, Exhibits } from "./exhibit";
import { untranslated, withoutCatalogue } from "./untranslated";

/** Longer than anything that an exhibit presses, types or waits for. */
const SETTLED = 3000;
/** What needs a layout, or sound: `npm run gallery` looks at it in a browser. */
const NEEDS_BROWSER = Object.fromEntries(
  ["color-contrast", "target-size", "no-autoplay-audio"].map((rule) => [rule, { enabled: false }]),
);
/** What every browser has in its own style sheet, and happy-dom has not. */
const BROWSER_STYLE = 'input[type="hidden"] { display: none }';

let mount: HTMLElement;

export function drawAll(exhibits: Exhibits): void {
  beforeEach(prepare);
  afterEach(() => speak("en"));
  describe("a state of the desk", () => {
    it.each(Object.entries(exhibits))("%s", (_name, exhibit) => drawOne(exhibit));
  });
}

rememberStyles(window);

function prepare(): () => void {
  history.replaceState(null, "", "/");
  vi.stubGlobal(
    "Notification",
    class {
      static permission = "granted";
    },
  );
  document.head.innerHTML = `<title>Ringdesk</title><style>${BROWSER_STYLE}</style>`;
  mount = document.createElement("div");
  document.body.replaceChildren(mount);
  return () => {
    render(null, mount);
    mount.remove();
  };
}

async function drawOne(exhibit: Exhibit): Promise<void> {
  const complaint = vi.spyOn(console, "error");
  vi.useFakeTimers({ now: Date.now() });
  speak("xx");
  const store = draw(exhibit, mount, "Chrome/150");
  await vi.advanceTimersByTimeAsync(SETTLED);
  vi.useRealTimers();

  expect(complaint).not.toHaveBeenCalled();
  expect(mount.querySelector("h1, h2")?.textContent).toBeTruthy();
  // Whatever is read or heard has gone through the catalogue.
  expect(untranslated(mount)).toEqual([]);
  expect(signalOf(store.get(), Date.now()).titles.flatMap(withoutCatalogue)).toEqual([]);
  const { violations } = await axe.run(document, {
    rules: NEEDS_BROWSER,
    preload: false,
    resultTypes: ["violations"],
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}
