import { describe, expect, it } from "vitest";
import { initials, spokenNumber, spokenMinutes } from "./format";
import { t } from "./i18n/i18n";
import { firstName, isolated } from "./names";
import { callerFacts } from "./softphone/selectors";
import { openState } from "./testing/samples";

describe("a name in a sentence", () => {
  it("cannot turn the rest of the sentence round", () => {
    expect(`${isolated("Maya\u202e")} hung up.`).toBe("Maya hung up.");
    expect(`${isolated("مريم")} hung up.`).toBe("\u2068مريم\u2069 hung up.");
    // It cannot end its own isolation either.
    expect(isolated("\u2069مريم\u2066")).toBe("\u2068مريم\u2069");
  });

  it("has no first name that could be told for sure", () => {
    const whole = [
      "WIRELESS CALLER",
      "Wireless Caller",
      "SPAM LIKELY",
      "Scam Likely",
      "UNKNOWN NAME",
      "V0123456789012",
      "WASHINGTON DC",
      "OKONKWO MAYA",
      "Smith & Sons",
      "Acme Ltd",
      "Dr. Okonkwo",
      "The Blue Sofa",
      "Okonkwo, Maya",
      "J. Smith",
      "山田 太郎",
      "Maya",
    ];
    expect(whole.map(firstName)).toEqual(whole);
  });

  it.each([
    ["Maya Okonkwo", "Maya"],
    ["Leïla Benali", "Leïla"],
    ["Мария Кюри", "Мария"],
    ["Jean-Luc O’Brien", "Jean-Luc"],
  ])("%s is called by the first one", (name, first) => expect(firstName(name)).toBe(first));

  it("is said whole of a caller whose network sent a label for a name", () => {
    const hints = {
      number: "+12025550142",
      display: "+12025550142",
      name: "WIRELESS CALLER",
      place: "",
      line: "",
    };
    expect(callerFacts(openState(), null, hints).shortName).toBe("WIRELESS CALLER");
  });

  it("is cut in sentences, which have one line, and said whole", () => {
    const name = "Dr. Maximiliana Wolfeschlegelsteinhausenbergerdorff";
    const hints = { number: "+12025550142", display: "+12025550142", name, place: "", line: "" };
    const facts = callerFacts(openState(), null, hints);
    expect(facts.shortName).toBe("Dr. Maximiliana Wolfeschleg…");
    expect([facts.title, facts.spoken.shortName]).toEqual([name, name]);
  });

  it("gives initials without the marks of direction", () =>
    expect(initials("\u2068Maya Okonkwo\u2069")).toBe("MO"));
});

describe("for ears", () => {
  it("a number is said digit by digit, in its groups", () => {
    expect(spokenNumber("(202) 555-0142")).toBe("2 0 2, 5 5 5, 0 1 4 2");
    expect(spokenNumber("+33 1 99")).toBe("plus 3 3, 1, 9 9");
  });

  it("one is one and two are two", () => {
    expect([1, 2, 0].map((count) => t("log.found", { count }))).toEqual([
      "1 call found.",
      "2 calls found.",
      "0 calls found.",
    ]);
    expect(spokenMinutes(61)).toBe("1 minute 1 second");
  });
});
