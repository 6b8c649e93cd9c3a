import { expect, it } from "vitest";
import { untranslated } from "./untranslated";

it("finds a text that has not gone through the catalogue", () => {
  const page = document.createElement("div");
  page.innerHTML = '<p>⟦bracketed⟧ <b aria-label="named">(202) 555-0142</b> and not</p>';
  expect(untranslated(page)).toEqual(["and not", "named"]);
});
