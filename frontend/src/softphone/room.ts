/** Who is in the room of a call, and who hears whom there: read from what the server says of it. */
import type { Call, LiveCall, Participant, Transfer } from "../messages";
import { firstName, isolated } from "../names";
import { isColleague } from "./colleague";
import { isTalk, type State } from "./state";
import { t } from "../i18n/i18n";

/** A transfer of this moment; the others are over. */
const UNDER_WAY: Transfer["state"][] = ["calling", "consulting"];

export type Doing = Transfer & { state: "calling" | "consulting" };

/** Everybody who is there, or is being called. */
function partiesOf(call: Call | undefined): Participant[] {
  // A server of the version before says nothing of it.
  return (call?.participants ?? []).filter(({ state }) => state !== "left");
}

function customerOf(call: Call | undefined): Participant | null {
  return partiesOf(call).find(({ role }) => role === "customer") ?? null;
}

/** Since when the customer hears music; null while everybody is heard. */
export function heldSince(call: Call | undefined): string | null {
  const customer = customerOf(call);
  return (customer?.held && customer.held_since) || null;
}

/** Whether it is this agent who hears music: put on hold by whoever asked or took them in, or by a colleague. */
export function isOnHold(state: State): boolean {
  return partiesOf(shownCall(state)).some(({ agent, held }) => held && agent?.id === state.me.id);
}

/** Whether nobody hears this agent, as somebody else in the call wanted. The own microphone is another matter. */
export function isMutedByOthers(state: State): boolean {
  return (
    isTalk(state.calls.focus) &&
    partiesOf(shownCall(state)).some(({ agent, muted }) => muted && agent?.id === state.me.id)
  );
}

export function isUnderWay(transfer: Transfer | null | undefined): transfer is Doing {
  return transfer != null && UNDER_WAY.includes(transfer.state);
}

/** Since when its agent asks for a supervisor's help. */
export function helpSince(call: Call | undefined): string | null {
  // A server of the version before says nothing of it.
  return call?.help_since || null;
}

/** Calls of this agent whose customers wait for a second call to be over, but the one in focus. */
export function parkedCalls({ lives, calls: { focus } }: State): LiveCall[] {
  return Object.values(lives).filter(
    ({ call, mine }) =>
      // A server of the version before says nothing of it.
      call.parked_since != null && mine === "active" && call.end_time === null && call.sid !== focus?.root,
  );
}

/** Supervisors in the call, as far as this agent is to know of them. */
export function supervisorsIn(call: Call | undefined): Participant[] {
  return partiesOf(call).filter(({ role, state, mode }) => role === "supervisor" && state === "in" && mode);
}

/** Whose ear a whisper is for, when it is a colleague's call that this agent was asked or taken into; else "". */
export function whisperedTo(state: State): string {
  const agent = shownCall(state)?.agent;
  return agent && agent.id !== state.me.id ? firstName(agent.name) : "";
}

/** The call that is shown, as the server last told it. */
export function shownCall({ calls: { focus }, lives }: State): Call | undefined {
  return focus?.root ? lives[focus.root]?.call : undefined;
}

/** Who talks with whom while a transfer is under way. */
export interface Consultation {
  transfer: Doing;
  /** Of this agent, who may end it one way or the other. */
  mine: boolean;
  /** Who is asked. */
  colleague: Participant | null;
  customer: Participant | null;
  /**
   * "nobody": both are on hold, as when only half of what was asked for came about; or it is this agent who is on hold.
   */
  hears: "colleague" | "customer" | "all" | "nobody";
}

export function consultation(state: State): Consultation | null {
  const call = shownCall(state);
  if (!isTalk(state.calls.focus) || !isUnderWay(call?.transfer) || call.transfer.mode !== "warm") return null;
  const { transfer } = call;
  const customer = customerOf(call);
  const colleague = partiesOf(call).find((party) => isTarget(party, transfer)) ?? null;
  const mine = transfer.from?.id === state.me.id;
  const waits = colleague?.state === "in" && colleague.held;
  const isIn = colleague?.state === "in" && !waits;
  const alone = waits && (customer?.held || !mine);
  const hears = alone ? "nobody" : customer?.held ? "colleague" : isIn ? "all" : "customer";
  return { transfer, mine, colleague, customer, hears };
}

/** With whom this agent talks about the customer, in a sentence. */
export function partnerName({ mine, transfer }: Consultation): string {
  return mine ? targetName(transfer.to) : giverName(transfer);
}

function isTarget({ role, agent, number }: Participant, { to }: Transfer): boolean {
  if (role === "customer") return false;
  return to.agent ? agent?.id === to.agent.id : to.number !== "" && number === to.number;
}

/** Whom the customer is being sent to without a word before. */
export function sending(state: State): Doing | null {
  const transfer = shownCall(state)?.transfer;
  const mine = isUnderWay(transfer) && transfer.mode === "blind" && transfer.from?.id === state.me.id;
  return mine && isTalk(state.calls.focus) ? transfer : null;
}

/** Who else is in the call: neither the customer nor this agent. */
export function thirdParties(state: State): Participant[] {
  return partiesOf(shownCall(state)).filter(
    ({ role, agent }) => role !== "customer" && role !== "supervisor" && agent?.id !== state.me.id,
  );
}

/** How somebody else was and is in a call that goes on. */
interface Change {
  was: Participant | undefined;
  is: Participant | undefined;
}

/** All but who is called, or asked, about the customer: that is told with the transfer. */
export function othersChanged(before: State, after: State): Change[] {
  const states = [before, after];
  const calls = states.map(shownCall);
  if (calls[0]?.sid !== calls[1]?.sid || !calls.every((call) => goesOn(call, after.me.id))) return [];
  const told = (party: Participant) =>
    calls.some((call) => {
      const transfer = call?.transfer;
      if (!transfer || !isTarget(party, transfer)) return false;
      // Whose phone rings on for a moment.
      return isUnderWay(transfer) || (transfer.state === "cancelled" && party.state === "calling");
    });
  const [known, now] = states.map(
    (state) =>
      new Map(
        thirdParties(state)
          .filter((party) => !told(party))
          .map((party) => [idOf(party), party]),
      ),
  );
  const ids = new Set([...(known?.keys() ?? []), ...(now?.keys() ?? [])]);
  return [...ids].map((id) => ({ was: known?.get(id), is: now?.get(id) }));
}

/** The same person in every frame: a leg may have no sid yet. */
export const isSame = (one: Participant, other: Participant) => idOf(one) === idOf(other);
const idOf = ({ agent, number }: Participant) => agent?.id ?? number;

/** Customer and agent are both there: whoever else goes leaves them. */
function goesOn(call: Call | undefined, me: number): boolean {
  const isIn = partiesOf(call).filter(({ state }) => state === "in");
  return isIn.some(({ role }) => role === "customer") && isIn.some(({ agent }) => agent?.id === me);
}

/** Who gives the customer away, in a sentence. */
function giverName({ from }: Transfer): string {
  return firstName(from?.name ?? "") || t("ended.aColleague");
}

/** "Priya Nair", "Orders", "(202) 555-0143": to whom somebody is transferred. */
export function targetTitle({ agent, team, name, display, number }: Transfer["to"]): string {
  return isolated(agent?.name || name || team?.name || display || number);
}

/** The same in a sentence. */
export function targetName(to: Transfer["to"]): string {
  if (to.agent || to.name) return firstName(to.agent?.name || to.name);
  return targetTitle(to);
}

export function partyName({ agent, name, display, number }: Participant): string {
  return isolated(agent?.name || name || display || number);
}

/** What a call that is over here went on as: to whom it was handed, by this agent. */
export function handedTo(call: Call | undefined, me: number): string | null {
  const transfer = call?.transfer;
  if (!transfer || transfer.from?.id !== me) return null;
  const blind = transfer.mode === "blind" && transfer.state === "calling";
  return blind || transfer.state === "handed-over" ? targetName(transfer.to) : null;
}

/** Whether somebody talks with the customer whom this agent has left. */
export function othersTalk(call: Call, me: number): boolean {
  return partiesOf(call).some(
    ({ role, state, agent }) =>
      state === "in" && !["customer", "supervisor"].includes(role) && agent?.id !== me,
  );
}

/** Which keys of a call mean something now, and which of them is pressed. */
export interface CallKeysShown {
  /** With a colleague: there is nobody to give away. */
  internal: boolean;
  hold: boolean;
  /** Pressed: at once, whatever the server says later. */
  held: boolean;
  /** Its word is awaited. */
  holding: boolean;
  /** Whether there is help to ask for: the call's agent may, whose it is until the server has said something else. */
  helps: boolean;
  help: boolean;
  /** Pressed: at once, too. */
  helpAsked: boolean;
  keypad: boolean;
  transfer: boolean;
}

export function callKeys(state: State): CallKeysShown {
  const { focus } = state.calls;
  const call = shownCall(state);
  const act = state.control?.act ?? null;
  const isHeld = heldSince(call) !== null;
  const holding = act?.do === "hold" || act?.do === "resume";
  const open = focus?.state === "open";
  const internal = focus !== null && isColleague(focus.hints.number);
  const helps = !internal && (call?.agent ?? state.me).id === state.me.id;
  const moves = isUnderWay(call?.transfer);
  const held = holding ? act.do === "hold" : isHeld && !moves;
  // Without a push of it the server may not know yet that we talk.
  const known = open && call !== undefined && state.desk.state === "open";
  const asked = consultation(state);
  // A colleague has no use for tones; a company's machine has.
  const asksNumber = asked?.hears === "colleague" && asked.colleague?.agent === null;
  return {
    internal,
    hold: known && !moves && (act === null || holding),
    held,
    holding,
    helps,
    help: known && helps && (act === null || act.do === "help"),
    helpAsked: act?.do === "help" ? act.wanted : helpSince(call) !== null,
    keypad: open && (!isHeld || asksNumber),
    transfer: known && !internal && !moves && helps,
  };
}

/** A ring that is a transfer: what it is, and who sends it. */
export interface HandedOver {
  how: "ring.handsOver" | "ring.asks" | "ring.comesBack";
  from: string;
}

export function handedOver(state: State): HandedOver | null {
  return state.calls.focus?.state === "pending" ? handedWith(shownCall(state), state.me.id) : null;
}

export function handedWith(call: Call | undefined, me: number): HandedOver | null {
  const transfer = call?.transfer;
  if (!transfer) return null;
  const from = giverName(transfer);
  // It rings again at whoever gave it away, when nobody else has taken it.
  const isMine = transfer.mode === "blind" && transfer.from?.id === me;
  if (transfer.state === "recalled" || (isMine && isUnderWay(transfer)))
    return { how: "ring.comesBack", from };
  if (!isUnderWay(transfer)) return null;
  return { how: transfer.mode === "warm" ? "ring.asks" : "ring.handsOver", from };
}
