import { useRef } from "preact/hooks";
import { filled, type Words } from "../routes/model";
import { isPastMidnight, nextSpan, type Span } from "./week";

interface Props {
  of: string;
  spans: Span[];
  words: Words;
  /** The name of the day after, for a span past midnight. */
  next: string;
  onChange: (spans: Span[]) => void;
}

/** The spans of one day: each a beginning and an end, to be changed, removed and added. */
export function Spans({ of, spans, words, next, onChange }: Props) {
  const set = (at: number, part: 0 | 1, value: string) =>
    onChange(
      spans.map((span, index): Span => {
        if (index !== at) return span;
        return part === 0 ? [value, span[1]] : [span[0], value];
      }),
    );
  const add = useRef<HTMLButtonElement>(null);

  function remove(index: number): void {
    // Behind any other stands one that takes its place, and keeps focus.
    if (index === spans.length - 1) add.current?.focus();
    onChange(spans.filter((_, at) => at !== index));
  }

  return (
    <div class="oh-spans">
      {spans.map((span, index) => (
        <span class="oh-span" key={index} role="group" aria-label={`${of} ${index + 1}`}>
          <input
            type="time"
            aria-label={filled(words["begins"] ?? "", { day: of })}
            value={span[0]}
            onInput={(event) => set(index, 0, event.currentTarget.value)}
          />
          –
          <input
            type="time"
            aria-label={filled(words["ends"] ?? "", { day: of })}
            value={span[1] === "24:00" ? "00:00" : span[1]}
            onInput={(event) => set(index, 1, event.currentTarget.value)}
          />
          {isPastMidnight(span) && next && <span class="oh-next">{next}</span>}
          <button
            type="button"
            aria-label={filled(words["remove_span"] ?? "", { day: of, span: span.join("–") })}
            onClick={() => remove(index)}
          >
            ×
          </button>
        </span>
      ))}
      {spans.length === 0 && <span class="oh-closed">{words["closed_all_day"]}</span>}
      <button
        ref={add}
        type="button"
        class="rt-key small"
        aria-label={filled(words["add_span"] ?? "", { day: of })}
        onClick={() => onChange([...spans, nextSpan(spans)])}
      >
        + {words["span"]}
      </button>
    </div>
  );
}
