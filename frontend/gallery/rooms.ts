/** Who is in the room of a call, and who could be: as the server tells it. */
import type { Agent, Call, Participant, Presence, Transfer, TransferTargets } from "../src/messages";
import type { Colleague } from "../src/ports";
import type { SoftphoneEvent } from "../src/softphone/events";
import { ada, grace, hedy, there } from "./data";
import { ago, live, now } from "./events";

const iso = (seconds: number) => new Date(ago(seconds)).toISOString();

const party = (change: Partial<Participant>): Participant => ({
  leg: "CA1",
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
  ...change,
});
export const customer = (heldFor: number | null): Participant =>
  party({
    leg: live.call.sid,
    role: "customer",
    name: "Maya Okonkwo",
    number: "+12025550142",
    display: "(202) 555-0142",
    held: heldFor !== null,
    held_since: heldFor === null ? null : iso(heldFor),
  });
export const me = party({ leg: "CA2", agent: ada, name: ada.name });
export const colleague = (change: Partial<Participant> = {}) =>
  party({ leg: "CA3", agent: grace, name: grace.name, ...change });
export const outsider = (change: Partial<Participant> = {}) =>
  party({
    leg: "CA4",
    role: "third-party",
    name: "Tom Aldous",
    number: "+12025550143",
    display: "(202) 555-0143",
    ...change,
  });

export const supervisor = (change: Partial<Participant> = {}) =>
  party({ leg: "CA6", role: "supervisor", agent: hedy, name: hedy.name, mode: "listen", ...change });

export const transfer = (change: Partial<Transfer> = {}): Transfer => ({
  id: 1,
  mode: "warm",
  state: "consulting",
  from: ada,
  to: { agent: grace, team: null, number: "", display: "", name: grace.name },
  since: iso(31),
  problem: "",
  ...change,
});

let revision = 10;

/** What the server tells of the call next. */
export const room = (
  participants: Participant[],
  moved: Transfer | null = null,
  mine: "active" | "ringing" = "active",
  help: string | null = null,
  change: Partial<Call> = {},
): SoftphoneEvent => {
  const call: Call = {
    ...live.call,
    status: "in-progress",
    answer_time: iso(94),
    end_time: null,
    revision: ++revision,
    participants,
    transfer: moved,
    help_since: help,
    ...change,
  };
  return { type: "desk.message", at: now, message: { type: "call.status", live: { ...live, call, mine } } };
};

const agentTarget = (
  agent: Agent,
  why = "",
  more: Partial<Presence> = {},
): TransferTargets["agents"][number] => ({ presence: there(agent, more), may: !why, why });

export const TARGETS: TransferTargets = {
  agents: [
    agentTarget(grace),
    agentTarget(hedy, "Is on a call.", { state: "on-call", since: iso(130) }),
    agentTarget(
      { id: 4, identity: "agent_4", name: "Ludwig Wolfeschlegelsteinhausenbergerdorff" },
      "Is away.",
      { state: "away", reason: "Lunch", back_at: iso(-1800) },
    ),
  ],
  teams: [
    { team: { id: 1, name: "Support" }, waiting: 2, may: true, why: "" },
    { team: { id: 2, name: "Sales" }, waiting: 0, may: false, why: "Nobody of this team is there." },
  ],
  numbers: [
    {
      number: "+12025550143",
      display: "(202) 555-0143",
      name: "Tom Aldous",
      label: "Office",
      company: "Harbour Dental",
      may: true,
      why: "",
    },
  ],
};

export function colleaguesOf(search: string): Colleague[] {
  return targetsOf(search).agents.map((each) => ({
    ...each,
    to: `client:${each.presence.agent.identity}`,
  }));
}

export function targetsOf(search: string): TransferTargets {
  const text = search.trim().toLowerCase();
  const fits = (name: string) => name.toLowerCase().includes(text);
  return {
    agents: TARGETS.agents.filter(({ presence }) => fits(presence.agent.name)),
    teams: TARGETS.teams.filter(({ team }) => fits(team.name)),
    // Contacts are many: they are found by what is typed.
    numbers: TARGETS.numbers.filter(({ name }) => text && fits(name)),
  };
}
