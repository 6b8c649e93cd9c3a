/** What the board says of an agent. */
import { t } from "../../i18n/i18n";
import type { BoardAgent } from "../../messages";
import { partyTitle, presenceDetail, presenceWord } from "../../words";

/** "With Maya Okonkwo", "Ringing Orla Flynn", "Away: Lunch, back at 11:30." */
export function doingNow(agent: BoardAgent, now: number): string {
  const { state, call } = agent;
  if (state === "on-call") return call ? t("board.with", { who: partyTitle(call) }) : presenceWord(state);
  if (state === "ringing") return call ? t("board.ringing", { who: partyTitle(call) }) : presenceWord(state);
  const detail = state === "available" ? "" : presenceDetail({ ...agent, state }, now);
  return detail ? t("board.stateWhy", { state: presenceWord(state), why: detail }) : presenceWord(state);
}
