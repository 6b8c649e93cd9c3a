/** A route as it is edited: its steps, their fields and their ways on. Pure. */

export type Value = unknown;
export interface Step {
  id: string;
  kind: string;
  name: string;
  [field: string]: Value;
}
export interface RouteDocument {
  first: string;
  steps: Step[];
}
export interface Key {
  digit: string;
  meaning: string;
  next: string;
  words?: string[];
  language?: string;
}
export interface Prompt {
  text?: string;
  language?: string;
  voice?: string;
  greeting?: number | null;
}
export type Words = Record<string, string>;
export type Choices = Record<"teams" | "agents" | "hours" | "greetings" | "routes", [number, string][]> & {
  languages: [string, string][];
};

export interface Finding {
  step: string;
  name: string;
  number: number;
  field: string;
  text: string;
  todo: string;
  is_refusal: boolean;
  /** From the caller to the step: the step, the field of the way taken there, and its word. */
  way: [string, string, string][];
  send_to: string;
}

/** `onlyWith`: the flag, or the choice of something, without which the field means nothing, and is not shown. */
export type Field = { onlyWith?: string } & (
  | { type: "row"; field: string; of: "teams" | "agents" | "hours" | "routes" }
  | { type: "goes"; field: string; optional?: boolean }
  | { type: "prompt"; field: string; optional?: boolean }
  | { type: "keys"; field: string; languages?: boolean }
  | { type: "number"; field: string; min: number; max: number; start: number; advanced?: boolean }
  | { type: "choice"; field: string; values: string[]; start: string }
  | { type: "flag"; field: string; start: boolean }
  | { type: "text"; field: string }
  // The name of a team whose members have it.
  | { type: "skill"; field: string }
);

const MENU: Field[] = [
  { type: "prompt", field: "prompt" },
  { type: "keys", field: "keys" },
  { type: "number", field: "seconds", min: 2, max: 30, start: 6 },
  { type: "goes", field: "no_input" },
  { type: "number", field: "tries", min: 1, max: 5, start: 2 },
  { type: "goes", field: "wrong_input" },
  { type: "flag", field: "speech", start: false },
];
const RING: Field = { type: "number", field: "ring_seconds", min: 5, max: 120, start: 20 };

/** What each kind of step is made of, in the order of its form. As `routing/steps.py`. */
export const KINDS: Record<string, Field[]> = {
  hours: [
    { type: "row", field: "hours", of: "hours" },
    { type: "goes", field: "open" },
    { type: "goes", field: "closed" },
    { type: "goes", field: "holiday", optional: true },
  ],
  announcement: [
    { type: "prompt", field: "prompt" },
    { type: "goes", field: "next" },
  ],
  menu: MENU,
  language: MENU.map((one) => (one.type === "keys" ? { ...one, languages: true } : one)),
  team: [
    { type: "row", field: "team", of: "teams" },
    {
      type: "choice",
      field: "strategy",
      values: ["longest-idle", "all-at-once", "in-turn", "fixed-order"],
      start: "longest-idle",
    },
    RING,
    { type: "choice", field: "first", values: ["", "last-agent", "owner"], start: "" },
    { type: "number", field: "first_seconds", min: 5, max: 60, start: 15, onlyWith: "first" },
    { type: "number", field: "wait_seconds", min: 5, max: 3600, start: 180 },
    { type: "goes", field: "waited" },
    { type: "goes", field: "nobody" },
    { type: "number", field: "most_waiting", min: 0, max: 200, start: 0 },
    { type: "goes", field: "full", optional: true },
    { type: "prompt", field: "hears", optional: true },
    { type: "number", field: "priority", min: 0, max: 9, start: 0 },
    { type: "skill", field: "skill" },
    { type: "flag", field: "call_back", start: false },
    { type: "number", field: "call_back_after", min: 0, max: 900, start: 60, onlyWith: "call_back" },
    { type: "number", field: "call_back_tries", min: 1, max: 5, start: 3, onlyWith: "call_back" },
    { type: "number", field: "call_back_pause", min: 1, max: 120, start: 10, onlyWith: "call_back" },
    { type: "row", field: "call_back_hours", of: "hours", onlyWith: "call_back" },
    {
      type: "choice",
      field: "call_back_closed",
      values: ["keep", "list"],
      start: "keep",
      onlyWith: "call_back",
    },
  ],
  agent: [{ type: "row", field: "agent", of: "agents" }, RING, { type: "goes", field: "next" }],
  number: [
    { type: "text", field: "number" },
    { ...RING, start: 25 },
    { type: "flag", field: "press_one", start: true },
    { type: "goes", field: "next" },
  ],
  voicemail: [
    { type: "row", field: "team", of: "teams" },
    { type: "prompt", field: "prompt", optional: true },
  ],
  route: [{ type: "row", field: "route", of: "routes" }],
  goodbye: [{ type: "prompt", field: "prompt" }],
};

export interface Way {
  field: string;
  to: string;
  label: string;
}

/** The ways on from a step, those without a target included. */
export function waysOf(step: Step, words: Words): Way[] {
  const ways: Way[] = [];
  for (const field of KINDS[step.kind] ?? []) {
    if (field.type === "keys") {
      keysOf(step).forEach((key, index) =>
        ways.push({ field: `keys.${index}.next`, to: key.next, label: `${key.digit} ${key.meaning}`.trim() }),
      );
    } else if (field.type === "goes") {
      const to = textOf(step, field.field);
      if (to || !field.optional)
        ways.push({ field: field.field, to, label: words[`arrow_${field.field}`] ?? "" });
    }
  }
  return ways;
}

export function keysOf(step: Step): Key[] {
  return Array.isArray(step["keys"]) ? (step["keys"] as Key[]) : [];
}

export function textOf(step: Step, field: string): string {
  const value = step[field];
  return typeof value === "string" ? value : "";
}

export function promptOf(step: Step, field: string): Prompt {
  return (step[field] as Prompt | undefined) ?? {};
}

export function newStep(kind: string, steps: Step[], name: string): Step {
  const taken = new Set(steps.map((step) => step.id));
  let number = steps.length + 1;
  while (taken.has(`s${number}`)) number += 1;
  const step: Step = { id: `s${number}`, kind, name };
  for (const field of KINDS[kind] ?? []) step[field.field] = emptyOf(field);
  return step;
}

function emptyOf(field: Field): Value {
  if (field.type === "row") return null;
  if (field.type === "keys") return [];
  if (field.type === "prompt") return { text: "", language: "", voice: "" };
  return "start" in field ? field.start : "";
}

/** Sets one field; `keys.1.next` is one within a key. */
export function withField(step: Step, path: string, value: Value): Step {
  const [field = "", index, inner] = path.split(".");
  if (index === undefined || inner === undefined) return { ...step, [field]: value };
  const keys = keysOf(step).map((key, at) => (at === Number(index) ? { ...key, [inner]: value } : key));
  return { ...step, keys };
}

export function withStep(route: RouteDocument, step: Step): RouteDocument {
  return { ...route, steps: route.steps.map((one) => (one.id === step.id ? step : one)) };
}

export function added(route: RouteDocument, step: Step): RouteDocument {
  return { first: route.first || step.id, steps: [...route.steps, step] };
}

/** Without the step: whoever came to it goes to `instead`. */
export function removed(route: RouteDocument, id: string, instead: string): RouteDocument {
  const steps = route.steps.filter((step) => step.id !== id).map((step) => redirected(step, id, instead));
  return { first: route.first === id ? instead : route.first, steps };
}

function redirected(step: Step, from: string, to: string): Step {
  let changed = step;
  for (const way of waysOf(step, {})) if (way.to === from) changed = withField(changed, way.field, to);
  return changed;
}

export function moved(route: RouteDocument, id: string, by: number): RouteDocument {
  const at = route.steps.findIndex((step) => step.id === id);
  const to = Math.min(Math.max(at + by, 0), route.steps.length - 1);
  const step = route.steps[at];
  if (!step || to === at) return route;
  const rest = route.steps.filter((one) => one.id !== id);
  return { ...route, steps: [...rest.slice(0, to), step, ...rest.slice(to)] };
}

/** How many steps, or other things, are not as they were saved. */
export function changesBetween(before: RouteDocument, now: RouteDocument): number {
  const old = new Map(before.steps.map((step) => [step.id, JSON.stringify(step)]));
  const changed = now.steps.filter((step) => old.get(step.id) !== JSON.stringify(step)).length;
  const gone = before.steps.filter((step) => !now.steps.some((one) => one.id === step.id)).length;
  const inOrder = (steps: Step[], others: Step[]) =>
    steps.filter((step) => others.some((one) => one.id === step.id)).map((step) => step.id);
  const isMoved = inOrder(before.steps, now.steps).join() !== inOrder(now.steps, before.steps).join();
  return changed + gone + (isMoved ? 1 : 0) + (before.first !== now.first ? 1 : 0);
}

/** What was saved, with all that was changed here since it was sent: the server may have written the rest otherwise. */
export function withSince(sent: RouteDocument, now: RouteDocument, saved: RouteDocument): RouteDocument {
  const stepOf = ({ steps }: RouteDocument, id: string) => steps.find((one) => one.id === id);
  return {
    first: now.first === sent.first ? saved.first : now.first,
    steps: now.steps.map((step) => stepSince(stepOf(sent, step.id), step, stepOf(saved, step.id))),
  };
}

function stepSince(sent: Step | undefined, now: Step, saved: Step | undefined): Step {
  // A step that is new may have the id of one that was removed.
  if (!sent || !saved || now.kind !== sent.kind) return now;
  const isChanged = ([field, value]: [string, Value]) =>
    JSON.stringify(value) !== JSON.stringify(sent[field]);
  return { ...saved, ...Object.fromEntries(Object.entries(now).filter(isChanged)) };
}

// What else is looked at where these are found wrong.
const BESIDE: Record<string, string[]> = {
  nobody: ["team"],
  skill: ["team"],
  call_back_after: ["call_back", "wait_seconds"],
  call_back_hours: ["call_back"],
};

/** Of what the server found wrong with a route, that whose place is as it was; with the numbers that steps have now.
 *
 *  What was changed is right until the server says otherwise, which alone knows all that a route refers to.
 */
export function stillWrong(findings: Finding[], foundIn: RouteDocument, now: RouteDocument): Finding[] {
  if (!findings.length) return findings;
  const reached = reachedIn(now);
  return findings
    .filter((one) => isStillWrong(one, foundIn, now, reached))
    .map((one) => ({ ...one, number: now.steps.findIndex(({ id }) => id === one.step) + 1 || one.number }));
}

function isStillWrong(
  one: Finding,
  foundIn: RouteDocument,
  now: RouteDocument,
  reached: Set<string>,
): boolean {
  if (!one.step) return now.first === foundIn.first && now.steps.length === foundIn.steps.length;
  const before = foundIn.steps.find(({ id }) => id === one.step);
  const after = now.steps.find(({ id }) => id === one.step);
  if (!before || !after) return false;
  if (!one.field) return one.is_refusal ? isSame(before, after) : !reached.has(one.step);
  // A way that leads somewhere and is refused all the same leads in a circle, which may be left at any of its steps.
  const way = waysOf(before, {}).find(({ field }) => field === one.field);
  if (foundIn.steps.some(({ id }) => id === way?.to)) return isSame(waysIn(foundIn), waysIn(now));
  const places = [one.field, ...(BESIDE[one.field] ?? [])];
  return places.every((place) => isSame(valueAt(before, place), valueAt(after, place)));
}

function valueAt(step: Step, place: string): Value {
  const [field = "", index, inner] = place.split(".");
  if (index === undefined || inner === undefined) return step[field];
  const keys = keysOf(step);
  // The same digit twice is wrong at either key; and without one of them, the others have other places.
  if (inner === "digit") return keys.map(({ digit }) => digit);
  return [keys.length, keys[Number(index)]?.[inner as keyof Key]];
}

function waysIn(route: RouteDocument): string[][] {
  return route.steps.map((step) => [step.id, ...waysOf(step, {}).map(({ to }) => to)]);
}

function reachedIn(route: RouteDocument): Set<string> {
  const reached = new Set([route.first]);
  for (const id of reached) {
    const step = route.steps.find((one) => one.id === id);
    if (step) for (const { to } of waysOf(step, {})) reached.add(to);
  }
  return reached;
}

function isSame(one: Value, other: Value): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function filled(text: string, blanks: Record<string, string | number>): string {
  return text.replace(/%\((\w+)\)[sd]/g, (whole, name: string) => String(blanks[name] ?? whole));
}
