/** The agent's talk in another tab, browser or app: it can go on here. And on its way here. */
import type { LiveCall } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import type { Move } from "../softphone/moving";
import { type CallerFacts, callerFacts, lastEnding } from "../softphone/selectors";
import type { Dialling, State } from "../softphone/state";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { detailOf, Identity } from "./Identity";
import { CallerFactList } from "./IncomingCall";
import { t } from "../i18n/i18n";

const NOBODY = { number: "", display: "", name: "", place: "", line: "" };
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
  return (
    <CallLayout
      tone="call"
      identity={
        <Identity
          icon="phone"
          word={t("move.title")}
          facts={facts}
          detail={detailOf(facts.place, facts.company)}
          since={call.answer_time ? Date.parse(call.answer_time) : undefined}
        />
      }
      notice={
        <>
          <Icon name="signal" size={18} />
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
            {t("move.end")}
          </button>
          {may && (
            <button
              type="button"
              class="button-answer"
              onClick={() => waits || send({ type: "agent.moved-here", root: sid, id: `move-${++moved}` })}
              aria-disabled={waits}
            >
              {t("move.here")}
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
      <CallerFactList facts={facts} incoming={call.direction === "inbound"} />
    </CallLayout>
  );
}

function noticeOf({ live: { call }, state }: Props, move: Move | null): string {
  if (move?.step === "phone") return t("move.starting");
  if (move?.step === "asked") return t("move.coming");
  if (!state.grants.outgoing) return t("move.noCalls");
  const ending = lastEnding(state);
  const leftHere = ending?.kind === "ended" && ending.movedOn;
  return leftHere
    ? t("move.movedOn")
    : t("move.text", { name: callerFacts(state, call.sid, NOBODY).shortName });
}

/** This page's phone calls into it. */
export function CallOnItsWay({
  dialling,
  facts,
  onStay,
}: {
  dialling: Dialling;
  facts: CallerFacts;
  onStay(): void;
}) {
  return (
    <CallLayout
      tone="call"
      identity={
        <Identity
          icon="phone"
          word={t("move.title")}
          facts={facts}
          detail={detailOf(facts.place, facts.company)}
          since={dialling.hints.move?.since}
        />
      }
      notice={
        <>
          <Icon name="signal" size={18} /> <span>{t("move.coming")}</span>
        </>
      }
      bar={
        <button type="button" class="button-plain" onClick={onStay} data-focus="cancel">
          {t("move.stay")}
        </button>
      }
    />
  );
}
