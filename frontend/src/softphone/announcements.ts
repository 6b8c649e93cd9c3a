/** What the live regions say when the state changes. Nothing is said twice, and timers are never said. */
import { spokenMinutes } from "../format";
import { firstName } from "../names";
import { AVAILABILITY_SENTENCES } from "../words";
import { reach } from "./reach";
import { callerFacts, currentFacts, lastEnding, weak } from "./selectors";
import { type Ending, inCall, type State } from "./state";

export interface Announcement {
  polite?: string;
  assertive?: string;
}

export function announcement(before: State, after: State, typing: boolean): Announcement | null {
  return (
    callAnnouncement(before, after, typing) ??
    availabilityAnnouncement(before, after) ??
    reachAnnouncement(before, after)
  );
}

function callAnnouncement(before: State, after: State, typing: boolean): Announcement | null {
  const facts = currentFacts(after);
  const [was, is] = [before.calls.focus, after.calls.focus];
  if (is?.state === "pending" && (was?.state !== "pending" || was.id !== is.id) && facts) {
    const line = facts.lineName ? `on line ${facts.lineName}` : "";
    const who = [facts.spoken.title, facts.company, facts.place, line].filter(Boolean).join(", ");
    return { assertive: `Incoming call. ${who}. ${typing ? "Control Enter" : "Enter"} to answer.` };
  }
  if (is?.state === "connecting" && was === null) return { polite: `Calling ${facts?.spoken.title}.` };
  if (is?.state === "ringing" && was?.state === "connecting") return { polite: "Ringing." };
  if (is?.state === "open" && was?.state === "reconnecting") return { polite: "Connected again." };
  if (is?.state === "open" && was?.state !== "open") return { polite: `Call with ${facts?.spoken.title}.` };
  if (is?.state === "reconnecting" && was?.state === "open") {
    return { polite: `Reconnecting. ${facts?.spoken.shortName} is still on the line.` };
  }
  const heard = hearingAnnouncement(before, after);
  if (heard) return heard;
  if (is?.state === "open" && was?.state === "open") {
    if (is.muted !== was.muted) return { polite: is.muted ? "Muted." : "Microphone on." };
    if (weak(is) && !weak(was) && after.hearing?.state !== "lost") return { polite: "Weak connection." };
  }
  const [told, tell] = [lastEnding(before), lastEnding(after)];
  if (tell && tell !== told) {
    const sentence = endingSentence(after, tell, "spoken");
    const said = told ? endingSentence(before, told, "spoken") : "";
    // Why it is over comes a moment later, and its exact length, too: nothing is said twice.
    const sameCall = said !== "" && tell.kind === "ended";
    return sentence && sentence !== said && !sameCall ? { polite: sentence } : null;
  }
  return null;
}

function hearingAnnouncement(before: State, after: State): Announcement | null {
  const [was, is] = [before.hearing, after.hearing];
  if (!is || is === was || after.calls.focus === null) return null;
  if (is.state === "lost") {
    const them = currentFacts(after)?.spoken.shortName ?? "The other side";
    return was?.state === "lost" ? null : { assertive: `Your microphone is gone. ${them} cannot hear you.` };
  }
  if (was?.state === "lost" || (was && was.label !== is.label)) return { polite: `Microphone: ${is.label}.` };
  return is.missed && !was ? { polite: `${is.missed} is not there. Microphone: ${is.label}.` } : null;
}

function availabilityAnnouncement(before: State, after: State): Announcement | null {
  if (before.availability === after.availability || before.desk.state !== "open") return null;
  return { polite: AVAILABILITY_SENTENCES[after.availability](inCall(after)) };
}

function reachAnnouncement(before: State, after: State): Announcement | null {
  if (inCall(after)) return null;
  const [was, is] = [reach(before, 0), reach(after, 0)];
  if (is.tone === "red" && (was.tone !== "red" || was.title !== is.title)) {
    const text = is.text.startsWith("Reconnecting") ? "Reconnecting." : is.text;
    return { assertive: `${is.title} ${text}` };
  }
  if (is.tone === "ok" && was.tone !== "ok") return { polite: is.title };
  return null;
}

const GOES_ON = "It rings at colleagues who are free, or goes to voicemail.";

/** How a call came to its end, in one sentence; "" while the reason is awaited and the sentence is for ears. */
export function endingSentence(state: State, ending: Ending, how: "written" | "spoken" = "written"): string {
  const facts = callerFacts(state, ending.root, ending.hints);
  const { title, shortName } = how === "spoken" ? facts.spoken : facts;
  switch (ending.kind) {
    case "failed":
      return ending.message;
    case "ended":
      return `Call ended, ${spokenMinutes(ending.seconds)}.`;
    case "withdrawn":
      if (ending.reason === "answered-elsewhere") {
        return `${firstName(ending.by?.name ?? "") || "A colleague"} took the call.`;
      }
      if (ending.reason === "caller-hung-up") return `${shortName} hung up before anybody answered.`;
      if (ending.reason === "not-answered") return `You did not answer ${title} in time.`;
      if (ending.reason === "rejected") {
        return `You rejected the call from ${facts.withheld ? "a withheld number" : title}. ${GOES_ON}`;
      }
      return ending.reason === null && how === "spoken" ? "" : "The call is no longer here.";
  }
}
