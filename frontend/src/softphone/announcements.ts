/** What the live regions say when the state changes. Nothing is said twice, and timers are never said. */
import { spokenMinutes } from "../format";
import { reach } from "./reach";
import { callerFacts, currentFacts, weak } from "./selectors";
import { type Ending, inCall, type State } from "./state";

export interface Announcement {
  polite?: string;
  assertive?: string;
}

export function announcement(before: State, after: State, typing: boolean): Announcement | null {
  return callAnnouncement(before, after, typing) ?? reachAnnouncement(before, after);
}

function callAnnouncement(before: State, after: State, typing: boolean): Announcement | null {
  const facts = currentFacts(after);
  const [was, is] = [before.call, after.call];
  if (is.state === "pending" && (was.state !== "pending" || was.ring.id !== is.ring.id) && facts) {
    const line = facts.lineName ? `on line ${facts.lineName}` : "";
    const who = [facts.title, facts.company, facts.place, line].filter(Boolean).join(", ");
    return { assertive: `Incoming call. ${who}. ${typing ? "Control Enter" : "Enter"} to answer.` };
  }
  if (is.state === "connecting" && was.state === "closed") return { polite: `Calling ${facts?.title}.` };
  if (is.state === "ringing" && was.state === "connecting") return { polite: "Ringing." };
  if (is.state === "open" && was.state === "reconnecting") return { polite: "Connected again." };
  if (is.state === "open" && was.state !== "open") return { polite: `Call with ${facts?.title}.` };
  if (is.state === "reconnecting" && was.state === "open") {
    return { polite: `Reconnecting. ${facts?.shortName} is still on the line.` };
  }
  if (is.state === "open" && was.state === "open") {
    if (is.talk.muted !== was.talk.muted) return { polite: is.talk.muted ? "Muted." : "Microphone on." };
    if (weak(is.talk) && !weak(was.talk)) return { polite: "Weak connection." };
  }
  if (is.state === "closed" && is.ending && (was.state !== "closed" || was.ending !== is.ending)) {
    return { polite: endingSentence(after, is.ending) };
  }
  return null;
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

/** How a call came to its end, in one sentence. */
export function endingSentence(state: State, ending: Ending): string {
  const { title, shortName } = callerFacts(state, ending.root, ending.hints);
  switch (ending.kind) {
    case "failed":
      return ending.message;
    case "ended":
      return `Call ended, ${spokenMinutes(ending.seconds)}.`;
    case "withdrawn":
      if (ending.reason === "answered-elsewhere") {
        return `${ending.by?.name.split(" ")[0] ?? "A colleague"} took the call.`;
      }
      if (ending.reason === "caller-hung-up") return `${shortName} hung up before anybody answered.`;
      if (ending.reason === "not-answered") return `You did not answer ${title} in time.`;
      return "The call is no longer here.";
  }
}
