import { expect, it, vi } from "vitest";
import { byOurClock, heardTime, serverNow } from "./serverClock";

const NOW = Date.parse("2026-11-23T09:30:00Z");
const iso = (at: number) => new Date(at).toISOString();

it.each([
  ["fast", 180_000],
  ["slow", -180_000],
])("counts by the server's clock at a computer that is %s", (_how, fast) => {
  vi.spyOn(Date, "now").mockReturnValue(NOW + fast);
  heardTime(iso(NOW), NOW + fast);

  expect(Date.now() - byOurClock("2026-11-23T09:29:55Z")).toBe(5000);
  expect(iso(serverNow())).toBe("2026-11-23T09:30:00.000Z");
});

it("goes by what was heard last, also when this computer's clock was set right meanwhile", () => {
  heardTime(iso(NOW), NOW + 180_000);
  heardTime(iso(NOW + 60_000), NOW + 60_000);

  expect(byOurClock(iso(NOW))).toBe(NOW);
});

it("does not take what a frame was on its way for a difference of the clocks", () => {
  heardTime(iso(NOW), NOW + 1500);

  expect(byOurClock(iso(NOW))).toBe(NOW);
});

it("goes on as it was when a frame says no time that can be read", () => {
  heardTime(iso(NOW), NOW + 180_000);
  heardTime("soon", NOW);

  expect(byOurClock(iso(NOW))).toBe(NOW + 180_000);
});
