/**
 * Makes the phone's fifteen sounds, the same bytes each time: node scripts/make-sounds.mjs
 * With --check it only looks whether the committed files are what it would make.
 *
 * Tones follow ITU-T Q.23 (keys) and the usual North American call progress tones.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const RATE = 16000;
const folder = new URL("../public/sounds/", import.meta.url);

/** @param {number} seconds @param {(t: number) => number} at amplitude, -1 to 1, at a time */
function samples(seconds, at) {
  return Float64Array.from({ length: Math.round(seconds * RATE) }, (_, index) => at(index / RATE));
}

const sine = (frequency, t) => Math.sin(2 * Math.PI * frequency * t);

/** Fades both ends of a tone that lasts `length`, so that it does not click. */
function fade(t, length, edge = 0.005) {
  if (t < 0 || t > length) return 0;
  return Math.min(1, t / edge, (length - t) / edge);
}

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "s", "0", "h"];

function dtmf(key) {
  const place = KEYS.indexOf(key);
  const [low, high] = [ROWS[Math.floor(place / 3)], COLUMNS[place % 3]];
  return samples(0.16, (t) => 0.22 * fade(t, 0.16) * (sine(low, t) + sine(high, t)));
}

/** A struck bell: partials that die away, the high ones first. */
function bell(frequency, t) {
  if (t < 0) return 0;
  const partial = (ratio, loud, decay) => loud * Math.exp(-t * decay) * sine(frequency * ratio, t);
  return Math.min(1, t / 0.004) * (partial(1, 0.6, 3.2) + partial(2, 0.25, 5) + partial(3.01, 0.1, 8));
}

/** Two friendly strokes and a rest; the phone plays it again and again. */
function incoming() {
  const strokes = [
    [0, 659.26],
    [0.18, 830.61],
    [0.36, 987.77],
    [0.85, 659.26],
    [1.03, 830.61],
    [1.21, 987.77],
  ];
  const end = (t) => fade(t, 3, 0.05);
  return samples(
    3,
    (t) => 0.42 * end(t) * strokes.reduce((sum, [from, note]) => sum + bell(note, t - from), 0),
  );
}

/** What is heard while the other telephone rings, before Twilio sends the real one. */
const outgoing = () => samples(1.6, (t) => 0.14 * fade(t, 1.2, 0.03) * (sine(440, t) + sine(480, t)));

const disconnect = () =>
  samples(
    0.42,
    (t) => 0.3 * (fade(t, 0.16, 0.01) * sine(587.33, t) + fade(t - 0.2, 0.2, 0.01) * sine(440, t)),
  );

/** @param {Float64Array} wave one channel, 16 bit PCM */
function wav(wave) {
  const data = Buffer.alloc(wave.length * 2);
  wave.forEach((value, index) =>
    data.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32767), index * 2),
  );
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** Sines of another machine may differ in the last bit. */
function closeTo(kept, made) {
  for (let at = 44; at < kept.length; at += 2) {
    if (Math.abs(kept.readInt16LE(at) - made.readInt16LE(at)) > 2) return false;
  }
  return true;
}

const sounds = { incoming: incoming(), outgoing: outgoing(), disconnect: disconnect() };
for (const key of KEYS) sounds[`dtmf${key}`] = dtmf(key);

const check = process.argv.includes("--check");
mkdirSync(folder, { recursive: true });
for (const [name, wave] of Object.entries(sounds)) {
  const file = fileURLToPath(new URL(`${name}.wav`, folder));
  const made = wav(wave);
  if (!check) {
    writeFileSync(file, made);
    continue;
  }
  const kept = readFileSync(file);
  const same = kept.length === made.length && closeTo(kept, made);
  if (!same) {
    console.error(`public/sounds/${name}.wav is not what scripts/make-sounds.mjs makes. Run: npm run sounds`);
    process.exitCode = 1;
  }
}
