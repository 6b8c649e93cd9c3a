/** The view Board: how it goes now and today, who waits, and who works; callers are given away and presence is changed here. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { isLive, type BoardStore } from "../../board/board";
import { exactClock } from "../../format";
import { t } from "../../i18n/i18n";
import type { Availability, Board, Supervision } from "../../messages";
import { firstName, isolated } from "../../names";
import type { Api } from "../../ports";
import type { SoftphoneEvent } from "../../softphone/events";
import type { Away } from "../../softphone/presence";
import type { State } from "../../softphone/state";
import { awaySentence, partyTitle, presenceWord } from "../../words";
import { EmptyState, Loading } from "../EmptyState";
import { Icon } from "../Icon";
import { useNow } from "../useNow";
import { useStore } from "../useStore";
import { Agents } from "./Agents";
import { Day } from "./Day";
import { Figures } from "./Figures";
import { superviseEvent } from "./supervise";
import { TakeOverQuestion } from "./TakeOverQuestion";
import { useRowFocus } from "./useRowFocus";
import { WaitingCallers } from "./WaitingCallers";

export interface BoardProps {
  board: BoardStore;
  api: Pick<Api, "assignCaller" | "setPresence">;
  /** The agent who looks: whose own presence is changed in the bar on top. */
  me: number;
  /** The softphone's, for what it can do in a colleague's call. */
  state: State;
  send(event: SoftphoneEvent): void;
  /** This phone goes into a colleague's call. */
  onSupervise(): void;
}

export function BoardPage(props: BoardProps) {
  const state = useStore(props.board);
  const now = useNow(true);
  const { board, heardAt } = state;
  const root = useRef<HTMLDivElement>(null);
  const page = useActs(props);
  useRowFocus(root);
  return (
    <section class="work board" aria-label={t("board.title")} tabIndex={-1}>
      <div class="board-page" ref={root}>
        <div class="board-head">
          <h1 tabIndex={-1} data-home>
            {t("board.title")}
          </h1>
          {board && <Teams teams={board.teams} chosen={state.team} onChoose={props.board.choose} />}
          {board && <Live live={isLive(state, now)} at={isLive(state, now) ? now : heardAt} />}
        </div>
        {/* Always there, so that what is said in it is heard. The figures themselves say nothing. */}
        <p class="visually-hidden" role="status">
          {page.said}
        </p>
        {page.problem && (
          <p class="view-problem" role="alert">
            {page.problem}
          </p>
        )}
        {/* Always there, too. A server of the version before says nothing of it. */}
        <div role="status" class="board-notices">
          {board?.notices?.map(({ text, urgent }) => (
            <p key={text} class={urgent ? "view-problem" : "board-notice"}>
              <Icon name="alert" size={18} /> {text}
            </p>
          ))}
        </div>
        {!board && <Loading />}
        {board && board.teams.length === 0 && (
          <EmptyState icon="people" title={t("board.noTeam")} text={t("board.noTeamText")} />
        )}
        {board && board.teams.length > 0 && (
          <>
            <Figures {...{ board, now }} />
            <div class="board-columns">
              <WaitingCallers {...{ board, now }} {...page} />
              <Agents {...{ board, now }} me={props.me} state={props.state} {...page} />
            </div>
            <Day board={board} />
            {page.question}
          </>
        )}
      </div>
    </section>
  );
}

/** What is done here, and what came of it. At most one menu is open. */
export interface Acts {
  menu: string | null;
  onMenu(menu: string | null): void;
  onAssign(caller: Board["callers"][number], agent: Board["agents"][number]): void;
  onPresence(agent: Board["agents"][number], availability: Availability, away: Away): void;
  onMode(agent: Board["agents"][number], mode: Supervision): void;
}

interface Page extends Acts {
  said: string;
  problem: string;
  /** What is asked before it is done. */
  question: ComponentChildren;
}

function useActs({ api, state, send, onSupervise }: BoardProps): Page {
  const [menu, onMenu] = useState<string | null>(null);
  const [{ said, problem }, tell] = useState({ said: "", problem: "" });

  function run(act: Promise<void>, sentence: string): void {
    tell({ said: "", problem: "" });
    act.then(
      () => tell({ said: sentence, problem: "" }),
      (error: Error) => tell({ said: "", problem: error.message }),
    );
  }

  const [taken, takeFrom] = useState<Board["agents"][number] | null>(null);

  function supervise({ agent, call }: Board["agents"][number], mode: Supervision): void {
    if (!call) return;
    const { focus } = state.calls;
    const inside = focus?.state === "supervising" && focus.root === call.sid;
    send(inside ? { type: "agent.chose-mode", mode } : superviseEvent(agent, call, mode));
    onSupervise();
  }

  return {
    question: taken?.call && (
      <TakeOverQuestion
        name={firstName(taken.agent.name)}
        customer={partyTitle(taken.call)}
        onTake={() => supervise(taken, "take-over")}
        onClose={() => takeFrom(null)}
      />
    ),
    onMode: (agent, mode) => (mode === "take-over" ? takeFrom(agent) : supervise(agent, mode)),
    menu,
    onMenu,
    said,
    problem,
    onAssign(caller, { agent }) {
      const names = { who: partyTitle(caller), name: isolated(agent.name) };
      const said = caller.state === "call-back" ? "board.assignedBack" : "board.assigned";
      run(api.assignCaller(caller.sid, agent.id), t(said, names));
    },
    onPresence({ agent }, availability, away) {
      const names = { name: isolated(agent.name), state: presenceWord(availability) };
      const isAway = availability === "away";
      const why = isAway ? awaySentence({ reason: away.reason?.name ?? "", back_at: away.backAt }) : "";
      const said = why ? t("board.changedWhy", { ...names, why }) : t("board.changed", names);
      run(api.setPresence(agent.id, availability, isAway ? away : undefined), said);
    },
  };
}

interface TeamsProps {
  teams: Board["teams"];
  chosen: number | null;
  onChoose(team: number | null): void;
}

function Teams({ teams, chosen, onChoose }: TeamsProps) {
  if (teams.length < 2) return null;
  const choices = [{ id: null, name: t("board.allTeams") }, ...teams];
  return (
    <div class="board-teams">
      <div class="segments" role="radiogroup" aria-label={t("board.teams")}>
        {choices.map(({ id, name }) => (
          <label key={id}>
            <input type="radio" name="board-team" checked={chosen === id} onChange={() => onChoose(id)} />
            <span dir="auto" title={name}>
              {isolated(name)}
            </span>
          </label>
        ))}
      </div>
    </div>
  );
}

/** Never read aloud by itself: it changes each second. */
function Live({ live, at }: { live: boolean; at: number }) {
  const time = exactClock(new Date(at).toISOString());
  return (
    <p class={live ? "board-live" : "board-live board-old"} aria-live="off">
      {live ? t("board.live", { time }) : t("board.notLive", { time })}
    </p>
  );
}
