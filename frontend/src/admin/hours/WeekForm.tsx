import { useState } from "preact/hooks";

import { filled, type Words } from "../routes/model";
import { Spans } from "./Spans";
import { barsOf, copied, type OwnDate, type Week } from "./week";

export interface HoursData {
  days: string[];
  /** 0 for Monday; and the hours after midnight there. */
  today: number;
  now: number;
  countries: [string, string][];
  /** The parts of those countries that have holidays of their own. */
  places: Record<string, [string, string][]>;
  words: Words;
}

interface WeekProps {
  data: HoursData;
  week: Week;
  onChange: (week: Week) => void;
}

export function WeekForm({ data, week: first, onChange }: WeekProps) {
  const { words, days } = data;
  const [week, setWeek] = useState(first);
  const change = (next: Week) => {
    setWeek(next);
    onChange(next);
  };
  return (
    <div class="oh-week" role="group" aria-label={words["week"]}>
      <p>
        <button type="button" class="rt-key small" onClick={() => change(copied(week, 0, [1, 2, 3, 4]))}>
          {words["copy_monday"]}
        </button>
      </p>
      {days.map((day, number) => (
        <div class={`oh-day ${number === data.today ? "today" : ""}`} key={day}>
          <div class="oh-name">
            <strong>{day}</strong>
            {number === data.today && <span>{words["today"]}</span>}
          </div>
          <div class="oh-of-day">
            <svg class="oh-bars" width="100%" height="24" aria-hidden="true">
              {[0, 4, 8, 12, 16, 20].map((hour) => (
                <line key={hour} x1={`${(hour / 24) * 100}%`} x2={`${(hour / 24) * 100}%`} y1="0" y2="24" />
              ))}
              {barsOf(week, number).map((bar) => (
                <rect
                  key={`${bar.from}-${bar.isRest}`}
                  class={bar.isRest ? "rest" : ""}
                  x={`${(bar.from / 24) * 100}%`}
                  width={`${(Math.max(bar.to - bar.from, 0) / 24) * 100}%`}
                  y="2"
                  height="20"
                  rx="4"
                />
              ))}
              {number === data.today && (
                <line
                  class="now"
                  x1={`${(data.now / 24) * 100}%`}
                  x2={`${(data.now / 24) * 100}%`}
                  y1="0"
                  y2="24"
                />
              )}
            </svg>
            <Spans
              of={day}
              spans={week[number] ?? []}
              words={words}
              next={days[(number + 1) % 7] ?? ""}
              onChange={(spans) => change(week.map((one, at) => (at === number ? spans : one)))}
            />
          </div>
        </div>
      ))}
      <p class="oh-legend">{words["legend"]}</p>
    </div>
  );
}

interface DatesProps {
  words: Words;
  dates: OwnDate[];
  onChange: (dates: OwnDate[]) => void;
}

export function DatesForm({ words, dates: first, onChange }: DatesProps) {
  const [dates, setDates] = useState(first);
  const change = (next: OwnDate[]) => {
    setDates(next);
    onChange(next);
  };
  const set = (at: number, part: Partial<OwnDate>) =>
    change(dates.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <div class="oh-dates" role="group" aria-label={words["dates"]}>
      {dates.map((one, index) => {
        const name = one.name || one.date || `${index + 1}`;
        return (
          <div class="oh-date" key={index}>
            <input
              type="date"
              aria-label={words["date"]}
              value={one.date}
              onInput={(event) => set(index, { date: event.currentTarget.value })}
            />
            <input
              type="text"
              maxLength={80}
              aria-label={words["date_name"]}
              placeholder={words["date_name"]}
              value={one.name}
              onInput={(event) => set(index, { name: event.currentTarget.value })}
            />
            <Spans
              of={name}
              spans={one.spans}
              words={words}
              next=""
              onChange={(spans) => set(index, { spans })}
            />
            <button
              type="button"
              class="rt-key small"
              aria-label={filled(words["remove_date"] ?? "", { name })}
              onClick={() => change(dates.filter((_, at) => at !== index))}
            >
              ×
            </button>
          </div>
        );
      })}
      <button
        type="button"
        class="rt-key small"
        onClick={() => change([...dates, { date: "", name: "", spans: [] }])}
      >
        + {words["add_date"]}
      </button>
    </div>
  );
}
