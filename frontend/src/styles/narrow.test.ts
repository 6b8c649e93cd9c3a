import { describe, expect, it } from "vitest";
import narrow from "./narrow.css?raw";
import rooms from "./rooms.css?raw";
import threads from "./threads.css?raw";

const phone = narrow.slice(narrow.indexOf("@media (max-width: 719px)"));

describe("on a phone", () => {
  it("each band of the desk has an area of its own", () => {
    const areas = [...(/grid-template-areas: ([^;]+);/.exec(phone)?.[1] ?? "").matchAll(/"(\w+)"/g)];
    const rows = /grid-template: ([^/]+)\//
      .exec(phone)?.[1]
      ?.replaceAll(/\([^)]*\)/g, "")
      .trim()
      .split(" ");
    expect(areas.map(([, name]) => name)).toEqual(["top", "reach", "help", "mini", "view", "nav"]);
    expect(rows).toHaveLength(areas.length);
    expect(/\.minis \{[^}]*grid-area: (\w+);/.exec(phone)?.[1]).toBe("mini");
    expect(/\.help-notice \{\s*grid-area: (\w+);/.exec(rooms)?.[1]).toBe("help");
  });

  it("what the dock leads to has no tab beside it, and tabs that do not fit are scrolled to", () => {
    for (const view of ["messages", "contacts"])
      for (const part of [`.tabs-${view}`, `#tab-${view}`])
        expect(/max-width: 719px[^]*?display: none/.exec(threads)?.[0]).toContain(part);
    expect(/\.tabs \{[^}]*overflow-x: auto/.test(phone)).toBe(true);
  });

  it("nothing stands beside the sentence that says why nobody is reached", () => {
    expect(/([^{}]*)\{\s*display: none/.exec(phone.slice(phone.indexOf(".brand")))?.[1]).toContain(
      ".reach-red .reach-team",
    );
  });
});
