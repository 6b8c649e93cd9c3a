/** Ports that remember what they were asked, and whose events a test sends itself. */
import { vi } from "vitest";
import { createPreferences } from "../adapters/preferences";
import type { Call } from "../messages";
import type { Api, AudioDevices, Levels, NumberCheck, TimelineEntry } from "../ports";
import { sample } from "./samples";

export const validCheck: NumberCheck = {
  input: "2025550142",
  valid: true,
  e164: "+12025550142",
  display: "(202) 555-0142",
  country: "United States",
  place: "Washington, DC, United States",
  message: "",
  contact: { id: 1, name: "Maya Okonkwo", company: "Okonkwo Interiors", note: "" },
  known_calls: 14,
  extension: "",
  may_override: false,
};

export const loggedCalls: Call[] = [
  sample("call.ended").call,
  { ...sample("log.changed").call, sid: "CA-missed" },
];

export const noted = (change: Partial<Call> = {}): Call => ({
  ...sample("call.ended").call,
  note: "",
  outcome: "",
  ...change,
});

export const happened: TimelineEntry[] = [
  {
    at: "2026-11-23T09:30:02.125Z",
    kind: "webhook",
    title: "Twilio asked what to do with the call",
    of: "root",
    verdict: "applied",
    detail: "We answered: ring Ada Byron.",
  },
  {
    at: "2026-11-23T09:30:08.500Z",
    kind: "incident",
    title: "Something of ours failed here: the database did not answer",
    of: "root",
    verdict: "",
    detail: "The caller heard: “We are sorry.”",
  },
];

export function fakeApi(change: Partial<Api> = {}): Api {
  return {
    token: vi.fn(async () => ({
      token: "jwt",
      edge: "roaming",
      ttl: 3600,
      grants: { incoming: true, outgoing: true },
    })),
    calls: vi.fn(async () => ({ next: null, results: loggedCalls })),
    callsAt: vi.fn(async () => ({ next: null, results: [] })),
    call: vi.fn(async () => sample("call.ended").call),
    versionedCall: vi.fn(async () => ({ call: noted(), etag: '"1"' })),
    noteCall: vi.fn(async (_sid, change) => ({ call: noted(change), etag: '"2"' })),
    keepQuality: vi.fn(async () => {}),
    timeline: vi.fn(async () => happened),
    hangUp: vi.fn(async () => {}),
    act: vi.fn(async () => sample("call.status").live.call),
    transferTargets: vi.fn(async () => ({ agents: [], teams: [], numbers: [] })),
    checkNumber: vi.fn(async () => validCheck),
    overrideCall: vi.fn(async () => "override-1"),
    contacts: vi.fn(async () => []),
    colleagues: vi.fn(async () => []),
    threads: vi.fn(async () => ({ next: null, results: [] })),
    threadsAt: vi.fn(async () => ({ next: null, results: [] })),
    checkText: vi.fn(async () => ({ closed: "" as const, message: "", may_override: false })),
    threadTimeline: vi.fn(async () => ({ next: null, results: [] })),
    threadTimelineAt: vi.fn(async () => ({ next: null, results: [] })),
    sendText: vi.fn(async ({ body }) => ({ ...sample("message.status").message, id: 99, body })),
    assignThread: vi.fn(async () => sample("thread.changed").thread),
    askAbout: vi.fn(async () => sample("message.status").message),
    readThread: vi.fn(async () => sample("thread.changed").thread),
    uploadFile: vi.fn(async ({ type, size }) => ({
      id: 5,
      content_type: type,
      size,
      state: "kept" as const,
      url: "/media/5",
    })),
    readyTexts: vi.fn(async () => []),
    setPresence: vi.fn(async () => {}),
    takeCaller: vi.fn(async () => {}),
    assignCaller: vi.fn(async () => {}),
    declineCallBack: vi.fn(async () => {}),
    cancelCallBack: vi.fn(async () => {}),
    chooseLanguage: vi.fn(async () => {}),
    ...change,
  };
}

export const silentLevels: Levels = { onLevels: () => () => {} };

export function fakeAudio(): AudioDevices {
  return {
    inputs: async () => [{ id: "jabra", label: "Jabra Evolve2" }],
    outputs: async () => [{ id: "jabra", label: "Jabra Evolve2" }],
    canChooseOutput: () => true,
    useInput: vi.fn(async () => {}),
    useOutput: vi.fn(async () => {}),
    testOutput: vi.fn(async () => {}),
    meterInput: async () => () => {},
    onChange: () => () => {},
  };
}

export const fakePreferences = () => createPreferences(null);
