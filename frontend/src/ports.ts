/** What the softphone needs of the world. Adapters fulfil it, tests fake it. */
import type { Page } from "./lists/pagedList";
import type {
  Availability,
  Call,
  CallOutcome,
  Contact,
  DeskMessage,
  ReadyText,
  Text,
  TextFile,
  Thread,
  ThreadEntry,
  TransferTargets,
} from "./messages";
import type { CallAct } from "./softphone/control";
import type { SoftphoneEvent } from "./softphone/events";
import type { Away } from "./softphone/presence";
import type { Grants } from "./softphone/state";
import type { components } from "./generated/api";

type Schemas = components["schemas"];

/** How every adapter tells what happened. */
export type Send = (event: SoftphoneEvent) => void;

export interface Phone {
  start(): void;
  stop(): void;
  /** `override`: what the server gave for this one call against a rule. `callBack`: the caller who is called back. */
  connect(call: {
    id: string;
    to: string;
    lineId: number | null;
    override: string | null;
    callBack: string | null;
    /** The call at another place into which it goes. */
    move?: string;
  }): void;
  /** Goes into the colleague's call of this root, as its supervisor. */
  supervise(id: string, sid: string): void;
  accept(id: string): void;
  reject(id: string): void;
  /** Stops ringing here without refusing the caller. */
  ignore(id: string): void;
  hangUp(id: string): void;
  mute(id: string, muted: boolean): void;
  sendDigit(id: string, digit: string): void;
}

/** Sound in and out, 0 to 1, many times a second: too often for the machine. */
export interface Levels {
  onLevels(listener: (input: number, output: number) => void): () => void;
}

export interface AudioDevice {
  id: string;
  label: string;
}

export type OutputKind = "speaker" | "ringtone";

export interface AudioDevices {
  inputs(): Promise<AudioDevice[]>;
  outputs(): Promise<AudioDevice[]>;
  canChooseOutput(): boolean;
  /** Both fail, and leave the choice as it was, when the device cannot be used. */
  useInput(id: string): Promise<void>;
  useOutput(kind: OutputKind, id: string): Promise<void>;
  /** Plays a sound on that output; resolves when it has ended. */
  testOutput(kind: OutputKind): Promise<void>;
  /** Measures a microphone until the returned function is called. */
  meterInput(id: string, listener: (level: number) => void): Promise<() => void>;
  onChange(listener: () => void): () => void;
}

export interface Microphone {
  watch(): void;
  request(): void;
  check(): void;
}

export interface Desk {
  open(): void;
  retry(): void;
  send(message: DeskMessage): void;
  /** The same; resolves when the server has worked on it, or after a second, or when nobody is there to hear it. */
  tell(message: DeskMessage): Promise<void>;
}

/** Short sounds of our own, in the agent's ear alone. */
export interface Tones {
  holdLasts(): void;
  secondRing(): void;
}

export interface Leader {
  request(): void;
  /** `anyway`: though the other tab is on a call. */
  take(anyway?: boolean): void;
}

/** What a typed number means. */
export type NumberCheck = Schemas["NumberCheck"];
export type TextCheck = Schemas["ThreadClosed"];

export type ContactFound = Contact & {
  numbers: Pick<Schemas["ContactNumber"], "number" | "extension" | "display" | "label">[];
};
/** Whom of us one may want to call, and whether the phone there would ring now. */
export type Colleague = Schemas["Colleague"];
export type LogScope = "all" | "mine" | "missed" | "voicemail";
export type CallPage = Page<Call>;
export type ThreadScope = "all" | "mine" | "nobody";
export type ThreadPage = Page<Thread>;
/** The newest first. */
export type ThreadEntryPage = Page<ThreadEntry>;

/** `thread` is null for who was never written to. The same `key` is the same text. */
interface OutgoingText {
  thread: number | null;
  line: number;
  to: string;
  body: string;
  media: number[];
  key: string;
  /** Why it is sent though a rule forbids it; "" for nothing. */
  override: string;
}

/** How a call sounded at one agent's phone. */
export type CallQuality = Schemas["CallQuality"];

/** A call with the version of it that a change is made to. */
export interface VersionedCall {
  call: Call;
  etag: string;
  /** How it sounded; not there from a server of the version before. */
  quality?: CallQuality[];
}

export interface CallNote {
  note: string;
  outcome: CallOutcome;
}

/** Something that happened to a call, in plain words. `title` has no full stop; `of` is a leg's sid, or "root". */
export type TimelineEntry = Pick<
  Schemas["TimelineEntry"],
  "at" | "kind" | "title" | "of" | "verdict" | "detail"
>;

/** `ttl` is in seconds. */
export type Token = Pick<Schemas["VoiceToken"], "token" | "edge" | "ttl"> & { grants: Grants };

export interface Api {
  token(): Promise<Token>;
  calls(query: { search: string; scope: LogScope; pageSize?: number }): Promise<CallPage>;
  callsAt(url: string): Promise<CallPage>;
  call(sid: string): Promise<Call>;
  versionedCall(sid: string): Promise<VersionedCall>;
  /** Fails with status 412 when the call changed since it was read. */
  noteCall(sid: string, change: Partial<CallNote>, etag: string): Promise<VersionedCall>;
  timeline(sid: string): Promise<TimelineEntry[]>;
  /** What this phone measured of its own leg of that call. */
  keepQuality(sid: string, quality: Schemas["Quality"]): Promise<void>;
  hangUp(sid: string): Promise<void>;
  /** The call as it is now: what was asked for may take a moment more. Fails with a sentence. */
  act(sid: string, act: CallAct): Promise<Call>;
  transferTargets(sid: string, search: string): Promise<TransferTargets>;
  /** `line`: from which it is to be called. */
  checkNumber(number: string, line: number | null): Promise<NumberCheck>;
  /** Leave to call a number once, soon, though a rule forbids it. */
  overrideCall(number: string, reason: string): Promise<string>;
  contacts(search: string): Promise<ContactFound[]>;
  colleagues(search: string): Promise<Colleague[]>;
  /** `line` and `number`: the one thread that they have, if there is one. */
  threads(query: { search: string; scope: ThreadScope; line?: number; number?: string }): Promise<ThreadPage>;
  threadsAt(url: string): Promise<ThreadPage>;
  /** Whether a number may be texted from a line. */
  checkText(line: number, number: string): Promise<TextCheck>;
  threadTimeline(id: number): Promise<ThreadEntryPage>;
  threadTimelineAt(url: string): Promise<ThreadEntryPage>;
  sendText(text: OutgoingText): Promise<Text>;
  assignThread(id: number, agent: number | null): Promise<Thread>;
  /** Has the server ask Twilio what became of a text. */
  askAbout(text: number): Promise<Text>;
  readThread(id: number, upTo: number): Promise<Thread>;
  uploadFile(file: File): Promise<TextFile>;
  readyTexts(line: number): Promise<ReadyText[]>;
  /** Of a colleague, by who may say it. That it is another comes as a push. */
  /** `away`: why, and until when, of who is to be away. */
  setPresence(agent: number, availability: Availability, away?: Away): Promise<void>;
  /** Has that agent's phone ring for a caller who waits. By supervisors; fails with a sentence. */
  assignCaller(sid: string, agent: number): Promise<void>;
  /** Has this agent's phone ring for a caller who waits, or who rings at a colleague's. */
  takeCaller(sid: string): Promise<void>;
  /** Not now: the call-back goes to somebody else. */
  declineCallBack(sid: string): Promise<void>;
  /** Nobody calls that caller back. */
  cancelCallBack(sid: string): Promise<void>;
  /** "" leaves it to the browser. */
  chooseLanguage(language: string): Promise<void>;
}
