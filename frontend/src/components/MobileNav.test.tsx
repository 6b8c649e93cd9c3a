import { render, screen } from "@testing-library/preact";
import { expect, it } from "vitest";
import { MobileNav, type Pane } from "./MobileNav";
import type { View } from "./WorkArea";

function current(pane: Pane, view: View, callerView: View | null = "caller"): (string | null)[] {
  render(
    <MobileNav
      {...{ pane, view, callerView }}
      unseen={false}
      toRead={0}
      waiting={0}
      onPane={() => undefined}
    />,
  );
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

it("counts who waits beside the log", () => {
  const view = { pane: "call", view: "log", callerView: null, unseen: false, toRead: 0 } as const;
  const { rerender } = render(<MobileNav {...view} waiting={3} onPane={() => undefined} />);
  expect(screen.getByRole("button", { name: /Log.*Waiting: 3/ })).toBeTruthy();
  rerender(<MobileNav {...view} waiting={0} onPane={() => undefined} />);
  expect(screen.getByRole("button", { name: "Log" })).toBeTruthy();
});

it("marks the caller's view for the call that is over, too", () => {
  expect(current("work", "last", "last")).toEqual(["Caller"]);
});
