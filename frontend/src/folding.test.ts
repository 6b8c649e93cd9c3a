import { describe, expect, it } from "vitest";

import { holds } from "./folding";

describe("a search in a name", () => {
  it.each([
    ["Sinéad O’Shaughnessy", "sinead", true],
    ["Inés Roca de la Fuente", "FUENTE ines", true],
    ["Jürgen Groß", "gross jurgen", true],
    ["Grace Hopper", "  hop  ", true],
    ["Grace Hopper", "", true],
    ["Grace Hopper", "grace brewster", false],
  ])("%s is found by “%s”: %s", (name, search, found) => {
    expect(holds(name, search)).toBe(found);
  });
});
