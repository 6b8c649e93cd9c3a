/** The day in figures: each team, and each line. */
import { minutes } from "../../format";
import { formatNumber, formatPercent, t } from "../../i18n/i18n";
import type { Board, BoardStanding } from "../../messages";
import { isolated } from "../../names";
import { Icon } from "../Icon";
import { percentWord, toneOf } from "./Figures";

const HEADS = ["came", "answered", "level", "voicemail", "missed", "hungUp", "toCallBack"] as const;

export function Day({ board }: { board: Board }) {
  const { by_team: teams, by_line: lines } = board;
  return (
    <section class="card board-card" aria-labelledby="board-day">
      <h2 id="board-day" class="board-card-title">
        {t("board.today")}
      </h2>
      {teams.length > 1 && (
        <Table
          name={t("board.head.team")}
          rows={teams.map(({ team, ...standing }) => ({ id: team.id, name: team.name, about: "", standing }))}
        />
      )}
      <Table
        name={t("board.head.line")}
        rows={lines.map(({ line, ...standing }) => ({
          id: line.id,
          name: line.name,
          about: line.display,
          standing,
        }))}
      />
      <p class="small quiet board-none">{t("board.meaning")}</p>
    </section>
  );
}

interface TableProps {
  name: string;
  rows: { id: number; name: string; about: string; standing: BoardStanding }[];
}

function Table({ name, rows }: TableProps) {
  if (rows.length === 0) return <p class="quiet board-none">{t("board.noLines")}</p>;
  return (
    <table class="board-table board-day" role="table" aria-label={t("board.todayBy", { name })}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            {name}
          </th>
          {HEADS.map((head) => (
            <th role="columnheader" scope="col" class="board-number" key={head}>
              {t(`board.head.${head}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map(({ id, name: of, about, standing }) => (
          <tr role="row" key={id}>
            <th role="rowheader" scope="row" data-head={name}>
              <span class="board-name" dir="auto" title={of}>
                {isolated(of)}
              </span>
              {about && <span class="small quiet"> {about}</span>}
            </th>
            {HEADS.map((head) => (
              <td role="cell" class="board-number" key={head} data-head={t(`board.head.${head}`)}>
                <Cell {...{ head }} {...standing} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ head, figures, goal }: BoardStanding & { head: (typeof HEADS)[number] }) {
  switch (head) {
    case "came":
      return <>{formatNumber(figures.calls)}</>;
    case "answered":
      return <>{formatNumber(figures.answered)}</>;
    case "level": {
      const { service_level: level } = figures;
      const tone = toneOf(level, goal?.percent ?? null);
      return (
        <span class={`board-level figure-${tone}`}>
          {tone === "past" && <Icon name="alert" size={16} />}
          {level === null ? "–" : percentWord(level, goal?.percent)}
          {goal && (
            <span class="small quiet">{t("board.goalOf", { percent: formatPercent(goal.percent) })}</span>
          )}
        </span>
      );
    }
    case "voicemail":
      return <>{formatNumber(figures.voicemail)}</>;
    case "missed":
      return <>{formatNumber(figures.missed)}</>;
    case "hungUp":
      return (
        <span class="board-level">
          {formatNumber(figures.abandoned)}
          {figures.abandoned_waited !== null && (
            <span class="small quiet">{t("board.after", { time: minutes(figures.abandoned_waited) })}</span>
          )}
        </span>
      );
    case "toCallBack":
      return <>{formatNumber(figures.to_call_back)}</>;
  }
}
