import { describe, expect, it, vi } from "vitest";
import { openByKey } from "./selectKeys";

function pressed(key: string, more: KeyboardEventInit = {}): { opened: boolean; prevented: boolean } {
  const select = document.createElement("select");
  const showPicker = vi.fn();
  Object.assign(select, { showPicker });
  select.addEventListener("keydown", openByKey);
  const event = new KeyboardEvent("keydown", { key, cancelable: true, ...more });
  select.dispatchEvent(event);
  return { opened: showPicker.mock.calls.length === 1, prevented: event.defaultPrevented };
}

describe("a list whose choice does something at once", () => {
  it.each(["ArrowDown", "ArrowUp", "Home", "End", "PageDown", "a"])(
    "is opened by %s, not chosen from",
    (key) => {
      expect(pressed(key)).toEqual({ opened: true, prevented: true });
    },
  );

  it.each(["Tab", "Escape", "Enter", " "])("leaves %s to the browser", (key) => {
    expect(pressed(key)).toEqual({ opened: false, prevented: false });
  });

  it("leaves the browser's own keys for opening to it", () => {
    expect(pressed("ArrowDown", { altKey: true })).toEqual({ opened: false, prevented: false });
  });
});
