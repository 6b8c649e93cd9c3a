import { expect, it } from "vitest";
import { pathOf, placeOf } from "./address";

it.each([
  ["/", "elsewhere"],
  ["/contacts/", "contacts"],
  ["/contacts/12/", 12],
  ["/ringdesk/contacts/12/", 12],
  ["/contacts/x/", "elsewhere"],
  ["/contacts/12/more/", "elsewhere"],
] as const)("%s is about %s", (path, place) => {
  expect(placeOf(path)).toBe(place);
});

it("a place has an address beside that which the page was loaded from", () => {
  expect(pathOf(12, "/")).toBe("/contacts/12/");
  expect(pathOf("contacts", "/contacts/12/")).toBe("/contacts/");
  expect(pathOf("elsewhere", "/ringdesk/contacts/12/")).toBe("/ringdesk/");
});
