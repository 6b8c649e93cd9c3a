import { describe, expect, it } from "vitest";
import { cleaned } from "./NumberField";
import { hasLetters } from "./useNumberCheck";

describe("a number with an extension", () => {
  it.each([
    "+1 202 555 0142 x12",
    "(202) 555-0142 ext. 12",
    "+12025550142;ext=12",
    "2025550142 x",
    "(202) 555-0142 Durchwahl 12",
    "(202) 555-0142 DW 12",
    "(202) 555-0142 Extension 12",
  ])("%j is a number, not a name", (text) => expect(hasLetters(text)).toBe(false));

  it.each(["Max", "x12", "Room 5 east", "maya"])("%j is a name", (text) =>
    expect(hasLetters(text)).toBe(true),
  );

  it.each([
    ["Tel. (202) 555-0142 x12", "(202) 555-0142 x12"],
    ["tel:+12025550142;ext=12", "+12025550142;ext=12"],
    ["call +12025550142,,12 please", "+12025550142,,12"],
    ["+1 202 555 0142", "+1 202 555 0142"],
    ["Tel. (202) 555-0142 Durchwahl 12", "(202) 555-0142 Durchwahl 12"],
    ["(202) 555-0142 Dw. 12 (Zentrale)", "(202) 555-0142 Dw. 12"],
  ])("is pasted whole: %j", (pasted, number) => expect(cleaned(pasted)).toBe(number));
});
