import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { BOX, type Drawing as Drawn, draw, type Line, scaleFor } from "./layout";
import { type Finding, filled, type RouteDocument, type Step, waysOf, type Words } from "./model";

interface Props {
  route: RouteDocument;
  words: Words;
  lines: string;
  current: string;
  refusal: Finding | undefined;
  onOpen: (id: string) => void;
}

/** The picture of the list: everything that can be done here can be done there. */
export function Drawing({ route, words, lines, current, refusal, onOpen }: Props) {
  const drawn = draw(route, words);
  const [reached, setReached] = useState("");
  const cameFrom = useRef<Element | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const ids = drawn.boxes.filter((one) => isStep(one.id)).map((one) => one.id);
  const stop = ids.includes(reached) ? reached : (ids[0] ?? "");
  const place = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  const scale = scaleFor(drawn.width, room);
  const caller = drawn.boxes.find((one) => one.id === "");
  useLayoutEffect(() => {
    if (!place.current || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(([entry]) => setRoom(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  // A drawing that does not fit even so begins where the caller does.
  useLayoutEffect(() => {
    if (place.current && caller && room)
      place.current.scrollLeft = (caller.x + BOX.width / 2) * scale - room / 2;
  }, [room]);
  const byId = new Map(route.steps.map((step) => [step.id, step]));

  function focus(id: string | undefined) {
    if (id === undefined || !isStep(id)) return;
    setReached(id);
    box.current?.querySelector<HTMLButtonElement>(`[data-box="${id}"]`)?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    const here = drawn.boxes.find((one) => one.id === stop);
    if (!here) return;
    const row = drawn.boxes.filter((one) => one.row === here.row && isStep(one.id));
    const at = row.indexOf(here);
    const keys: Record<string, () => void> = {
      ArrowDown: () => focus(drawn.lines.find((line) => line.from === stop && isStep(line.to))?.to),
      ArrowUp: () => focus(drawn.lines.find((line) => line.to === stop && isStep(line.from))?.from),
      ArrowLeft: () => focus(row[at - 1]?.id),
      ArrowRight: () => focus(row[at + 1]?.id),
      Escape: () => (cameFrom.current as HTMLElement | null)?.focus(),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  return (
    <div ref={place} class="re-scroll" tabIndex={-1}>
      <div
        ref={box}
        class="re-drawing"
        role="group"
        aria-label={words["drawing"]}
        style={{ width: `${drawn.width}px`, height: `${drawn.height}px`, zoom: String(scale) }}
        onKeyDown={onKeyDown}
        onFocusIn={(event: FocusEvent) => {
          if (!box.current?.contains(event.relatedTarget as Node))
            cameFrom.current = event.relatedTarget as Element;
        }}
      >
        <Lines drawn={drawn} refusal={refusal} />
        {drawn.boxes.map((one) => {
          const at = { left: `${one.x}px`, top: `${one.y}px` };
          const step = byId.get(one.id);
          if (!step) {
            const text =
              one.id === "" ? filled(words["caller_rings"] ?? "", { lines }) : words["hears_nothing"];
            return (
              <div key={one.id} class={`re-end ${one.id ? "broken" : ""}`} style={at}>
                {text}
              </div>
            );
          }
          const number = route.steps.indexOf(step) + 1;
          const way = refusal && [...refusal.way.map(([id]) => id), refusal.step];
          const state = one.id === refusal?.step ? "refused" : way?.includes(one.id) ? "on-way" : "";
          return (
            <button
              key={one.id}
              type="button"
              data-box={one.id}
              class={`re-box ${one.id === current ? "current" : ""} ${state}`}
              style={at}
              tabIndex={one.id === stop ? 0 : -1}
              onFocus={() => setReached(one.id)}
              onClick={() => onOpen(one.id)}
            >
              <span class="for-readers">{words["step"]}</span>
              <span class="re-number">{number}</span>
              <span class="re-names">
                <strong>{step.name || words[`kind_${step.kind}`]}</strong>
                <span>{words[`kind_${step.kind}`]}</span>
              </span>
              <span class="for-readers">{ways(step, route, words)}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
}

function isStep(id: string): boolean {
  return id !== "" && !id.startsWith("!");
}

/** Where it leads, for whoever listens. */
function ways(step: Step, route: RouteDocument, words: Words): string {
  return waysOf(step, words)
    .map((way) => {
      const at = route.steps.findIndex((one) => one.id === way.to) + 1;
      if (!at) return filled(words["way_to_nothing"] ?? "", { way: way.label });
      return filled(words["way_to_step"] ?? "", { way: way.label, number: at });
    })
    .join(", ");
}

function Lines({ drawn, refusal }: { drawn: Drawn; refusal: Finding | undefined }) {
  return (
    <svg class="re-lines" width={drawn.width} height={drawn.height} aria-hidden="true">
      <defs>
        <marker
          id="re-head"
          viewBox="0 0 10 10"
          refX="9"
          refY="5"
          markerUnits="userSpaceOnUse"
          markerWidth="10"
          markerHeight="10"
          orient="auto"
        >
          <path d="M0 0 10 5 0 10z" fill="context-stroke" />
        </marker>
      </defs>
      {drawn.lines.map((line) => (
        <g key={`${line.from}-${line.to}`} class={kindOf(line, refusal)}>
          <polyline
            points={line.points.map((point) => point.join(",")).join(" ")}
            marker-end="url(#re-head)"
          />
        </g>
      ))}
      {drawn.lines.map((line) => (
        <text
          key={`${line.from}-${line.to}`}
          class={kindOf(line, refusal)}
          x={line.labelAt[0]}
          y={line.labelAt[1]}
        >
          {line.label.length > 30 ? `${line.label.slice(0, 29)}…` : line.label}
        </text>
      ))}
    </svg>
  );
}

function kindOf(line: Line, refusal: Finding | undefined): string {
  if (line.isBroken) return "broken";
  if (!refusal) return "";
  const isOnWay = refusal.way.some(([id, field]) => line.from === id && line.fields.includes(field));
  return isOnWay || (line.from === "" && refusal.step) ? "on-way" : "";
}
