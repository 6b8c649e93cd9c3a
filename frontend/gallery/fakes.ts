/** Ports that only pretend: enough for every state to be drawn. */
import { createPreferences } from "../src/adapters/preferences";
import type { WebPush } from "../src/adapters/webPush";
import type { Config } from "../src/config";
import type { Call, Thread } from "../src/messages";
import type { Api, AudioDevices, CallPage, Levels } from "../src/ports";
import { CONTACTS, HAPPENED, LOG, LONG_LOG } from "./data";
import { colleaguesOf, targetsOf } from "./rooms";
import { POOR, SOUND } from "./quality";
import { entriesOf, READY_TEXTS, THREADS } from "./texts";

export type LogMode = "full" | "long" | "empty" | "loading" | "failed" | "nothing";
/** What an opened call answers: `theirs`: somebody else notes something whenever it is saved. */
export type DetailsMode = "full" | "empty" | "loading" | "failed" | "theirs" | "unsaved" | "poor";

/** What the server says of a number, in its own words. */
export const TOO_SHORT = { message: "Too short for the United States: 4 digits are missing." };
export const NIGHT = { message: "It is 23:10 in Germany. Your company calls there from 08:00 to 21:00." };
export const DEAR = { message: "Premium-rate numbers cannot be called." };
export const NIGHT_TEXT = {
  message: "It is 23:10 in Germany. Your company texts there from 08:00 to 21:00.",
};
export const ABROAD = { place: "Germany" };
export const CONTACT = { id: 1, name: "Maya Okonkwo", company: "Okonkwo Interiors", note: "" };
export const THEIRS = { note: "Called back by Grace: wants the blue sofa." };
const UNREACHABLE = { message: "The server cannot be reached. Check your connection." };

/** A number to which nobody has written, and nobody can. */
const LANDLINE = "+12065550111";

const never = new Promise<never>(() => {});

/** What the server answers about texts. */
/** `night`: a rule forbids them now. */
export type TextsMode = "full" | "empty" | "loading" | "failed" | "night";

export function fakeApi(mode: LogMode, details: DetailsMode = "full", texts: TextsMode = "full"): Api {
  let asked = 0;
  const page = (results: Call[]): CallPage => ({ next: mode === "full" ? "?cursor=1" : null, results });
  return {
    token: () => never,
    async calls({ search }) {
      if (mode === "loading") return never;
      if (mode === "failed") throw new Error("down");
      if (mode === "empty" || mode === "nothing") return page([]);
      if (mode === "long") return page(LONG_LOG);
      return page(search ? LOG.filter((call) => call.party.number === search) : LOG);
    },
    callsAt: () => never,
    call: () => never,
    async versionedCall(sid) {
      if (details === "loading") return never;
      if (details === "failed") throw new Error("down");
      const call = LOG.find((each) => each.sid === sid) ?? LOG[0];
      if (!call) return never;
      const theirs = details === "theirs" && asked++ > 0;
      const change = theirs ? { ...THEIRS, outcome: "follow-up" as const, revision: 9 } : {};
      const quality = details === "empty" ? [] : details === "poor" ? POOR : SOUND;
      return { call: { ...call, ...change }, etag: "", quality };
    },
    async noteCall() {
      const taken = { status: 412, message: "" };
      const lost = { status: 0, ...UNREACHABLE };
      throw Object.assign(new Error(lost.message), details === "theirs" ? taken : lost);
    },
    keepQuality: async () => {},
    timeline: async () => (details === "empty" ? [] : HAPPENED),
    hangUp: async () => {},
    act: () => never,
    transferTargets: async (_sid, search) => targetsOf(search),
    async checkNumber(input) {
      const digits = input.replace(/\D/g, "");
      const known = digits === "2025550142";
      // It is night where she is.
      const night = digits.startsWith("49");
      const dear = digits.startsWith("1900");
      const refused = night || dear;
      const valid = digits.length >= 10 && !refused;
      return {
        input,
        valid,
        e164: dear ? "+19005550142" : night ? "+493012345678" : valid ? "+12025550142" : null,
        display: dear ? "(900) 555-0142" : night ? "+49 30 12345678" : valid ? "(202) 555-0142" : null,
        country: night ? "Germany" : valid ? "United States" : null,
        place: night ? ABROAD.place : valid ? "United States" : null,
        message: dear ? DEAR.message : night ? NIGHT.message : valid ? "" : TOO_SHORT.message,
        may_override: night,
        contact: known ? CONTACT : null,
        known_calls: known ? 14 : 0,
        extension: "",
      };
    },
    async threads({ search, scope, number }) {
      if (texts === "loading") return never;
      if (texts === "failed") throw new Error("down");
      const fits = (thread: Thread) =>
        (number === undefined || thread.number === number) &&
        (scope === "all" || thread.assigned_to?.id === (scope === "mine" ? 1 : undefined)) &&
        (thread.contact?.name ?? thread.display).toLowerCase().includes(search.toLowerCase());
      return { next: null, results: texts === "empty" ? [] : THREADS.filter(fits) };
    },
    threadsAt: () => never,
    checkText: async (_line, number) => ({
      closed: number === LANDLINE ? "landline" : "",
      message: texts === "night" ? NIGHT_TEXT.message : "",
      may_override: texts === "night",
    }),
    threadTimeline: async (id) => ({ next: null, results: entriesOf(id) }),
    threadTimelineAt: () => never,
    overrideCall: () => never,
    async sendText({ body }) {
      if (texts === "night" || body.includes("tonight"))
        throw Object.assign(new Error(NIGHT_TEXT.message), { code: "text_needs_reason" });
      throw Object.assign(new Error(UNREACHABLE.message), { status: 0, ...UNREACHABLE });
    },
    assignThread: () => never,
    askAbout: () => never,
    readThread: () => never,
    uploadFile: () => never,
    readyTexts: async () => READY_TEXTS,
    setPresence: async () => {},
    takeCaller: async () => {},
    assignCaller: async () => {},
    declineCallBack: async () => {},
    cancelCallBack: async () => {},
    chooseLanguage: async () => {},
    colleagues: async (search) => colleaguesOf(search),
    contacts: async (search) =>
      CONTACTS.filter((contact) => contact.name.toLowerCase().includes(search.toLowerCase())),
  };
}

export const DEVICES = {
  inputs: [
    { id: "jabra", label: "Jabra Evolve2" },
    { id: "laptop", label: "Built-in microphone" },
  ],
  outputs: [
    { id: "jabra", label: "Jabra Evolve2" },
    { id: "laptop", label: "Built-in speakers" },
  ],
};

export const audio: AudioDevices = {
  inputs: async () => DEVICES.inputs,
  outputs: async () => DEVICES.outputs,
  canChooseOutput: () => true,
  useInput: async () => {},
  useOutput: async () => {},
  testOutput: async () => {},
  meterInput: async (_id, listener) => {
    listener(0.6);
    return () => {};
  },
  onChange: () => () => {},
};

export const levels: Levels = {
  onLevels(listener) {
    listener(0.35, 0.6);
    return () => {};
  },
};

export const webPush: WebPush = {
  state: async () => "off",
  allow: async () => "on",
  end: async () => "off",
  leave: async () => {},
};

export const preferences = createPreferences(null);

export const config: Config = {
  agent: { id: 1, identity: "agent_1", name: "Ada Byron", initials: "AB", username: "ada", role: "agent" },
  csrfToken: "",
  languageChosen: "",
  languages: [
    { code: "en", name: "English" },
    { code: "de", name: "Deutsch" },
  ],
  urls: {
    token: "/",
    calls: "/",
    checkNumber: "/",
    colleagues: "/",
    outgoingOverrides: "/",
    contacts: "/",
    groups: "/",
    groupSends: "/",
    threads: "/",
    messages: "/",
    readyTexts: "/",
    me: "/",
    presence: "/0/",
    takeCaller: "/",
    assignCaller: "/",
    declineCallBack: "/",
    cancelCallBack: "/",
    socket: "/",
    alarms: "/",
    words: "/",
    screens: { board: "/", contacts: "/", messages: "/", sends: "/", settings: "/" },
    screenWords: { board: "/", contacts: "/", messages: "/", sends: "/", settings: "/" },
    screenStyles: {},
    noise: { module: "/", worklet: "/", wasm: "/", wasmSimd: "/" },
    webPush: "/",
    serviceWorker: "/",
    login: "/",
    logout: "/",
    admin: null,
  },
  phone: {
    signallingHost: null,
    signallingInsecure: false,
    publishEvents: false,
    edge: "roaming",
    tokenRefreshSeconds: 60,
  },
  webPushKey: "",
  sounds: {} as Config["sounds"],
  homeRegion: "US",
  homeRegionName: "United States",
  simulator: false,
  simulatorUrl: null,
};
