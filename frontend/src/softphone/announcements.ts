/** What the live regions say when the state changes. Nothing is said twice, and timers are never said. */
import { spokenMinutes, spokenNumber } from "../format";
import type { Participant } from "../messages";
import { firstName } from "../names";
import { isolated } from "../names";
import { availabilitySentence, awaySentence, partyTitle, presenceWord } from "../words";
import { isSetByOthers, mine, wrapUp } from "./presence";
import { reach } from "./reach";
import {
  consultation,
  type HandedOver,
  handedOver,
  handedWith,
  heldSince,
  helpSince,
  isMutedByOthers,
  isOnHold,
  othersChanged,
  parkedCalls,
  partnerName,
  shownCall,
  supervisorsIn,
  thirdParties,
  whisperedTo,
} from "./room";
import { cameBy } from "./queues";
import { parkedBeside, secondRing } from "./secondCall";
import { callerFacts, currentFacts, lastEnding, weak, NOBODY } from "./selectors";
import { type Ending, inCall, isRung, isTalk, type Ring, type State } from "./state";
import { superviseAnnouncement } from "./supervisingWords";
import { heldFor } from "./waits";
import { t } from "../i18n/i18n";

export interface Announcement {
  polite?: string;
  assertive?: string;
}

export function announcement(before: State, after: State, typing: boolean): Announcement | null {
  return (
    lostAnnouncement(before, after) ??
    callAnnouncement(before, after, typing) ??
    superviseAnnouncement(before, after) ??
    wantedAnnouncement(before, after) ??
    callBackAnnouncement(before, after) ??
    queueAnnouncement(before, after) ??
    availabilityAnnouncement(before, after) ??
    reachAnnouncement(before, after)
  );
}

/** Before what the same frame says of the call: that it is gone is less. */
function lostAnnouncement(before: State, { lostCaller }: State): Announcement | null {
  const isNew = lostCaller && lostCaller.sid !== before.lostCaller?.sid;
  return isNew ? { polite: lostCaller.message } : null;
}

/** Somebody begins to wait where nobody did, or has waited longer than the goal: nothing that disturbs a call. */
function queueAnnouncement(before: State, after: State): Announcement | null {
  if (after.calls.focus) return null;
  if (after.pastGoal && after.pastGoal !== before.pastGoal) {
    const { caller, team } = after.pastGoal;
    const seconds = (Date.parse(caller.late_at ?? "") - Date.parse(caller.since)) / 1000;
    return { polite: t("say.goalPassed", { team, time: spokenMinutes(seconds) }) };
  }
  for (const { team, waiting, callers } of after.queues) {
    const known = before.queues.find((queue) => queue.team.id === team.id);
    if (!waiting || known?.waiting !== 0) continue;
    // Not who waits again after a ring.
    const isNew = callers.some(
      (one) => one.state === "waiting" && known.callers.every(({ sid }) => sid !== one.sid),
    );
    if (isNew) return { polite: t("say.waits", { count: waiting, team: team.name }) };
  }
  return null;
}

function callAnnouncement(before: State, after: State, typing: boolean): Announcement | null {
  const facts = currentFacts(after);
  const [was, is] = [before.calls.focus, after.calls.focus];
  // Of what was answered as it came into focus there is nothing to answer any more.
  const rings = is?.state === "pending" && !is.answering ? is : null;
  if (rings && (was?.state !== "pending" || was.id !== rings.id) && facts) {
    const line = facts.lineName ? t("say.onLine", { line: facts.lineName }) : "";
    const parts = [facts.spoken.title, facts.company, facts.place, line, ...cameHow(after, rings)];
    const caller = parts.filter(Boolean).join(", ");
    const who = handedWho(handedOver(after), caller);
    return { assertive: typing ? t("say.incomingTyping", { who }) : t("say.incoming", { who }) };
  }
  if (is?.state === "connecting" && is.hints.move && was === null) return { polite: t("move.coming") };
  if (is?.state === "connecting" && was === null)
    return { polite: t("say.calling", { name: facts?.spoken.title ?? "" }) };
  // Where the talk goes on, nobody's phone rings.
  if (is?.state === "ringing" && was?.state === "connecting" && !is.hints.move)
    return { polite: t("say.ringing") };
  if (is?.state === "open" && was?.state === "reconnecting") return { polite: t("say.connectedAgain") };
  if (is?.state === "open" && was?.state !== "open" && !consultation(after)) {
    const name = facts?.spoken.title ?? "";
    const beside = parkedBeside(after);
    if (!beside) return { polite: t("say.callWith", { name }) };
    const customer = callerFacts(after, beside.call.sid, NOBODY).spoken.shortName;
    return { polite: t("say.talkingTo", { name, customer }) };
  }
  if (is?.state === "reconnecting" && was?.state === "open") {
    return { polite: t("say.stillThere", { name: facts?.spoken.shortName ?? "" }) };
  }
  const second = secondAnnouncement(before, after);
  if (second) return second;
  const heard = hearingAnnouncement(before, after) ?? roomAnnouncement(before, after);
  if (heard) return heard;
  if (is?.state === "open" && was?.state === "open") {
    if (is.muted !== was.muted) return { polite: is.muted ? t("say.muted") : t("say.microphoneOn") };
    if (weak(is) && !weak(was) && after.hearing?.state !== "lost") return { polite: t("call.weak") };
  }
  const [told, tell] = [lastEnding(before), lastEnding(after)];
  if (tell && tell !== told) {
    const sentence = endingSentence(after, tell, "spoken");
    const said = told ? endingSentence(before, told, "spoken") : "";
    // Why it is over comes a moment later, and its exact length, too: nothing is said twice.
    const sameCall =
      said !== "" &&
      ((tell.kind === "ended" && !tell.takenOver && !tell.goesOn) || told?.kind === "supervised");
    return sentence && sentence !== said && !sameCall ? { polite: sentence } : null;
  }
  return null;
}

/** What the caller chose, and how long the caller waited. */
function cameHow(state: State, ring: Ring): string[] {
  const came = cameBy(state, ring);
  if (!came) return [];
  return [came.why, came.waited ? t("say.waited", { time: spokenMinutes(came.waited) }) : ""];
}

/** Beside the call: who rings softly, and that who was parked waits no more. */
function secondAnnouncement(before: State, after: State): Announcement | null {
  const [rang, rings] = [secondRing(before), secondRing(after)];
  if (rings && rings.id !== rang?.id) {
    const { spoken, company, lineName } = callerFacts(after, rings.root, rings.hints);
    const line = lineName ? t("say.onLine", { line: lineName }) : "";
    const caller = [spoken.title, company, line, ...cameHow(after, rings)].filter(Boolean).join(", ");
    const handed = handedWith(after.lives[rings.root]?.call, after.me.id);
    if (handed) return { polite: t("say.secondHanded", { who: handedWho(handed, caller) }) };
    return { polite: t("say.secondCall", { who: caller }) };
  }
  const gone = parkedCalls(before).find(({ call }) => !(call.sid in after.lives));
  if (!gone || after.desk.state !== "open") return null;
  return {
    polite: t("say.waitsNoMore", { name: callerFacts(before, gone.call.sid, NOBODY).spoken.shortName }),
  };
}

/** A ring that is a transfer begins with who sends it. */
function handedWho(handed: HandedOver | null, who: string): string {
  if (!handed) return who;
  if (handed.how === "ring.comesBack") return t("say.comesBack", { who });
  const { from } = handed;
  return handed.how === "ring.asks" ? t("say.asks", { from, who }) : t("say.handsOver", { from, who });
}

/** Who hears whom: what was asked for is said when it is so. */
function roomAnnouncement(before: State, after: State): Announcement | null {
  if (before.calls.focus?.id !== after.calls.focus?.id || !isTalk(after.calls.focus)) return null;
  const customer = currentFacts(after)?.spoken.shortName ?? t("say.otherSide");
  const [was, is] = [consultation(before), consultation(after)];
  if (isMutedByOthers(after) !== isMutedByOthers(before))
    return { polite: isMutedByOthers(after) ? t("call.wasMuted") : t("say.microphoneOn") };
  if (isOnHold(after)) return isOnHold(before) ? null : { polite: t("hold.you") };
  if (isOnHold(before) && !is) return { polite: t("say.callWith", { name: customer }) };
  if (is && (is.transfer.state !== was?.transfer.state || is.hears !== was.hears)) {
    const name = partnerName(is);
    if (is.transfer.state === "calling")
      return is.mine && !was ? { polite: t("say.callingColleague", { name, customer }) } : null;
    // Said by why it came to that, or a moment of what was asked for.
    if (is.hears === "nobody") return null;
    if (is.hears === "all") return { polite: t("say.allThree") };
    return is.hears === "customer"
      ? { polite: t("say.talkingTo", { name: customer, customer: name }) }
      : { polite: t("say.talkingTo", { name, customer }) };
  }
  const supervised = helpAnnouncement(before, after, customer);
  if (supervised) return supervised;
  const held = is ? null : holdAnnouncement(before, after, customer);
  const sentences = [held?.polite, ...partySentences(before, after)].filter(Boolean);
  return sentences.length ? { polite: sentences.join(" ") } : null;
}

/** Of who else is in the call: has come or gone, is held or not. Who did not come is read out where it is written. */
function partySentences(before: State, after: State): string[] {
  return othersChanged(before, after).flatMap(({ was, is }) => {
    const key =
      was?.state === "in"
        ? !is
          ? "say.gone"
          : is.held !== was.held && (is.held ? "say.onHold" : "say.offHold")
        : is?.state === "in" && "say.joined";
    const party = is ?? was;
    return key && party ? t(key, { name: spokenParty(party) }) : [];
  });
}

function spokenParty({ agent, name, display }: Participant): string {
  return agent || name ? firstName(agent?.name || name) : isolated(spokenNumber(display));
}

/** Of the call's agent: a supervisor has come, does something else, or has gone; and that help was asked for. */
function helpAnnouncement(before: State, after: State, customer: string): Announcement | null {
  const [was, is] = [supervisorsIn(shownCall(before)), supervisorsIn(shownCall(after))];
  const modeOf = (leg: string) => was.find((one) => one.leg === leg)?.mode;
  const come = is.find(({ leg, mode }) => mode !== modeOf(leg));
  if (come) {
    const name = firstName(come.name);
    if (come.mode === "listen") return { polite: t("say.listens", { name }) };
    const agent = whisperedTo(after);
    if (come.mode === "whisper" && agent) return { polite: t("say.whispersTo", { name, agent }) };
    if (come.mode === "whisper") return { polite: t("say.whispers", { name, customer }) };
    return { polite: t("say.joined", { name }) };
  }
  const gone = was.find((one) => !is.some(({ leg }) => leg === one.leg));
  if (gone) return { polite: t("say.gone", { name: firstName(gone.name) }) };
  const [asked, asks] = [helpSince(shownCall(before)), helpSince(shownCall(after))];
  if ((asked === null) === (asks === null)) return null;
  return { polite: asks === null ? t("say.helpTakenBack") : t("say.helpAsked") };
}

function holdAnnouncement(before: State, after: State, name: string): Announcement | null {
  const [was, is] = [heldSince(shownCall(before)), heldSince(shownCall(after))];
  if (was === null && is !== null) return { polite: t("say.onHold", { name }) };
  if (was !== null && is === null) {
    const others = thirdParties(after).filter(({ state, held }) => state === "in" && !held);
    return { polite: others.length === 1 ? t("say.allThree") : t("say.offHold", { name }) };
  }
  const reminders = after.hold?.reminders ?? 0;
  const root = after.hold?.root ?? "";
  const who = root === after.calls.focus?.root ? name : callerFacts(after, root, NOBODY).spoken.shortName;
  if (reminders > (before.hold?.reminders ?? 0))
    return {
      polite: t("say.holdLasts", { name: who, length: spokenMinutes(heldFor(reminders)) }),
    };
  return null;
}

/** An agent asks this supervisor for help: not during a call, where it is only shown. */
function wantedAnnouncement(before: State, after: State): Announcement | null {
  const fresh = after.helps.find(
    ({ sid, since }) => !before.helps.some((known) => known.sid === sid && known.since === since),
  );
  if (!fresh?.agent || inCall(after)) return null;
  return { polite: t("say.wantsHelp", { name: firstName(fresh.agent.name) }) };
}

function callBackAnnouncement(before: State, after: State): Announcement | null {
  const { callBack, calls } = after;
  if (!callBack || callBack.sid === before.callBack?.sid || calls.focus !== null) return null;
  return { assertive: t("say.callBack", { who: partyTitle(callBack) }) };
}

function hearingAnnouncement(before: State, after: State): Announcement | null {
  const [was, is] = [before.hearing, after.hearing];
  if (!is || is === was || after.calls.focus === null) return null;
  if (is.state === "lost") {
    const name = currentFacts(after)?.spoken.shortName ?? t("say.otherSide");
    return was?.state === "lost" ? null : { assertive: t("say.microphoneGone", { name }) };
  }
  if (was?.state === "lost" || (was && was.label !== is.label))
    return { polite: t("say.microphone", { device: is.label }) };
  return is.missed && !was ? { polite: t("say.missed", { missed: is.missed, device: is.label }) } : null;
}

function availabilityAnnouncement(before: State, after: State): Announcement | null {
  if (before.desk.state !== "open") return null;
  if (after.choiceRefused && !before.choiceRefused)
    return { assertive: `${t("reach.choiceRefused")} ${after.choiceRefused}` };
  // Done by others, it is no answer to what the agent did, and must not be missed: nor that away is for lunch now.
  const isSame = before.availability === after.availability;
  const setAgain = mine(after)?.set_at !== mine(before)?.set_at && mine(after)?.set_by;
  if (isSetByOthers(after) && (!isSame || setAgain)) return { assertive: setByOthers(after) };
  if (isSame) return wrapUpAnnouncement(before, after);
  return { polite: availabilitySentence(after.availability, inCall(after) || isRung(after)) };
}

/** Who or what changed it, in one sentence. */
export function setByOthers(state: State): string {
  const now = mine(state);
  const word = presenceWord(state.availability);
  if (now?.set_by) {
    const said = { name: isolated(now.set_by.name), state: word };
    const why = state.availability === "away" ? awaySentence(now) : "";
    return why ? t("presence.setByWhy", { ...said, why }) : t("presence.setBy", said);
  }
  return t("presence.setByRule", { state: word });
}

function wrapUpAnnouncement(before: State, after: State): Announcement | null {
  const [was, is] = [wrapUp(before), wrapUp(after)];
  if (is && was && is.stays && !was.stays) return { polite: t("say.staysInWrapUp") };
  // That it began is heard with the end of the call.
  return was && !is && after.calls.focus === null
    ? { polite: availabilitySentence(after.availability, false) }
    : null;
}

function reachAnnouncement(before: State, after: State): Announcement | null {
  if (inCall(after)) return null;
  const [was, is] = [reach(before, 0), reach(after, 0)];
  if (is.tone === "red" && (was.tone !== "red" || was.title !== is.title)) {
    return { assertive: `${is.title} ${is.spoken ?? is.text}` };
  }
  if (is.tone === "ok" && was.tone !== "ok") return { polite: is.title };
  return null;
}

/** How a call came to its end, in one sentence; "" while the reason is awaited and the sentence is for ears. */
export function endingSentence(state: State, ending: Ending, how: "written" | "spoken" = "written"): string {
  const facts = callerFacts(state, ending.root, ending.hints);
  const { title, shortName } = how === "spoken" ? facts.spoken : facts;
  switch (ending.kind) {
    case "failed":
    case "supervised":
      return ending.message;
    case "ended":
      if (ending.takenOver) return ending.takenOver;
      if (ending.movedOn) return t("move.movedOn");
      if (ending.handedTo) return t("ended.handedOver", { name: ending.handedTo });
      if (ending.goesOn) return t("ended.goesOn");
      return t("ended.length", { length: spokenMinutes(ending.seconds) });
    case "withdrawn":
      if (ending.reason === "answered-elsewhere") {
        return t("ended.took", { name: firstName(ending.by?.name ?? "") || t("ended.aColleague") });
      }
      if (ending.reason === "caller-hung-up") return t("ended.hungUp", { name: shortName });
      if (ending.reason === "not-answered") return t("ended.notAnswered", { name: title });
      if (ending.reason === "rejected") {
        if (facts.colleague) return t("ended.declined", { name: title });
        return t("ended.rejected", { name: facts.withheld ? t("ended.withheldNumber") : title });
      }
      return ending.reason === null && how === "spoken" ? "" : t("ended.gone");
  }
}
