/** Five figures, each with its goal or what it is made of in words. A card is red only past its goal. */
import { minutes } from "../../format";
import { formatNumber, formatPercent, t } from "../../i18n/i18n";
import type { Board, BoardAgent, BoardStanding } from "../../messages";
import { isolated } from "../../names";
import { Icon } from "../Icon";
import { byOurClock } from "../../serverClock";

type Tone = "plain" | "near" | "past";

/** So many per cent below its goal the service level is not yet red. */
const NEAR = 5;
const COUNTED = ["on-call", "ringing", "wrap-up", "busy", "away", "not-reachable"] as const;

export function Figures({ board, now }: { board: Board; now: number }) {
  const { all } = board;
  return (
    <div class="figures-row" role="group" aria-label={t("board.figures")}>
      <Figure name={t("board.waitingNow")} value={formatNumber(all.waiting)} about={whoWaits(board)} />
      <LongestWait {...{ all, now }} />
      <FreeAgents agents={board.agents} />
      <ServiceLevel all={all} />
      <Figure
        name={t("board.hungUp")}
        value={formatNumber(all.figures.abandoned)}
        about={[
          all.figures.abandoned_percent === null ? "" : percentWord(all.figures.abandoned_percent),
          t("board.toCallBack", { count: all.figures.to_call_back }),
        ]
          .filter(Boolean)
          .join(" · ")}
      />
    </div>
  );
}

interface FigureProps {
  name: string;
  value: string;
  about: string;
  tone?: Tone;
}

function Figure({ name, value, about, tone = "plain" }: FigureProps) {
  return (
    <dl class={`card figure figure-${tone}`}>
      <dt>
        {tone === "past" && <Icon name="alert" size={16} />} {name}
      </dt>
      <dd class="figure-value">{value}</dd>
      <dd class="figure-about">{about}</dd>
    </dl>
  );
}

/** "2 Sales, 2 Support" */
function whoWaits({ all, by_team: teams }: Board): string {
  if (all.waiting === 0) return t("waiting.nobody");
  return teams
    .filter(({ waiting }) => waiting > 0)
    .map(({ team, waiting }) => t("board.inTeam", { count: waiting, team: isolated(team.name) }))
    .join(", ");
}

export function isLate({ late_at }: { late_at: string | null }, now: number): boolean {
  return late_at !== null && now >= byOurClock(late_at);
}

function LongestWait({ all, now }: { all: BoardStanding; now: number }) {
  const { longest_since: since, goal } = all;
  const seconds = goal?.wait_seconds ?? null;
  return (
    <Figure
      name={t("board.longestWait")}
      value={since ? minutes((now - byOurClock(since)) / 1000) : "–"}
      about={seconds === null ? t("board.goalsDiffer") : t("board.goalUnder", { time: minutes(seconds) })}
      tone={isLate(all, now) ? "past" : "plain"}
    />
  );
}

function FreeAgents({ agents }: { agents: BoardAgent[] }) {
  const here = agents.filter(({ state }) => state !== "offline");
  const count = (state: BoardAgent["state"]) => here.filter((agent) => agent.state === state).length;
  const about = COUNTED.filter((state) => count(state) > 0).map((state) =>
    t(`board.count.${state}`, { count: count(state) }),
  );
  return (
    <Figure
      name={t("board.free")}
      value={t("board.of", { count: count("available"), all: here.length })}
      about={about.join(", ") || t("board.nobodyElse")}
    />
  );
}

function ServiceLevel({ all: { figures, goal } }: { all: BoardStanding }) {
  const level = figures.service_level;
  const name = goal?.seconds ? t("board.inSeconds", { seconds: goal.seconds }) : t("board.inTime");
  const calls = t("board.calls", { count: figures.counted });
  return (
    <Figure
      {...{ name }}
      value={level === null ? "–" : percentWord(level, goal?.percent)}
      about={goal ? `${t("board.goal", { percent: formatPercent(goal.percent) })} · ${calls}` : calls}
      tone={toneOf(level, goal?.percent ?? null)}
    />
  );
}

/** In whole per cent, on the cards as in the tables; never up to a goal that is not met. */
export function percentWord(percent: number, goal: number = Infinity): string {
  const rounded = Math.round(percent);
  return formatPercent(percent < goal && rounded >= goal ? Math.floor(percent) : rounded);
}

export function toneOf(level: number | null, goal: number | null): Tone {
  if (level === null || goal === null || level >= goal) return "plain";
  return level >= goal - NEAR ? "near" : "past";
}
