/** Who is in the room of a call, and who could be: as the server tells it. */
import type { Call, Participant, Transfer } from "../src/messages";
import type { TransferTarget } from "../src/ports";
import type { SoftphoneEvent } from "../src/softphone/events";
import { ada, grace } from "./data";
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
): SoftphoneEvent => {
  const call: Call = {
    ...live.call,
    status: "in-progress",
    revision: ++revision,
    participants,
    transfer: moved,
  };
  return { type: "desk.message", at: now, message: { type: "call.status", live: { ...live, call, mine } } };
};

const TARGETS: TransferTarget[] = [
  { to: { agent: 2 }, state: "available", name: "Grace Hopper", detail: "Support, Orders", problem: "" },
  {
    to: { agent: 3 },
    state: "on-call",
    name: "Hedy Lamarr",
    detail: "Sales",
    problem: "On a call, for 2:10.",
  },
  {
    to: { agent: 4 },
    state: "away",
    name: "Ludwig Wolfeschlegelsteinhausenbergerdorff",
    detail: "Orders",
    problem: "Lunch, back at 11:30.",
  },
  { to: { team: 1 }, state: "available", name: "Orders", detail: "3 available", problem: "" },
  {
    to: { number: "+12025550143" },
    state: null,
    name: "Tom Aldous",
    detail: "(202) 555-0143 · Harbour Dental",
    problem: "",
  },
];

export function targetsOf(search: string): TransferTarget[] {
  const text = search.trim().toLowerCase();
  // Contacts are many: they are found by what is typed.
  return TARGETS.filter(({ to, name }) => (text ? name.toLowerCase().includes(text) : !("number" in to)));
}
