/** What phones measured, as the server says it. */
import type { CallQuality } from "../src/ports";

const GOOD: CallQuality = {
  leg: "CA0000000000000000000000000000001a",
  agent: { id: 1, identity: "agent_1", name: "Ada Byron" },
  at: "2026-11-23T09:34:19Z",
  verdict: "good",
  summary: "Good: MOS 4.3, loss 0.2%, jitter 6 ms, round trip 52 ms",
  seconds: 352,
  poor_seconds: 0,
  mos: { min: 4.1, mean: 4.3, p95: 4.2, max: 4.4 },
  jitter: { min: 2, mean: 6.2, p95: 11, max: 14 },
  rtt: { min: 40, mean: 52, p95: 80, max: 120 },
  loss: { min: 0, mean: 0.2, p95: 1, max: 2 },
  input_level: null,
  output_level: null,
  warnings: [],
  microphone: "Jabra Evolve2 65",
  speaker: "Jabra Evolve2 65",
  network: "wifi",
  edge: "roaming",
  codec: "opus",
  is_complete: true,
};

export const SOUND: CallQuality[] = [GOOD];

/** Two agents had the call: one on a bad network, whose page was then loaded anew. */
export const POOR: CallQuality[] = [
  {
    ...GOOD,
    verdict: "poor",
    summary: "Poor for 40 s: packets lost, the sound came late",
    poor_seconds: 40,
    warnings: [
      { name: "high-packet-loss", times: 3, seconds: 36, text: "packets lost, 36 s" },
      { name: "high-rtt", times: 1, seconds: 12, text: "the sound came late, 12 s" },
    ],
    is_complete: false,
  },
  {
    ...GOOD,
    leg: "CA0000000000000000000000000000002a",
    agent: { id: 2, identity: "agent_2", name: "Grace Hopper" },
  },
];
