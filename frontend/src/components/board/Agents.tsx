/**
 * Who works, by name, so that no row moves under the pointer; who asks for help comes first, who has finished last.
 * Presence is changed here, and calls are supervised.
 */
import { minutes } from "../../format";
import { formatNumber, t } from "../../i18n/i18n";
import type { Board, BoardAgent } from "../../messages";
import { isolated } from "../../names";
import { PresenceChoices } from "../AvailabilityChoices";
import { Icon } from "../Icon";
import { Menu } from "../Menu";
import { PresenceDot } from "../PresenceDot";
import type { State } from "../../softphone/state";
import type { Acts } from "./Board";
import { SuperviseMenu } from "./SuperviseMenu";
import { doingNow } from "./words";
import { byOurClock } from "../../serverClock";

interface Props extends Acts {
  board: Board;
  now: number;
  me: number;
  state: State;
}

/** Who asks for help has waited for it: the longest first. */
function inTurn(agents: BoardAgent[]): BoardAgent[] {
  const since = ({ help_since: at }: BoardAgent) => (at ? Date.parse(at) : Infinity);
  // Infinity less itself is no number.
  return agents.toSorted((one, other) => (since(one) === since(other) ? 0 : since(one) - since(other)));
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
            {inTurn(board.agents).map((agent) => (
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
  state: State;
}

function Row({ agent, now, me, state, menu, onMenu, onPresence, onMode }: RowProps) {
  const name = isolated(agent.agent.name);
  const doing = doingNow(agent, now);
  const id = `presence-${agent.agent.id}`;
  const supervises = `supervise-${agent.agent.id}`;
  return (
    <tr role="row" data-row-key={id} class={agent.help_since ? "board-help" : undefined}>
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
        <Supervised {...{ agent, now }} />
      </td>
      <td role="cell" class="board-number" data-head={t("board.head.since")}>
        {agent.since ? minutes((now - byOurClock(agent.since)) / 1000) : "–"}
      </td>
      <td role="cell" class="board-number" data-head={t("board.head.calls")}>
        {formatNumber(agent.calls)}
      </td>
      <td role="cell" class="board-act">
        {agent.may_supervise && agent.talking && (
          <SuperviseMenu
            {...{ agent, state }}
            open={menu === supervises}
            onOpen={(open) => onMenu(open ? supervises : null)}
            onMode={(mode) => onMode(agent, mode)}
          />
        )}
        {agent.agent.id !== me && (
          <Menu
            label={t("team.set", { name })}
            buttonClass="icon-button board-more"
            listClass="menu-availability board-menu board-presence"
            focusId={id}
            open={menu === id}
            onOpen={(open) => onMenu(open ? id : null)}
            face={<Icon name="more" size={18} />}
          >
            <PresenceChoices
              now={agent}
              inWrapUp={agent.state === "wrap-up"}
              reasons={state.awayReasons}
              canChoose
              onChoose={(availability, away) => onPresence(agent, availability, away)}
            />
          </Menu>
        )}
      </td>
    </tr>
  );
}

/** Who is in the call beside the two, and that its agent asks for help. */
function Supervised({ agent, now }: { agent: BoardAgent; now: number }) {
  const { help_since: since, supervisors } = agent;
  return (
    <>
      {since && (
        <span class="board-wants">
          <Icon name="help" size={16} />{" "}
          {t("supervise.wantsHelp", { length: minutes((now - byOurClock(since)) / 1000) })}
        </span>
      )}
      {/* A server of the version before says nothing of them. */}
      {(supervisors ?? []).map(({ id, name, mode }) => (
        <span class="board-back" key={id}>
          {t(`supervise.by.${mode}`, { name: isolated(name) })}
        </span>
      ))}
    </>
  );
}
