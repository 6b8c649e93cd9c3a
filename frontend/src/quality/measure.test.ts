import { describe, expect, it } from "vitest";
import { nothingMeasured, qualityOf, type Sample, sampled, warned } from "./measure";

const good: Sample = {
  mos: 4.3,
  jitter: 6,
  rtt: 50,
  packetsLostFraction: 0,
  audioInputLevel: 2000,
  audioOutputLevel: 3000,
  codecName: "opus",
};

function after(...samples: Partial<Sample>[]) {
  const measured = nothingMeasured();
  for (const sample of samples) sampled(measured, { ...good, ...sample });
  return measured;
}

const told = (measured = after()) => qualityOf("CA1", measured, true);

describe("what a call measures", () => {
  it("is the least, the mean and the most of each figure, and what 95 of 100 seconds were as good as", () => {
    const seconds = [
      ...Array.from({ length: 95 }, () => ({ jitter: 5, mos: 4 })),
      ...Array(5).fill({ jitter: 85, mos: 2 }),
    ];
    const { jitter, mos, seconds: all, codec } = told(after(...seconds));
    expect(jitter).toEqual({ min: 5, mean: 9, max: 85, p95: 5 });
    expect(mos).toMatchObject({ min: 2, max: 4, p95: 4 });
    expect(mos?.mean).toBeCloseTo(3.9);
    expect([all, codec]).toEqual([100, "opus"]);
  });

  it("counts the worst second once there are more than five in a hundred", () => {
    const seconds = [...Array.from({ length: 94 }, () => ({ jitter: 5 })), ...Array(6).fill({ jitter: 85 })];
    expect(told(after(...seconds)).jitter?.p95).toBe(85);
  });

  it("has no figure of which nothing was measured, and leaves out what is no number", () => {
    const { mos, jitter } = told(after({ mos: null, jitter: NaN }, { mos: null, jitter: 7 }));
    expect(mos).toBeUndefined();
    expect(jitter).toEqual({ min: 7, mean: 7, p95: 7, max: 7 });
  });

  it("stays within what the server takes", () => {
    const { mos, rtt, loss } = told(after({ mos: 9, rtt: 1e9, packetsLostFraction: 250 }));
    expect([mos?.max, rtt?.max, loss?.max]).toEqual([5, 60_000, 100]);
  });

  it("does not grow with the length of the call", () => {
    const short = JSON.stringify(after(...Array.from({ length: 600 }, (_, at) => ({ jitter: at % 40 }))));
    const long = JSON.stringify(after(...Array.from({ length: 6000 }, (_, at) => ({ jitter: at % 40 }))));
    expect(long.length).toBeLessThan(short.length * 1.2);
  });

  it("says of what it was warned, how often and for how long", () => {
    const measured = after({});
    warned(measured, "high-jitter", true);
    sampled(measured, good);
    sampled(measured, good);
    warned(measured, "high-jitter", false);
    sampled(measured, good);
    warned(measured, "high-jitter", true);
    sampled(measured, good);
    const { warnings, poor_seconds: poor } = told(measured);
    expect(warnings).toEqual([{ name: "high-jitter", times: 2, seconds: 3 }]);
    expect(poor).toBe(3);
  });

  it("counts a second once, of whatever it was warned, and none for the microphone", () => {
    const measured = nothingMeasured();
    warned(measured, "constant-audio-input-level", true);
    sampled(measured, good);
    warned(measured, "high-rtt", true);
    warned(measured, "low-mos", true);
    sampled(measured, good);
    expect(told(measured).poor_seconds).toBe(1);
  });

  it("passes on no warning that the server does not know, and no end of one that never began", () => {
    const measured = after({});
    warned(measured, "brand-new-warning", true);
    warned(measured, "high-rtt", false);
    expect(told(measured).warnings).toEqual([]);
  });

  it("shortens the names of devices, and takes out what is no character of a line", () => {
    const measured = { ...after({}), microphone: `Head\u0000set ${"x".repeat(200)}` };
    const { microphone } = told(measured);
    expect(microphone).toHaveLength(120);
    expect(microphone?.startsWith("Head set")).toBe(true);
  });
});
