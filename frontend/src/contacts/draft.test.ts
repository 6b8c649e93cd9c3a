import { expect, it } from "vitest";
import { changeOf, draftOf, emptyDraft, isChanged } from "./draft";
import type { ContactPage } from "./ports";

const page: ContactPage = {
  id: 1,
  name: "Maya Okonkwo",
  company: "Okonkwo Interiors",
  email: "",
  note: "",
  owner: { id: 3, name: "Ada Byron" },
  language: "",
  time_zone: "",
  guessed: { language: "en", time_zone: "America/New_York" },
  own: { customer_no: "TR-1" },
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
  numbers: [
    {
      number: "+12025550142",
      extension: "12",
      display: "(202) 555-0142 ext. 12",
      label: "Mobile",
      line_type: "mobile",
      region: "US",
    },
  ],
  groups: [
    { id: 1, name: "Trade", by_rule: false },
    { id: 2, name: "Found", by_rule: true },
  ],
  blocked: [],
  merges: [],
};

it("what was not touched is not sent", () => {
  const before = draftOf(page);
  expect(isChanged({ ...before }, before)).toBe(false);
  expect(changeOf({ ...before, company: "Okonkwo Ltd" }, before)).toEqual({ company: "Okonkwo Ltd" });
});

it("an own field that was emptied is sent as empty, and the others not at all", () => {
  const before = draftOf(page);
  const draft = { ...before, own: { customer_no: "", area: "M14" } };
  expect(changeOf(draft, before)).toEqual({ own: { customer_no: "", area: "M14" } });
});

it("numbers are sent all together, with their extensions apart, and empty rows not", () => {
  const before = draftOf(page);
  const draft = { ...before, numbers: [...emptyDraft(" 202 555 0143 ").numbers, ...before.numbers] };
  draft.numbers.push(...emptyDraft().numbers);
  expect(changeOf(draft, before)).toEqual({
    numbers: [
      { number: "202 555 0143", extension: "", label: "", line_type: "" },
      { number: "+12025550142", extension: "12", label: "Mobile", line_type: "mobile" },
    ],
  });
});

it("groups that a rule found are not picked by saving", () => {
  const before = draftOf(page);
  expect(before.groups).toEqual([1]);
  expect(changeOf({ ...before, groups: [1, 4] }, before)).toEqual({ groups: [1, 4] });
});

it("a new contact is sent with the number that it began with", () => {
  const draft = emptyDraft("+12065550111");
  const nothing = { ...emptyDraft(), numbers: [] };
  expect(changeOf({ ...draft, name: "Sam" }, nothing)).toEqual({
    name: "Sam",
    numbers: [{ number: "+12065550111", extension: "", label: "", line_type: "" }],
  });
});
