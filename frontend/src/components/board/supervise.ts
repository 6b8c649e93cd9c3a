/** How a supervisor goes into a colleague's call: the modes, their signs, and the event that begins it. */
import type { Agent, BoardAgent, SuperviseMode, Supervision } from "../../messages";
import type { SoftphoneEvent } from "../../softphone/events";
import type { Hints } from "../../softphone/state";
import type { IconName } from "../Icon";

export const MODES: SuperviseMode[] = ["listen", "whisper", "join"];

export const ICONS: Record<Supervision, IconName> = {
  listen: "headset",
  whisper: "message",
  join: "people",
  "take-over": "transfer",
};

let begun = 0;

type TalkedOn = Pick<NonNullable<BoardAgent["call"]>, "sid" | "party" | "line">;

export function superviseEvent(agent: Agent, call: TalkedOn, mode: Supervision): SoftphoneEvent {
  const { number, display, name, place } = call.party;
  const hints: Hints = { number, display, name, place, line: call.line?.name ?? "" };
  const id = `supervise-${++begun}`;
  return { type: "agent.supervised", id, call: call.sid, agent, mode, hints, at: Date.now() };
}
