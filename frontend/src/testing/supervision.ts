/** A colleague's call that this desk's agent supervises, as the server tells it. */
import type { Call, HelpAsked, Participant, SuperviseMode } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import { colleague, grace, room, supervisor } from "./rooms";
import { after, hints, me, NOW, push, readyState, ROOT } from "./samples";

export const SUPERVISE = "supervise-1";
const MY_LEG = "CA-supervisor";

const mineAs = (change: Partial<Participant>): Participant =>
  supervisor({ leg: MY_LEG, agent: me, name: me.name, ...change });

let revision = 2000;

/** Grace's call with Maya, in which Ada is as her supervisor. */
export function supervisedCall(mine: Partial<Participant>): Call {
  const { call } = room();
  const [customer] = call.participants;
  const participants = [customer, colleague(), mineAs(mine)] as Participant[];
  return { ...call, agent: grace, revision: ++revision, participants };
}

export const begins = (mode: SuperviseMode | "take-over" = "listen"): SoftphoneEvent => ({
  type: "agent.supervised",
  id: SUPERVISE,
  call: ROOT,
  agent: grace,
  mode,
  hints: { ...hints, name: "Maya Okonkwo" },
  at: NOW,
});
export const isTaken = (mode: SuperviseMode): SoftphoneEvent => ({
  type: "supervise.taken",
  id: SUPERVISE,
  call: supervisedCall({ mode, state: "calling" }),
});
export const connects: SoftphoneEvent = {
  type: "call.accepted",
  id: SUPERVISE,
  sid: MY_LEG,
  at: NOW + 1000,
};
/** Twilio's word, by the server. */
export const isInAs = (mode: SuperviseMode): SoftphoneEvent =>
  push({
    type: "supervising.changed",
    supervising: { call: supervisedCall({ mode }), mode, state: "in" },
  });

export const supervising = (mode: SuperviseMode = "listen") =>
  after(readyState(), begins(mode), isTaken(mode), connects, isInAs(mode));

export const asksForHelp = (change: Partial<HelpAsked> = {}): SoftphoneEvent => {
  const { party, line } = room().call;
  const since = new Date(NOW).toISOString();
  return push({ type: "help.changed", sid: ROOT, since, agent: grace, party, line, ...change });
};
