/** The agent's talk in another tab, browser or app: it can go on here. And on its way here. */
import type { LiveCall } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import { type CallerFacts, callerFacts } from "../softphone/selectors";
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

export function CallElsewhere({ live: { call }, state, send }: Props) {
  const { sid } = call;
  const facts = callerFacts(state, sid, NOBODY);
  const move = state.move?.root === sid ? state.move : null;
  const problem = move?.problem || state.orphans.find((orphan) => orphan.sid === sid)?.problem;
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
          <span>
            {waits
              ? move.step === "phone"
                ? t("move.starting")
                : t("move.coming")
              : may
                ? t("move.text", { name: facts.shortName })
                : t("move.noCalls")}
          </span>
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
              <Icon name="phone" /> {t("move.here")}
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
