import { describe, expect, it } from "vitest";
import type { Line } from "../messages";
import type { Consents } from "./ports";
import { whyNoTexts } from "./texting";

const line: Line = { id: 2, name: "Sales", number: "+12025550101", display: "(202) 555-0101" };
const mobile = { number: "+12025550142", line_type: "mobile", extension: "" } as const;
const landline = { number: "+12025550143", line_type: "landline", extension: "" } as const;
const free = { blocked: [] };
type Row = [number: string, sender: string, state: "allowed" | "forbidden", source?: "spoken" | "form"];
const said = (...rows: Row[]): Consents => ({
  senders: [],
  history: rows.map(([number, sender, state, source]) => ({
    number,
    sender,
    state,
    source: source ?? "text",
    note: "",
    by: null,
    at: "2026-11-23T09:00:00Z",
  })),
});

describe("why a number gets no texts", () => {
  it.each([
    ["it gets them", mobile, null, ""],
    ["a landline", landline, null, "landline"],
    ["an extension", { ...mobile, extension: "12" }, null, "extension"],
    ["STOP to this line", mobile, said([mobile.number, line.number, "forbidden"]), "stopped"],
    ["STOP to another line", mobile, said([mobile.number, "+12025550100", "forbidden"]), ""],
    ["STOP of another number", mobile, said([landline.number, line.number, "forbidden"]), ""],
    ["STOP to a messaging service", mobile, said([mobile.number, "MG1", "forbidden"]), "stopped"],
    [
      "an objection that one of us wrote down",
      mobile,
      said([mobile.number, line.number, "forbidden", "spoken"]),
      "objected",
    ],
    [
      "an objection beside a STOP to the service",
      mobile,
      said([mobile.number, line.number, "forbidden", "form"], [mobile.number, "MG1", "forbidden"]),
      "stopped",
    ],
    [
      "START after STOP",
      mobile,
      said([mobile.number, line.number, "allowed"], [mobile.number, line.number, "forbidden"]),
      "",
    ],
  ] as const)("%s", (_, number, consents, why) => {
    expect(whyNoTexts(number, free, consents, line)).toBe(why);
  });

  it("is said as the server says it when there is more than one", () => {
    const blocked = { blocked: [{ number: landline.number }] } as unknown as Parameters<typeof whyNoTexts>[1];
    expect(whyNoTexts(landline, blocked, null, line)).toBe("blocked");
    expect(whyNoTexts(landline, blocked, said([landline.number, line.number, "forbidden"]), line)).toBe(
      "stopped",
    );
  });
});
