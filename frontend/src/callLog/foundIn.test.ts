import { describe, expect, it } from "vitest";
import { foundIn } from "./foundIn";

describe("why a call was found", () => {
  it.each([
    ["Asked for a refund.", "REFUND", "Asked for a refund."],
    ["Leïla calls back", "leila", "Leïla calls back"],
    ["Спросила Мария", "мария", "Спросила Мария"],
    ["Die Straße ist zu", "strasse", "Die Straße ist zu"],
    ["two\n lines", "two lines", "two lines"],
    ["Nothing of it", "refund", ""],
    ["Any note", "  ", ""],
    ["", "x", ""],
  ])("%j, searched for %j", (note, search, shown) => {
    expect(foundIn(note, search)).toBe(shown);
  });

  it("shows the words around it of a long note", () => {
    const note = `${"before ".repeat(40)}the wombat ${"after ".repeat(40)}`;

    const shown = foundIn(note, "wombat");

    expect(shown).toMatch(/^….*the wombat after.*…$/);
    expect(shown.length).toBeLessThan(110);
  });
});
