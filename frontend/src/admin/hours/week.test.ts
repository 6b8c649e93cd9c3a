import { describe, expect, it } from "vitest";

import { barsOf, copied, isPastMidnight, nextSpan, readDates, readWeek, type Week } from "./week";

const WEEK: Week = [[["08:30", "12:30"]], [], [], [], [["20:00", "01:30"]], [["09:00", "24:00"]], []];

describe("a week of spans", () => {
  it("draws what is left of a span past midnight on the day after", () => {
    expect(barsOf(WEEK, 4)).toEqual([{ from: 20, to: 24, isRest: false }]);
    expect(barsOf(WEEK, 5)).toEqual([
      { from: 0, to: 1.5, isRest: true },
      { from: 9, to: 24, isRest: false },
    ]);
    expect(barsOf([[], [], [], [], [], [], [["22:00", "02:00"]]], 0)).toEqual([
      { from: 0, to: 2, isRest: true },
    ]);
  });

  it("knows midnight itself from what is past it", () => {
    expect([
      isPastMidnight(["20:00", "01:30"]),
      isPastMidnight(["20:00", "24:00"]),
      isPastMidnight(["20:00", "00:00"]),
    ]).toEqual([true, false, false]);
  });

  it("copies a day without tying the two together", () => {
    const next = copied(WEEK, 0, [1, 2]);
    next[1]![0]![0] = "10:00";

    expect(next[2]).toEqual([["08:30", "12:30"]]);
    expect(WEEK[0]).toEqual([["08:30", "12:30"]]);
    expect(next[4]).toEqual(WEEK[4]);
  });

  it("offers a span that overlaps none of the day's", () => {
    expect(nextSpan([])).toEqual(["09:00", "17:00"]);
    expect(nextSpan([["08:30", "12:30"]])).toEqual(["13:00", "17:00"]);
    expect(nextSpan([["08:00", "20:00"]])).toEqual(["21:00", "23:00"]);
  });

  it.each(["", "[", "{}", "[1,2]", "null"])("reads %s as a week without spans", (text) => {
    expect(readWeek(text)).toEqual([[], [], [], [], [], [], []]);
  });

  it("reads dates whatever is missing in them", () => {
    expect(readDates('[{"date": "2026-12-24"}, null]')).toEqual([
      { date: "2026-12-24", name: "", spans: [] },
      { date: "", name: "", spans: [] },
    ]);
    expect(readDates("{}")).toEqual([]);
  });
});
