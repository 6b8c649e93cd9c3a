/** A colleague's call, at the desk of who supervises it: who hears whom, how to be in it, and the way out. */
import { useState } from "preact/hooks";
import { t } from "../../i18n/i18n";
import type { SuperviseMode } from "../../messages";
import { firstName, isolated } from "../../names";
import type { SoftphoneEvent } from "../../softphone/events";
import { callerFacts, type CallerFacts, NOBODY } from "../../softphone/selectors";
import type { State, Supervising } from "../../softphone/state";
import { shownCall } from "../../softphone/room";
import { heardAs, isWithMore, obstacle } from "../../softphone/supervision";
import { CallLayout } from "../CallLayout";
import { Icon } from "../Icon";
import { detailOf, Identity } from "../Identity";
import { ProblemNotice } from "../ProblemNotice";
import { ICONS, MODES, superviseEvent } from "./supervise";
import { TakeOverQuestion } from "./TakeOverQuestion";

interface Props {
  state: State;
  supervising: Supervising;
  facts: CallerFacts;
  send(event: SoftphoneEvent): void;
}

export function SupervisorCard({ state, supervising, facts, send }: Props) {
  const [asks, setAsks] = useState(false);
  const { agent, phase, mode, asked, problem } = supervising;
  const [name, customer] = [firstName(agent.name), facts.shortName];
  const heard = heardAs(mode, shownCall(state));
  const isIn = phase === "in";
  const free = isIn && asked === null;
  return (
    <CallLayout
      tone={phase === "lost" ? "hold" : "call"}
      identity={
        <Identity
          icon={ICONS[mode]}
          word={
            isIn
              ? t(`supervise.word.${mode}`)
              : phase === "lost"
                ? t("call.reconnecting")
                : t("supervise.word.connecting")
          }
          facts={{ title: isolated(agent.name), display: t("board.with", { who: facts.title }) }}
          detail={detailOf(facts.display, facts.lineName && t("call.calledLine", { line: facts.lineName }))}
          {...(isIn && { since: supervising.since })}
        />
      }
      notice={<Notice {...{ supervising, name, customer, heard }} />}
      noticeTone={phase === "lost" ? "hold" : undefined}
      bar={
        <>
          <button
            type="button"
            class="button-plain"
            onClick={() => send({ type: "agent.hung-up", at: Date.now() })}
          >
            {t("supervised.leave")}
          </button>
          <button
            type="button"
            class="button-accent"
            aria-disabled={!free}
            onClick={() => free && setAsks(true)}
          >
            {t("supervise.take-over")}
          </button>
        </>
      }
    >
      {isIn && (
        <p class="supervise-are">
          {isWithMore(shownCall(state))
            ? t(`supervise.are.all.${mode}`, { name })
            : t(`supervise.are.${mode}`, { name, customer })}
        </p>
      )}
      <div class="call-buttons supervise-modes" role="group" aria-label={t("supervise.modes")}>
        {MODES.map((each) => (
          <Mode
            key={each}
            mode={each}
            pressed={(asked === null || asked === "take-over" ? mode : asked) === each}
            busy={asked === each}
            off={!free}
            onPress={() => send({ type: "agent.chose-mode", mode: each })}
          />
        ))}
      </div>
      <dl class="facts supervise-ways">
        {[...MODES, "take-over" as const].map((each) => (
          <div key={each}>
            <dt>{t(`supervise.${each}`)}</dt>
            <dd>{t(`supervise.heard.${each}`, { name, customer })}</dd>
          </div>
        ))}
      </dl>
      {problem && <ProblemNotice text={problem} />}
      <p class="small quiet closing">{t("supervise.closing", { name, customer })}</p>
      {asks && (
        <TakeOverQuestion
          {...{ name, customer }}
          onTake={() => send({ type: "agent.chose-mode", mode: "take-over" })}
          onClose={() => setAsks(false)}
        />
      )}
    </CallLayout>
  );
}

interface ModeProps {
  mode: SuperviseMode;
  pressed: boolean;
  /** The server's word is awaited. */
  busy: boolean;
  off: boolean;
  onPress(): void;
}

function Mode({ mode, pressed, busy, off, onPress }: ModeProps) {
  return (
    <button
      type="button"
      class="call-button"
      aria-pressed={pressed}
      aria-busy={busy}
      aria-disabled={off && !pressed}
      onClick={() => !off && onPress()}
      data-focus={pressed ? "supervise" : undefined}
    >
      <Icon name={ICONS[mode]} /> {t(`supervise.${mode}`)}
    </button>
  );
}

interface NoticeProps {
  supervising: Supervising;
  name: string;
  customer: string;
  heard: ReturnType<typeof heardAs>;
}

/** Who hears the supervisor, in words. */
function Notice({ supervising, name, customer, heard }: NoticeProps) {
  const { phase, asked } = supervising;
  if (phase === "lost") return <Line icon="alert" text={t("supervise.lost")} />;
  if (asked === "take-over") return <Line icon="transfer" text={t("supervise.takingOver")} />;
  if (asked !== null && asked !== "listen")
    return <Line icon={ICONS[asked]} text={t("supervise.changing")} />;
  if (phase !== "in" || heard === "listen")
    return (
      <>
        <Icon name="mic-off" size={18} />
        <span>
          <strong>{t("supervise.heard.listen")}</strong> {t("supervise.microphoneOff")}
        </span>
      </>
    );
  return (
    <>
      <Icon name="mic" size={18} />
      <strong>{t(`supervise.heard.${heard}`, { name, customer })}</strong>
    </>
  );
}

function Line({ icon, text }: { icon: Parameters<typeof Icon>[0]["name"]; text: string }) {
  return (
    <>
      <Icon name={icon} size={18} /> <span>{text}</span>
    </>
  );
}

/** The server says that this agent supervises a call, and the phone of this page is not in it. */
export function InterruptedCard({ state, send }: { state: State; send(event: SoftphoneEvent): void }) {
  const call = state.interrupted?.call;
  const agent = call?.agent;
  if (!call || !agent) return null;
  const facts = callerFacts(
    { ...state, lives: { [call.sid]: { call, mine: "active", history: [] } } },
    call.sid,
    NOBODY,
  );
  const why = obstacle(state);
  return (
    <CallLayout
      tone="hold"
      identity={
        <Identity
          icon="headset"
          word={t("supervise.interrupted")}
          facts={{ title: isolated(agent.name), display: t("board.with", { who: facts.title }) }}
          detail={detailOf(facts.display, facts.lineName && t("call.calledLine", { line: facts.lineName }))}
        />
      }
      notice={<Line icon="mic-off" text={t("supervise.heard.listen")} />}
      bar={
        <>
          <button
            type="button"
            class="button-plain"
            onClick={() => send({ type: "agent.closed-supervision" })}
          >
            {t("supervised.leave")}
          </button>
          <button
            type="button"
            class="button-accent"
            aria-disabled={why !== null}
            onClick={() => why === null && send(superviseEvent(agent, call, "listen"))}
          >
            {t("supervise.again")}
          </button>
        </>
      }
    >
      <p>{t("supervise.interruptedText")}</p>
      {why && <p class="quiet">{t(`supervise.not.${why}`)}</p>}
    </CallLayout>
  );
}
