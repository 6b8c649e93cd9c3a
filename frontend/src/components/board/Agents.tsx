/** Who works, by name, so that no row moves under the pointer; who has finished comes last. Presence is changed here. */
import { minutes } from "../../format";
import { formatNumber, t } from "../../i18n/i18n";
import type { Availability, Board, BoardAgent } from "../../messages";
import { isolated } from "../../names";
import { presenceWord } from "../../words";
import { Icon } from "../Icon";
import { Menu } from "../Menu";
import { PresenceDot } from "../PresenceDot";
import type { Acts } from "./Board";
import { doingNow } from "./words";

const SETTABLE: Availability[] = ["available", "busy", "away", "offline"];

interface Props extends Acts {
  board: Board;
  now: number;
  me: number;
}

export function Agents({ board, ...props }: Props) {
  return (
    <section class="card board-card" aria-labelledby="board-agents" data-rows>
      <h2 id="board-agents" class="board-card-title">
        {t("board.agents")}
      </h2>
      {board.agents.length === 0 && <p class="quiet board-none">{t("board.noAgents")}</p>}
      {board.agents.length > 0 && (
        <table class="board-table board-agents" role="table" aria-labelledby="board-agents">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">
                {t("board.head.agent")}
              </th>
              <th role="columnheader" scope="col">
                {t("board.head.now")}
              </th>
              <th role="columnheader" scope="col" class="board-number">
                {t("board.head.since")}
              </th>
              <th role="columnheader" scope="col" class="board-number">
                {t("board.head.calls")}
              </th>
              <th role="columnheader" scope="col" class="board-act">
                <span class="visually-hidden">{t("board.change")}</span>
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {board.agents.map((agent) => (
              <Row key={agent.agent.id} {...{ agent }} {...props} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

interface RowProps extends Acts {
  agent: BoardAgent;
  now: number;
  me: number;
}

function Row({ agent, now, me, menu, onMenu, onPresence }: RowProps) {
  const name = isolated(agent.agent.name);
  const doing = doingNow(agent, now);
  const id = `presence-${agent.agent.id}`;
  return (
    <tr role="row" data-row-key={id}>
      <th role="rowheader" scope="row" data-head={t("board.head.agent")}>
        <span class="board-agent">
          <PresenceDot presence={agent.state} />
          <span class="board-name" dir="auto" title={agent.agent.name}>
            {name}
          </span>
        </span>
      </th>
      <td role="cell" data-head={t("board.head.now")}>
        <span class="board-doing" title={doing}>
          {doing}
        </span>
      </td>
      <td role="cell" class="board-number" data-head={t("board.head.since")}>
        {agent.since ? minutes((now - Date.parse(agent.since)) / 1000) : "–"}
      </td>
      <td role="cell" class="board-number" data-head={t("board.head.calls")}>
        {formatNumber(agent.calls)}
      </td>
      <td role="cell" class="board-act">
        {agent.agent.id !== me && (
          <Menu
            label={t("team.set", { name })}
            buttonClass="icon-button board-more"
            listClass="board-menu"
            focusId={id}
            open={menu === id}
            onOpen={(open) => onMenu(open ? id : null)}
            face={<Icon name="more" size={18} />}
          >
            {SETTABLE.map((availability) => (
              <button
                type="button"
                key={availability}
                role="menuitem"
                tabIndex={-1}
                onClick={() => onPresence(agent, availability)}
              >
                <PresenceDot presence={availability} />
                <span>{presenceWord(availability)}</span>
              </button>
            ))}
          </Menu>
        )}
      </td>
    </tr>
  );
}
