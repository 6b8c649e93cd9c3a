/** After a call: time for its note, in which nobody is put through. It ends by itself, unless the agent stays. */
import type { ComponentChildren } from "preact";
import { minutes } from "../format";
import type { SoftphoneEvent } from "../softphone/events";
import { callerFacts, lastEnding } from "../softphone/selectors";
import type { State } from "../softphone/state";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";

interface Props {
  state: State;
  wrapUp: { until: string; stays: boolean };
  notices: ComponentChildren;
  send(event: SoftphoneEvent): void;
  onNote(): void;
}

export function WrapUp({ state, wrapUp, notices, send, onNote }: Props) {
  const now = useNow(!wrapUp.stays);
  const left = Math.max(0, Math.ceil((byOurClock(wrapUp.until) - now) / 1000));
  const ending = lastEnding(state);
  const facts = ending && callerFacts(state, ending.root, ending.hints);
  return (
    <CallLayout
      tone="rest"
      identity={
        <>
          <div class="state-line">
            <p class="state">
              <Icon name="pencil" /> {t("wrapUp.title")}
            </p>
            {!wrapUp.stays && (
              <span class="since" role="timer" aria-live="off">
                {t("wrapUp.left", { left: minutes(left) })}
              </span>
            )}
          </div>
          <h2 class="who" title={facts?.title} tabIndex={-1} data-focus="call-area" data-home>
            {facts?.title ?? t("wrapUp.title")}
          </h2>
          {ending?.kind === "ended" && (
            <p class="who-number">
              {ending.takenOver
                ? ending.takenOver
                : ending.handedTo
                  ? t("ended.handedOver", { name: ending.handedTo })
                  : ending.goesOn
                    ? t("ended.goesOn")
                    : t("wrapUp.ended", { length: minutes(ending.seconds) })}
            </p>
          )}
          <p class="who-detail">{t("wrapUp.wait")}</p>
        </>
      }
      notice={
        wrapUp.stays ? (
          <span>{t("wrapUp.stays")}</span>
        ) : (
          <>
            <span>{t("wrapUp.longer")}</span>
            <button
              type="button"
              class="text-button"
              onClick={() => send({ type: "agent.stayed-in-wrap-up" })}
            >
              {t("wrapUp.stay")}
            </button>
          </>
        )
      }
      bar={
        <>
          <button
            type="button"
            class="button-plain"
            onClick={() => send({ type: "agent.chose", availability: "away" })}
          >
            {t("wrapUp.break")}
          </button>
          <button type="button" class="button-accent" onClick={() => send({ type: "agent.ended-wrap-up" })}>
            {t("wrapUp.done")}
          </button>
        </>
      }
    >
      {notices}
      <button type="button" class="small-button" onClick={onNote}>
        <Icon name="note" size={16} /> {t("wrapUp.note")}
      </button>
    </CallLayout>
  );
}
