/** Where the boxes and the arrows of a route's drawing stand. From top to bottom, arrows with right angles: one that
 *  passes a row of boxes goes round them, at the right. Pure. */

import { type RouteDocument, type Words, waysOf } from "./model";

export const BOX = { width: 172, height: 52 };
const GAP = 28;
const LABEL = 22;
const LANE = 16;
const EDGE = 16;

interface Box {
  id: string;
  x: number;
  y: number;
  row: number;
}
export interface Line {
  from: string;
  to: string;
  fields: string[];
  label: string;
  points: [number, number][];
  labelAt: [number, number];
  isBroken: boolean;
}
export interface Drawing {
  boxes: Box[];
  lines: Line[];
  width: number;
  height: number;
}

interface Edge {
  from: string;
  to: string;
  fields: string[];
  labels: string[];
}

/** "" stands for the caller, `!` and a step's id for where its callers would hear nothing. */
export function draw(route: RouteDocument, words: Words): Drawing {
  const edges = edgesOf(route, words);
  const rows = rowsOf(route, edges);
  const widest = Math.max(1, ...rows.map((row) => row.length));
  const inner = widest * (BOX.width + GAP) - GAP;
  const boxes = new Map<string, Box>();
  const out = new Map<string, Edge[]>();
  for (const edge of edges) out.set(edge.from, [...(out.get(edge.from) ?? []), edge]);
  let y = EDGE;
  const channels: number[] = [];
  rows.forEach((row, number) => {
    const width = row.length * (BOX.width + GAP) - GAP;
    row.forEach((id, at) => {
      boxes.set(id, { id, row: number, y, x: EDGE + (inner - width) / 2 + at * (BOX.width + GAP) });
    });
    const most = Math.max(1, ...row.map((id) => (out.get(id) ?? []).length));
    channels.push(y + BOX.height);
    y += BOX.height + GAP + most * LABEL;
  });
  const into = new Map<string, Edge[]>();
  for (const edge of edges) into.set(edge.to, [...(into.get(edge.to) ?? []), edge]);
  let lanes = 0;
  const lines = edges.flatMap((edge): Line[] => {
    const from = boxes.get(edge.from);
    const to = boxes.get(edge.to);
    if (!from || !to) return [];
    const index = (out.get(edge.from) ?? []).indexOf(edge);
    const beginX = spread(from.x, index, (out.get(edge.from) ?? []).length);
    const endX = spread(to.x, (into.get(edge.to) ?? []).indexOf(edge), (into.get(edge.to) ?? []).length);
    const beginY = from.y + BOX.height;
    const turnY = beginY + 10 + (index + 1) * LABEL;
    const points: [number, number][] = [[beginX, beginY]];
    if (to.row === from.row + 1) {
      points.push([beginX, turnY], [endX, turnY]);
    } else {
      const lane = EDGE + inner + GAP / 2 + lanes * LANE;
      lanes += 1;
      const arriveY = to.y - 8 - (lanes % 3) * 3;
      points.push([beginX, turnY], [lane, turnY], [lane, arriveY], [endX, arriveY]);
    }
    points.push([endX, to.y]);
    const label = edge.labels.filter(Boolean).join(", ");
    return [
      {
        from: edge.from,
        to: edge.to,
        fields: edge.fields,
        label,
        points,
        labelAt: [beginX, turnY - 8],
        isBroken: edge.to.startsWith("!"),
      },
    ];
  });
  const width = EDGE * 2 + inner + (lanes ? GAP / 2 + lanes * LANE : 0);
  return { boxes: [...boxes.values()], lines, width, height: y - GAP + EDGE };
}

// Below this its words are too small to be read: a drawing that is wider still is scrolled.
const LEAST = 0.75;

/** How large a drawing is shown, in a place of so many pixels; 0 while that is not known. */
export function scaleFor(width: number, room: number): number {
  return room > 0 ? Math.min(1, Math.max(LEAST, room / width)) : 1;
}

function spread(x: number, index: number, count: number): number {
  return x + (BOX.width * (index + 1)) / (count + 1);
}

function edgesOf(route: RouteDocument, words: Words): Edge[] {
  const edges: Edge[] = [];
  const known = new Set(route.steps.map((step) => step.id));
  const add = (from: string, to: string, field: string, label: string) => {
    const same = edges.find((edge) => edge.from === from && edge.to === to);
    if (same) {
      same.fields.push(field);
      same.labels.push(label);
    } else edges.push({ from, to, fields: [field], labels: [label] });
  };
  if (known.has(route.first)) add("", route.first, "first", "");
  for (const step of route.steps) {
    for (const way of waysOf(step, words)) {
      add(step.id, known.has(way.to) ? way.to : `!${step.id}`, way.field, way.label);
    }
  }
  return edges;
}

/** Each step one row below the first that leads to it; those that nobody reaches come last. */
function rowsOf(route: RouteDocument, edges: Edge[]): string[][] {
  const row = new Map<string, number>([["", 0]]);
  const waiting = [""];
  for (const id of waiting) {
    for (const edge of edges) {
      if (edge.from === id && !row.has(edge.to)) {
        row.set(edge.to, (row.get(id) ?? 0) + 1);
        waiting.push(edge.to);
      }
    }
  }
  pushEndsDown(row, edges);
  const last = Math.max(...row.values());
  route.steps.filter((step) => !row.has(step.id)).forEach((step) => row.set(step.id, last + 1));
  const rows: string[][] = [];
  for (const [id, number] of row) (rows[number] ??= []).push(id);
  return [...rows].filter((one) => one !== undefined);
}

/** What leads nowhere stands below all that lead to it, where a box at the end of a route is looked for. */
function pushEndsDown(row: Map<string, number>, edges: Edge[]): void {
  for (const id of row.keys()) {
    if (edges.some((edge) => edge.from === id)) continue;
    const above = edges.filter((edge) => edge.to === id).map((edge) => row.get(edge.from) ?? 0);
    if (above.length) row.set(id, Math.max(...above) + 1);
  }
}
