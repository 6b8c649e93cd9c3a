import { describe, expect, it } from "vitest";

import { BOX, draw, scaleFor } from "./layout";
import { newStep, type RouteDocument } from "./model";

function step(id: string, kind: string, ways: Record<string, string> = {}) {
  return { ...newStep(kind, [], id), id, ...ways };
}

function route(...steps: ReturnType<typeof step>[]): RouteDocument {
  return { first: steps[0]!.id, steps };
}

const SHOP = route(
  step("hours", "hours", { open: "hello", closed: "box", holiday: "away" }),
  step("hello", "announcement", { next: "team" }),
  step("team", "team", { waited: "box", nobody: "box" }),
  step("box", "voicemail"),
  step("away", "announcement", { next: "box" }),
);

describe("the drawing of a route", () => {
  it("has each step once, below one that leads to it, and a box at the end below all of them", () => {
    const { boxes } = draw(SHOP, {});
    const row = Object.fromEntries(boxes.map((box) => [box.id, box.row]));

    expect(boxes.length).toBe(6);
    expect(row).toEqual({ "": 0, hours: 1, hello: 2, away: 2, team: 3, box: 4 });
  });

  it("lets no two boxes touch", () => {
    const { boxes, width, height } = draw(SHOP, {});

    for (const one of boxes) {
      expect(one.x + BOX.width).toBeLessThanOrEqual(width);
      expect(one.y + BOX.height).toBeLessThanOrEqual(height);
      for (const other of boxes) {
        if (one === other) continue;
        const apart = Math.abs(one.x - other.x) >= BOX.width || Math.abs(one.y - other.y) >= BOX.height;
        expect(apart, `${one.id} and ${other.id}`).toBe(true);
      }
    }
  });

  it("draws arrows with right angles, through no box", () => {
    const { boxes, lines } = draw(SHOP, {});

    for (const line of lines) {
      line.points.slice(1).forEach(([x, y], index) => {
        const [fromX, fromY] = line.points[index]!;
        expect(x === fromX || y === fromY).toBe(true);
        for (const box of boxes) {
          const inside =
            Math.max(x, fromX) > box.x &&
            Math.min(x, fromX) < box.x + BOX.width &&
            Math.max(y, fromY) > box.y &&
            Math.min(y, fromY) < box.y + BOX.height;
          expect(inside, `${line.from} to ${line.to} through ${box.id}`).toBe(false);
        }
      });
    }
  });

  it("says the ways from one step to another on one arrow", () => {
    const { lines } = draw(SHOP, { arrow_waited: "waited", arrow_nobody: "nobody there" });

    expect(lines.filter((line) => line.from === "team").map((line) => line.label)).toEqual([
      "waited, nobody there",
    ]);
  });

  it("draws a way to nothing as broken, also a circle and a step that nobody reaches", () => {
    const drawn = draw(
      route(
        step("a", "announcement", { next: "" }),
        step("b", "announcement", { next: "b" }),
        step("c", "voicemail"),
      ),
      {},
    );

    expect(drawn.lines.filter((line) => line.isBroken).map((line) => line.from)).toEqual(["a"]);
    expect(new Set(drawn.boxes.map((box) => box.id))).toEqual(new Set(["", "a", "!a", "b", "c"]));
  });

  it("draws a route without steps", () => {
    expect(draw({ first: "", steps: [] }, {}).boxes.map((box) => box.id)).toEqual([""]);
  });
});

describe("the size of a drawing", () => {
  it("is that of its place, as long as its words can be read", () => {
    expect(scaleFor(600, 486)).toBeCloseTo(0.81);
    expect(scaleFor(400, 486)).toBe(1);
    expect(scaleFor(2000, 486)).toBe(0.75);
    expect(scaleFor(600, 0)).toBe(1);
  });
});
