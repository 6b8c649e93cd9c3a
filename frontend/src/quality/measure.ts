/**
 * What one call measures, second by second, put together: of each figure the least, the mean, the most, and what 95 of
 * 100 seconds were as good as. Never the seconds themselves: the log of a long call stays small.
 */
import type { components } from "../generated/api";

type Schemas = components["schemas"];
export type Quality = Schemas["Quality"];
type Figures = Schemas["Figures"];
type WarningName = Schemas["QualityWarning"]["name"];

/** What the Voice SDK's `sample` has that is of use here; `mos` is null while there is no sound to judge. */
export interface Sample {
  mos: number | null;
  jitter: number;
  rtt: number;
  packetsLostFraction: number;
  audioInputLevel: number;
  audioOutputLevel: number;
  codecName: string;
}

/** Each figure: how wide a step of its distribution is, and the most that the server takes. */
const FIGURES = {
  mos: { step: 0.1, most: 5 },
  jitter: { step: 1, most: 60_000 },
  rtt: { step: 5, most: 60_000 },
  loss: { step: 0.5, most: 100 },
  input_level: { step: 512, most: 32_767 },
  output_level: { step: 512, most: 32_767 },
} as const;
type FigureName = keyof typeof FIGURES;
const NAMES = Object.keys(FIGURES) as FigureName[];
/** Of these, 95 of 100 seconds are above what is said; of the others, below. */
const MORE_IS_BETTER: ReadonlySet<FigureName> = new Set(["mos", "input_level", "output_level"]);

const WARNINGS: ReadonlySet<string> = new Set<WarningName>([
  "high-packet-loss",
  "high-packets-lost-fraction",
  "high-jitter",
  "high-rtt",
  "low-mos",
  "low-bytes-received",
  "low-bytes-sent",
  "ice-connectivity-lost",
  "constant-audio-input-level",
]);
/** Of the microphone, and not of the network: no second is poor for it. */
const MICROPHONE: WarningName = "constant-audio-input-level";
const LONGEST = 86_400;

interface Distribution {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** How many seconds fell into each step. */
  steps: Record<number, number>;
}

/** All that is kept of one call while it goes on. Plain, so that it survives the page as JSON. */
export interface Measured {
  seconds: number;
  poorSeconds: number;
  figures: Partial<Record<FigureName, Distribution>>;
  warnings: Partial<Record<WarningName, { times: number; seconds: number; isOn: boolean }>>;
  microphone: string;
  speaker: string;
  network: string;
  edge: string;
  codec: string;
}

export type Surroundings = Pick<Measured, "microphone" | "speaker" | "network" | "edge">;

export function nothingMeasured(): Measured {
  const unknown = { microphone: "", speaker: "", network: "", edge: "", codec: "" };
  return { seconds: 0, poorSeconds: 0, figures: {}, warnings: {}, ...unknown };
}

/** One second more. */
export function sampled(measured: Measured, sample: Sample): void {
  if (measured.seconds >= LONGEST) return;
  measured.seconds++;
  const values: Record<FigureName, number | null> = {
    mos: sample.mos,
    jitter: sample.jitter,
    rtt: sample.rtt,
    loss: sample.packetsLostFraction,
    input_level: sample.audioInputLevel,
    output_level: sample.audioOutputLevel,
  };
  for (const name of NAMES) count(measured, name, values[name]);
  if (sample.codecName) measured.codec = sample.codecName;
  let isPoor = false;
  for (const [name, warning] of Object.entries(measured.warnings)) {
    if (!warning.isOn) continue;
    warning.seconds++;
    isPoor ||= name !== MICROPHONE;
  }
  if (isPoor) measured.poorSeconds++;
}

/** The SDK warns, or takes it back. What it warns of besides is not ours to judge. */
export function warned(measured: Measured, name: string, isOn: boolean): void {
  if (!WARNINGS.has(name)) return;
  const known = measured.warnings[name as WarningName];
  if (!known && !isOn) return;
  const warning = known ?? { times: 0, seconds: 0, isOn: false };
  if (isOn && !warning.isOn) warning.times++;
  warning.isOn = isOn;
  measured.warnings[name as WarningName] = warning;
}

/** What the server is told. */
export function qualityOf(leg: string, measured: Measured, isComplete: boolean): Quality {
  const figures = Object.fromEntries(
    NAMES.flatMap((name) => {
      const known = measured.figures[name];
      return known ? [[name, figuresOf(name, known)]] : [];
    }),
  );
  return {
    leg,
    seconds: measured.seconds,
    poor_seconds: measured.poorSeconds,
    ...figures,
    warnings: Object.entries(measured.warnings).map(([name, { times, seconds }]) => ({
      name: name as WarningName,
      times,
      seconds,
    })),
    microphone: shortened(measured.microphone, 120),
    speaker: shortened(measured.speaker, 120),
    network: shortened(measured.network, 40),
    edge: shortened(measured.edge, 40),
    codec: shortened(measured.codec, 40),
    is_complete: isComplete,
  };
}

function count(measured: Measured, name: FigureName, value: number | null): void {
  const { step, most } = FIGURES[name];
  if (value === null || !Number.isFinite(value)) return;
  const bounded = Math.min(Math.max(value, 0), most);
  const known = (measured.figures[name] ??= { count: 0, sum: 0, min: bounded, max: bounded, steps: {} });
  known.count++;
  known.sum += bounded;
  known.min = Math.min(known.min, bounded);
  known.max = Math.max(known.max, bounded);
  const at = Math.floor(bounded / step);
  known.steps[at] = (known.steps[at] ?? 0) + 1;
}

function figuresOf(name: FigureName, known: Distribution): Figures {
  const { min, max, sum, count: seconds } = known;
  const within = (value: number) => Math.min(Math.max(value, min), max);
  return { min, max, mean: within(sum / seconds), p95: within(asGoodAs(name, known)) };
}

/** The worst that 95 of 100 seconds were, as finely as the steps are. */
function asGoodAs(name: FigureName, { count: seconds, steps }: Distribution): number {
  const { step } = FIGURES[name];
  const best = Object.keys(steps)
    .map(Number)
    .sort((one, other) => (MORE_IS_BETTER.has(name) ? other - one : one - other));
  let seen = 0;
  for (const at of best) {
    seen += steps[at] ?? 0;
    if (seen >= seconds * 0.95) return at * step;
  }
  return 0;
}

function shortened(text: string, most: number): string {
  // The server refuses what is no character of a line.
  return [...text.replace(/\p{C}/gu, " ").trim()].slice(0, most).join("");
}
