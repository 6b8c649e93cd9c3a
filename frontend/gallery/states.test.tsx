/** Every state of the gallery is drawn: a new one is tested by being there. */
import axe from "axe-core";
import { render } from "preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { draw } from "./draw";
import { EXHIBITS } from "./states";

/** Longer than anything that an exhibit presses, types or waits for. */
const SETTLED = 3000;
/** What needs a layout: `npm run gallery` looks at it in a browser. */
const NEEDS_LAYOUT = { "color-contrast": { enabled: false }, "target-size": { enabled: false } };

/** What every browser has in its own style sheet, and happy-dom has not. */
const BROWSER_STYLE = 'input[type="hidden"] { display: none }';

let mount: HTMLElement;

beforeEach(() => {
  vi.stubGlobal(
    "Notification",
    class {
      static permission = "granted";
    },
  );
  document.documentElement.lang = "en";
  document.head.innerHTML = `<title>Ringdesk</title><style>${BROWSER_STYLE}</style>`;
  mount = document.createElement("div");
  document.body.replaceChildren(mount);
  return () => {
    render(null, mount);
    mount.remove();
  };
});

describe("a state of the desk", () => {
  it.each(Object.entries(EXHIBITS))("%s", async (_name, exhibit) => {
    vi.useFakeTimers({ now: Date.now() });
    const complaint = vi.spyOn(console, "error");
    draw(exhibit, mount, "Chrome/150");
    await vi.advanceTimersByTimeAsync(SETTLED);
    vi.useRealTimers();

    expect(complaint).not.toHaveBeenCalled();
    expect(mount.querySelector("h1, h2")?.textContent).toBeTruthy();
    const { violations } = await axe.run(document, {
      rules: NEEDS_LAYOUT,
      preload: false,
      resultTypes: ["violations"],
    });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual(
      [],
    );
  });
});
