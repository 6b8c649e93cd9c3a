import { describe, expect, it } from "vitest";
import tokens from "./tokens.css?raw";

/** WCAG 2.2: 4.5 for text, 3 for edges, signs and the focus ring. */
const TEXT = 4.5;
const SHAPE = 3;
const SURFACES = ["bg", "surface", "surface-2", "surface-3"];
const SOFT = ["accent-soft", "go-soft", "stop-soft", "hold-soft"];

/** foreground → what it stands on */
const PAIRS: [string, string[], number][] = [
  ...["ink", "ink-2", "ink-3"].map((ink): [string, string[], number] => [ink, [...SURFACES, ...SOFT], TEXT]),
  ...["accent", "go", "stop", "hold"].flatMap((tone): [string, string[], number][] => [
    [`${tone}-text`, [...SURFACES, `${tone}-soft`], TEXT],
    [`on-${tone}`, [tone], TEXT],
    [tone, [...SURFACES, `${tone}-soft`], SHAPE],
  ]),
  ["on-inverse", ["inverse"], TEXT],
  ["line-strong", [...SURFACES, ...SOFT], SHAPE],
  ["focus", [...SURFACES, ...SOFT], SHAPE],
  ["inverse", SURFACES, SHAPE],
];

const colours = new Map(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);/g)].map(([, name, light, dark]) => [
    name ?? "",
    { light: light ?? "", dark: dark ?? "" },
  ]),
);

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe("the palette", () => {
  it("stands once, both schemes side by side", () => {
    const twice = [...tokens.matchAll(/^ {2}--([\w-]+): .*#/gm)].map(([, name]) => name);
    expect(twice).toEqual([...colours.keys()]);
    expect(twice).toContain("ink");
    expect(twice.length).toBe(new Set(twice).size);
  });

  it.each(["light", "dark"] as const)("can be read in %s", (scheme) => {
    const weak = PAIRS.flatMap(([name, grounds, needed]) =>
      grounds
        .map((ground) => [ground, contrast(of(name), of(ground))] as const)
        .filter(([, ratio]) => ratio < needed)
        .map(([ground, ratio]) => `${name} on ${ground}: ${ratio.toFixed(2)}`),
    );
    expect(weak).toEqual([]);

    function of(name: string): string {
      const colour = colours.get(name);
      if (!colour) throw new Error(`No colour ${name}`);
      return colour[scheme];
    }
  });
});
