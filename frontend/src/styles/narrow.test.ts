import { describe, expect, it } from "vitest";
import narrow from "./narrow.css?raw";
import rooms from "./rooms.css?raw";

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
});
