import { render, screen } from "@testing-library/preact";
import userEvent from "@testing-library/user-event";
import { useState } from "preact/hooks";
import { expect, it } from "vitest";
import { Spans } from "./Spans";
import type { Span } from "./week";

const WORDS = {
  remove_span: "Remove %(span)s",
  add_span: "Add a span",
  begins: "Begins",
  ends: "Ends",
  span: "Span",
};

function Day({ first }: { first: Span[] }) {
  const [spans, setSpans] = useState(first);
  return <Spans of="Monday" next="" words={WORDS} {...{ spans }} onChange={setSpans} />;
}

it("keeps focus in the day when a span is removed", async () => {
  const user = userEvent.setup({ delay: null });
  const day: Span[] = [
    ["08:00", "12:00"],
    ["13:00", "17:00"],
    ["18:00", "20:00"],
  ];
  render(<Day first={day} />);
  const buttons = () => screen.getAllByRole("button").map((each) => each.getAttribute("aria-label"));
  await user.click(screen.getByRole("button", { name: "Remove 08:00–12:00" }));
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Remove 13:00–17:00");
  await user.click(screen.getByRole("button", { name: "Remove 18:00–20:00" }));
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Add a span");
  await user.click(screen.getByRole("button", { name: "Remove 13:00–17:00" }));
  expect(document.activeElement?.getAttribute("aria-label")).toBe("Add a span");
  expect(buttons()).toEqual(["Add a span"]);
});
