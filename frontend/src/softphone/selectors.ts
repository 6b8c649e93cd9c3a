/** What the screens show, computed from the state alone. */
import type { CallBack, Contact, Line, PastCall, PresenceState } from "../messages";
import { spokenNumber } from "../format";
import { firstName, isolated, shownFirstName } from "../names";
import { isColleague } from "./colleague";
import { elsewhere } from "./moving";
import { wrapUp } from "./presence";
import { type Conversation, type Ending, type Hints, inCall, type State } from "./state";
import { t } from "../i18n/i18n";

export type Cue = "prompt" | "requesting" | "denied" | "missing";

/** The microphone's banner: at most one, none as soon as the microphone may be used. */
export function cue(state: State): Cue | null {
  const { microphone } = state;
  return microphone === "granted" || microphone === "unknown" ? null : microphone;
}

export function canDial(state: State): boolean {
  return (
    state.grants.outgoing &&
    state.microphone === "granted" &&
    state.leader.state === "held" &&
    (state.device.state === "registered" || state.device.state === "ready") &&
    state.desk.state === "open" &&
    state.calls.focus === null
  );
}

export interface CallerFacts {
  /** What stands large: the name, or the number when nobody knows a name. */
  title: string;
  /** How sentences call them: "Maya", "WIRELESS CALLER", or "The caller". */
  shortName: string;
  /** The two of them for ears: a number is said digit by digit. */
  spoken: { title: string; shortName: string };
  number: string;
  display: string;
  place: string;
  company: string;
  withheld: boolean;
  verified: boolean;
  /** The phone network checked the number and could not confirm it: it may be forged. */
  verificationFailed: boolean;
  /** A spam rule is for this caller. */
  spam: boolean;
  line: Line | null;
  lineName: string;
  contact: Contact | null;
  history: PastCall[];
  /** Seconds in a team's queue, of a caller who was answered. */
  waited: number;
  /** Nobody outside is on the line. */
  colleague: boolean;
}

/** Who is known from the push alone. */
export const NOBODY: Hints = { number: "", display: "", name: "", place: "", line: "" };

/** The other party of a call, from the push when it has come, from the ring's own parameters until then. */
export function callerFacts(state: State, root: string | null, hints: Hints): CallerFacts {
  const live = root ? state.lives[root] : undefined;
  const party = live?.call.party;
  const display = party?.display || hints.display || hints.number;
  const withheld = party?.withheld ?? hints.number === "";
  const name = party?.name || hints.name;
  const shown = withheld ? t("party.withheld") : isolated(display);
  const aloud = withheld ? shown : isolated(spokenNumber(display));
  const title = isolated(name) || shown;
  const number = party?.number ?? hints.number;
  const colleague = isColleague(number);
  const shortName = shownFirstName(name) || (withheld ? t("party.theCaller") : shown);
  return {
    title,
    shortName,
    spoken: name
      ? { title, shortName: firstName(name) }
      : { title: aloud, shortName: withheld ? shortName : aloud },
    number,
    display: name && !colleague ? shown : "",
    place: isolated(party?.place || hints.place),
    company: colleague ? t("party.colleague") : isolated(party?.company ?? ""),
    withheld,
    verified: party?.verified ?? false,
    verificationFailed: party?.verification_failed ?? false,
    spam: party?.spam ?? false,
    line: live?.call.line ?? null,
    lineName: live?.call.line?.name ?? hints.line,
    contact: live?.call.contact ?? null,
    history: live?.history ?? [],
    waited: live?.call.waited ?? 0,
    colleague,
  };
}

/** What is known of whom to call back, for the phone that calls. */
export function callBackHints({ sid, party, line }: CallBack): Hints {
  const { number, display, name, place } = party;
  return { number, display, name, place, line: line?.name ?? "", callBack: sid };
}

/** The facts of the call in focus. */
export function currentFacts(state: State): CallerFacts | null {
  const { focus } = state.calls;
  return focus && callerFacts(state, focus.root, focus.hints);
}

/** What is to be told of the last call while there is none. */
export function lastEnding({ calls }: State): Ending | null {
  return calls.focus === null ? calls.ending : null;
}

/** Warnings that a caller may hear; levels that never change are not among them. */
const WEAK = new Set([
  "high-rtt",
  "low-mos",
  "high-jitter",
  "high-packet-loss",
  "high-packets-lost-fraction",
  "low-bytes-received",
  "low-bytes-sent",
  "ice-connectivity-lost",
]);

export function weak(talk: Conversation): boolean {
  return talk.warnings.some((name) => WEAK.has(name));
}

/** The microphone gives no sound although it is not muted: a switch on the headset, mostly. */
export function silent(talk: Conversation): boolean {
  return !talk.muted && talk.warnings.includes("constant-audio-input-level");
}

/** What the availability button shows: the system's word wins over the agent's own. */
export function myPresence(state: State): PresenceState {
  if (inCall(state) || elsewhere(state)) return "on-call";
  if (state.desk.state !== "open") return "not-reachable";
  if (state.availability === "offline") return "offline";
  if (state.device.state !== "registered") return "not-reachable";
  return wrapUp(state) ? "wrap-up" : state.availability;
}

export function colleagues(state: State): State["presence"] {
  return state.presence.filter((presence) => presence.agent.id !== state.me.id);
}

/** Nothing happens in the call area that would have to be seen: beside Group sends it is folded. */
export function isQuiet(state: State): boolean {
  const { focus } = state.calls;
  const ending = focus === null ? state.calls.ending : null;
  const isLeft = ending?.kind === "supervised" && ending.how !== "problem";
  const isTold = ending === null || ending.kind === "ended" || isLeft;
  const isHere = elsewhere(state) === null && state.interrupted === null;
  const rests = isHere && state.callBack === null && state.orphans.length === 0;
  return focus === null && isTold && rests && wrapUp(state) === null && cue(state) === null;
}

/** Nothing rings, nothing is wrong, and nothing is being told: the moment for a question that is no hurry. */
export function isIdle(state: State): boolean {
  const { calls, callBack, desk, interrupted, orphans } = state;
  if (callBack !== null || interrupted !== null || elsewhere(state) !== null) return false;
  return desk.state === "open" && calls.focus === null && calls.ending === null && orphans.length === 0;
}
