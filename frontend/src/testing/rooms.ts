/** What the server tells of a call in which people are held, asked and handed over. */
import type { Agent, Participant, Transfer } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import { LEG, me, NOW, push, ROOT, sample } from "./samples";

export const grace = { id: 2, identity: "agent_2", name: "Grace Hopper" };
export const GRACE_LEG = "CA-grace";

const base: Participant = {
  leg: "",
  role: "agent",
  agent: null,
  name: "",
  number: "",
  display: "",
  state: "in",
  held: false,
  held_since: null,
  muted: false,
  mode: "",
};
const HELD = { held: true, held_since: new Date(NOW).toISOString() };
const customer: Participant = { ...base, leg: ROOT, role: "customer", name: "Maya Okonkwo" };
const mine: Participant = { ...base, leg: LEG, agent: me, name: me.name };

export const colleague = (change: Partial<Participant> = {}): Participant => ({
  ...base,
  leg: GRACE_LEG,
  agent: grace,
  name: grace.name,
  ...change,
});

const hedy = { id: 3, identity: "agent_3", name: "Hedy Lamarr" };

export const supervisor = (change: Partial<Participant> = {}): Participant => ({
  ...base,
  leg: "CA-hedy",
  role: "supervisor",
  agent: hedy,
  name: hedy.name,
  mode: "listen",
  ...change,
});

export const transfer = (change: Partial<Transfer> = {}): Transfer => ({
  id: 7,
  mode: "warm",
  state: "consulting",
  from: me,
  to: { agent: grace, team: null, number: "", display: "", name: grace.name },
  since: new Date(NOW).toISOString(),
  problem: "",
  ...change,
});

interface Room {
  held?: boolean;
  others?: Participant[];
  transfer?: Transfer | null;
  ringing?: boolean;
  /** Its agent has asked for help. */
  help?: boolean;
  /** Whose call it is. */
  agent?: Agent;
  /** It is this desk's agent who hears music. */
  waits?: boolean;
  /** It is this desk's agent whom somebody muted. */
  mutes?: boolean;
}

/** The call of the samples, as it is now. */
export function room({
  held = false,
  others = [],
  transfer: moved = null,
  ringing = false,
  help = false,
  agent = me,
  waits = false,
  mutes = false,
}: Room = {}) {
  const { live } = sample("call.status");
  const participants = [
    held ? { ...customer, ...HELD } : customer,
    { ...mine, ...(waits ? HELD : {}), muted: mutes },
    ...others,
  ];
  const call = {
    ...live.call,
    agent,
    revision: 1000,
    participants,
    transfer: moved,
    help_since: help ? HELD.held_since : null,
  };
  return { live: { ...live, call, mine: ringing ? ("ringing" as const) : ("active" as const) }, call };
}

export const roomIs = (is: Room = {}): SoftphoneEvent => push({ type: "call.status", live: room(is).live });
