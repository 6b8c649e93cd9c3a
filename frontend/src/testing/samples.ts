/** The contract's sample frames, shared with the server's tests, and states built from them. */
import { decodeMessage, type LiveCall, type ServerMessage } from "../messages";
import { transition } from "../softphone/machine";
import type { SoftphoneEvent } from "../softphone/events";
import { type Hints, initialState, type State } from "../softphone/state";

const files = import.meta.glob<string>("../../../tests/payloads/desk/*.json", {
  eager: true,
  query: "?raw",
  import: "default",
});

export const sampleTexts: Record<string, string> = Object.fromEntries(
  Object.entries(files).map(([path, text]) => [path.split("/").at(-1)?.replace(".json", "") ?? path, text]),
);

export function sample<T extends ServerMessage["type"]>(type: T): Extract<ServerMessage, { type: T }> {
  const message = decodeMessage(sampleTexts[type] ?? "");
  if (message?.type !== type) throw new Error(`No sample of ${type}`);
  return message as Extract<ServerMessage, { type: T }>;
}

const ringingLive: LiveCall = sample("call.incoming").live;
/** The caller's own call, and the leg that rings here. */
export const ROOT = ringingLive.call.sid;
export const LEG = ringingLive.call.legs[0]?.sid ?? "";
export const NOW = Date.parse("2026-11-23T09:30:02Z");

export const hints: Hints = {
  number: "+12025550142",
  display: "+12025550142",
  name: "",
  place: "",
  line: "Support",
};

export const me = { id: 1, identity: "agent_1", name: "Ada Byron" };

export function after(state: State, ...events: SoftphoneEvent[]): State {
  return events.reduce((current, event) => transition(current, event)[0], state);
}

export const push = (message: ServerMessage, at = NOW): SoftphoneEvent => ({
  type: "desk.message",
  message,
  at,
});
export const rang: SoftphoneEvent = { type: "call.incoming", id: LEG, root: ROOT, hints, at: NOW };

/** Signed in, allowed, registered: nothing rings. */
export function readyState(): State {
  return after(
    initialState(me),
    { type: "started" },
    { type: "leader.changed", leader: "held" },
    { type: "microphone.changed", microphone: "granted" },
    { type: "desk.opened" },
    push({ ...sample("desk.snapshot"), calls: [] }),
    { type: "device.changed", state: "registered", at: NOW },
    push(sample("phone.state")),
  );
}

export const ringingState = () => after(readyState(), push(sample("call.incoming")), rang);
export const openState = () =>
  after(
    ringingState(),
    { type: "agent.answered" },
    { type: "call.accepted", id: LEG, sid: LEG, at: NOW + 6000 },
  );
export const dialled: SoftphoneEvent = { type: "agent.dialled", id: "dial-1", hints, line: null, at: NOW };
export const dialSid = "CA00000000000000000000000000000003";

/** What the call area shows: the state of the call in focus, or that there is none. */
export const shown = (state: State) => state.calls.focus?.state ?? "closed";
