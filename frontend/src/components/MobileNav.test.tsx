import { render, screen } from "@testing-library/preact";
import { expect, it } from "vitest";
import { MobileNav, type Pane } from "./MobileNav";
import type { View } from "./WorkArea";

function current(pane: Pane, view: View, callerView: View | null = "caller"): (string | null)[] {
  render(<MobileNav {...{ pane, view, callerView }} unseen={false} toRead={0} onPane={() => undefined} />);
  return screen
    .getAllByRole("button")
    .filter((each) => each.getAttribute("aria-current") === "page")
    .map((each) => each.textContent && each.textContent.trim());
}

it.each<[Pane, View, string[]]>([
  ["call", "log", ["Call"]],
  ["work", "log", ["Log"]],
  ["work", "caller", ["Caller"]],
  ["work", "messages", ["Messages"]],
  ["work", "contacts", ["Contacts"]],
  // Shown, but by none of these buttons.
  ["work", "team", []],
  ["work", "last", []],
])("marks what fills the screen: %s, %s", (pane, view, marked) => {
  expect(current(pane, view)).toEqual(marked);
});

it("marks the caller's view for the call that is over, too", () => {
  expect(current("work", "last", "last")).toEqual(["Caller"]);
});
