/** The agent's talk in another tab, browser or app: it can go on here. And on its way here. */
import type { LiveCall } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import type { Move } from "../softphone/moving";
import { goesBackTo } from "../softphone/secondCall";
import { type CallerFacts, callerFacts, lastEnding, NOBODY } from "../softphone/selectors";
import type { Dialling, State } from "../softphone/state";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { detailOf, Identity } from "./Identity";
import { CallerFactList } from "./IncomingCall";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";

let moved = 0;

interface Props {
  live: LiveCall;
  state: State;
  send(event: SoftphoneEvent): void;
}

export function CallElsewhere(props: Props) {
  const {
    live: { call },
    state,
    send,
  } = props;
  const { sid } = call;
  const facts = callerFacts(state, sid, NOBODY);
  const move = state.move?.root === sid ? state.move : null;
  const notEnded = state.orphans.find((orphan) => orphan.sid === sid)?.problem;
  const problem =
    move?.problem || (notEnded && t("ended.orphanProblem", { name: facts.title, problem: notEnded }));
  const waits = move !== null && move.step !== null;
  const may = state.grants.outgoing;
  const isParked = call.parked_since != null;
  const isMine = (call.agent ?? state.me).id === state.me.id;
  const since = call.parked_since ?? call.answer_time;
  return (
    <CallLayout
      tone={isParked ? "hold" : "call"}
      identity={
        <Identity
          icon={isParked ? "pause" : "phone"}
          word={isParked ? t("second.parked") : t("move.title")}
          facts={facts}
          detail={detailOf(facts.place, facts.company)}
          since={since ? byOurClock(since) : undefined}
        />
      }
      notice={
        <>
          <Icon name={isParked ? "music" : "signal"} size={18} />
          <span>{noticeOf(props, move)}</span>
        </>
      }
      bar={
        <>
          <button
            type="button"
            class="button-plain"
            onClick={() => send({ type: "agent.ended-orphan", sid })}
            aria-disabled={waits}
          >
            {/* Without the agent whose it is not, the call goes on. */}
            {isMine ? t("move.end") : t("move.leave")}
          </button>
          {may && (
            <button
              type="button"
              class="button-answer"
              onClick={() => waits || send({ type: "agent.moved-here", root: sid, id: `move-${++moved}` })}
              aria-disabled={waits}
              data-focus="answer"
            >
              {isParked ? t("second.back", { name: facts.shortName }) : t("move.here")}
            </button>
          )}
        </>
      }
    >
      {problem && (
        <div class="inline-notice inline-notice-hold">
          <Icon name="alert" size={18} />
          <p role="alert">{problem}</p>
        </div>
      )}
      <CallerFactList facts={facts} incoming={call.incoming} />
    </CallLayout>
  );
}

function noticeOf({ live: { call }, state }: Props, move: Move | null): string {
  const name = callerFacts(state, call.sid, NOBODY).shortName;
  if (call.parked_since != null && state.grants.outgoing) {
    if (move?.step) return t("second.goingBack", { name });
    return goesBackTo(state) ? t("second.soon", { name }) : t("second.waits", { name });
  }
  if (move?.step === "phone") return t("move.starting");
  if (move?.step === "asked") return t("move.coming");
  if (!state.grants.outgoing) return t("move.noCalls");
  const ending = lastEnding(state);
  const leftHere = ending?.kind === "ended" && ending.movedOn;
  return leftHere ? t("move.movedOn") : t("move.text", { name });
}

/** This page's phone calls into it. */
export function CallOnItsWay({
  dialling,
  facts,
  isParked,
  onStay,
}: {
  dialling: Dialling;
  facts: CallerFacts;
  /** Whose caller waits for this agent: it is no call at another place. */
  isParked: boolean;
  onStay(): void;
}) {
  return (
    <CallLayout
      tone={isParked ? "hold" : "call"}
      identity={
        <Identity
          icon={isParked ? "pause" : "phone"}
          word={isParked ? t("second.parked") : t("move.title")}
          facts={facts}
          detail={detailOf(facts.place, facts.company)}
          since={dialling.hints.move?.since}
        />
      }
      notice={
        <>
          <Icon name="signal" size={18} />{" "}
          <span>{isParked ? t("second.goingBack", { name: facts.shortName }) : t("move.coming")}</span>
        </>
      }
      bar={
        <button type="button" class="button-plain" onClick={onStay} data-focus="cancel">
          {isParked ? t("second.notNow") : t("move.stay")}
        </button>
      }
    />
  );
}
