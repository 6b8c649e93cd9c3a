/**
 * Who waits, and who hung up and is to be called back, the longest first. Each can be given to an agent who can be
 * reached.
 */
import { minutes } from "../../format";
import { t } from "../../i18n/i18n";
import type { Board, BoardAgent } from "../../messages";
import { isolated } from "../../names";
import { callBackSentence, partyTitle, presenceWord } from "../../words";
import { Icon } from "../Icon";
import { Menu } from "../Menu";
import { PresenceDot } from "../PresenceDot";
import type { Acts } from "./Board";
import { isLate } from "./Figures";
import { byOurClock } from "../../serverClock";

type Caller = Board["callers"][number];
/** Whose phone may ring, in the order in which they are offered. */
const CAN_BE_RUNG: BoardAgent["state"][] = ["available", "wrap-up", "busy"];

interface Props extends Acts {
  board: Board;
  now: number;
}

export function WaitingCallers({ board, now, ...acts }: Props) {
  const callers = board.callers.filter(({ state }) => state !== "offered");
  const waiting = callers.filter(({ state }) => state === "waiting").length;
  // Whom a call-back is offered to just now is not counted with those to be called back.
  const backs = callers.filter(
    ({ state, rings_at }) => state === "call-back" && rings_at.length === 0,
  ).length;
  const more = Math.max(0, board.all.waiting - waiting) + Math.max(0, board.call_backs - backs);
  const agents = board.agents
    .filter(({ state }) => CAN_BE_RUNG.includes(state))
    .sort((one, other) => CAN_BE_RUNG.indexOf(one.state) - CAN_BE_RUNG.indexOf(other.state));
  return (
    <section class="card board-card" aria-labelledby="board-waiting" data-rows>
      <h2 id="board-waiting" class="board-card-title">
        {t("board.waitingCallers")}
      </h2>
      {callers.length === 0 && <p class="quiet board-none">{t("waiting.nobody")}</p>}
      {callers.length > 0 && (
        <table class="board-table board-waiting" role="table" aria-labelledby="board-waiting">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col" class="board-number">
                {t("board.head.waiting")}
              </th>
              <th role="columnheader" scope="col">
                {t("board.head.caller")}
              </th>
              <th role="columnheader" scope="col">
                {t("board.head.team")}
              </th>
              <th role="columnheader" scope="col" class="board-act">
                <span class="visually-hidden">{t("board.assign")}</span>
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {callers.map((caller) => (
              <Row key={caller.sid} {...{ caller, now, agents: notAsked(agents, caller) }} {...acts} />
            ))}
          </tbody>
        </table>
      )}
      {more > 0 && <p class="small quiet board-none">{t("board.more", { count: more })}</p>}
    </section>
  );
}

/** Whom a call-back is offered already need not be asked again. */
function notAsked(agents: BoardAgent[], { rings_at }: Caller): BoardAgent[] {
  return agents.filter(({ agent }) => !rings_at.some(({ id }) => id === agent.id));
}

interface RowProps extends Acts {
  caller: Caller;
  now: number;
  agents: BoardAgent[];
}

function Row({ caller, now, agents, menu, onMenu, onAssign }: RowProps) {
  const who = partyTitle(caller);
  const isBack = caller.state === "call-back";
  // The goal is one of waiting on the line.
  const late = !isBack && isLate(caller, now);
  const { name, display, place } = caller.party;
  const menuId = `assign-${caller.sid}`;
  return (
    <tr role="row" data-row-key={caller.sid}>
      <td
        role="cell"
        class={late ? "board-number board-late" : "board-number"}
        data-head={t("board.head.waiting")}
      >
        {late && (
          <>
            <Icon name="alert" size={16} /> <span class="visually-hidden">{t("waiting.late")}</span>
          </>
        )}
        {minutes((now - byOurClock(caller.since)) / 1000)}
      </td>
      <th role="rowheader" scope="row" data-head={t("board.head.caller")}>
        <span class="board-name" dir="auto" title={[who, name ? display : place].filter(Boolean).join(" · ")}>
          {who}
        </span>
        {isBack && <span class="board-back">{callBackSentence(caller, now)}</span>}
      </th>
      <td role="cell" data-head={t("board.head.team")}>
        <span class="board-name" dir="auto">
          {isolated(caller.team.name)}
        </span>
      </td>
      <td role="cell" class="board-act">
        <Menu
          label={t(isBack ? "board.assignBack" : "board.assignWho", { who })}
          buttonClass="small-button"
          listClass="board-menu"
          focusId={menuId}
          open={menu === menuId}
          onOpen={(open) => onMenu(open ? menuId : null)}
          face={t("board.assign")}
        >
          {agents.length === 0 && (
            <p class="menu-note" role="menuitem" aria-disabled="true" tabIndex={-1}>
              {t("board.nobodyToAssign")}
            </p>
          )}
          {agents.map((one) => (
            <button
              type="button"
              key={one.agent.id}
              role="menuitem"
              tabIndex={-1}
              onClick={() => onAssign(caller, one)}
            >
              <PresenceDot presence={one.state} />
              <span>
                <strong dir="auto">{isolated(one.agent.name)}</strong> {presenceWord(one.state)}
              </span>
            </button>
          ))}
        </Menu>
      </td>
    </tr>
  );
}
