/** A caller who hung up and kept the place is to be called back now: shown as a ring is. */
import type { CallBack } from "../messages";
import { isolated } from "../names";
import { callBackHints, callerFacts, canDial } from "../softphone/selectors";
import type { State } from "../softphone/state";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { detailOf, Identity } from "./Identity";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";

interface Props {
  callBack: CallBack;
  state: State;
  onCall(): void;
  onDecline(): void;
}

export function CallBackOffer({ callBack, state, onCall, onDecline }: Props) {
  const now = useNow(true);
  const { party, line, team, tries, why, note } = callBack;
  const left = Math.max(0, Math.ceil((byOurClock(callBack.until) - now) / 1000));
  return (
    <CallLayout
      tone="ringing"
      identity={
        <Identity
          icon="phone"
          word={t("back.offer")}
          facts={callerFacts(state, null, callBackHints(callBack))}
          detail={detailOf(party.place, party.company)}
          since={byOurClock(callBack.since)}
        />
      }
      notice={
        <>
          <Icon name="clock" size={18} /> {t("back.yours", { seconds: left })}
        </>
      }
      bar={
        <>
          <button type="button" class="button-plain" onClick={onDecline}>
            {t("back.notNow")}
          </button>
          <button
            type="button"
            class="button-answer"
            onClick={onCall}
            data-focus="answer"
            aria-disabled={!canDial(state)}
          >
            <Icon name="phone" /> {t("back.call")}
          </button>
        </>
      }
    >
      <dl class="facts">
        <div>
          <dt>{t("ring.calledLine")}</dt>
          <dd>
            <strong>{line ? isolated(line.name) : ""}</strong> <span class="quiet">{line?.display}</span>
          </dd>
        </div>
        <div>
          <dt>{t("back.team")}</dt>
          <dd dir="auto">{team.name}</dd>
        </div>
        {why && (
          <div>
            <dt>{t("back.why")}</dt>
            <dd dir="auto">{why}</dd>
          </div>
        )}
        {tries > 0 && (
          <div>
            <dt>{t("back.before")}</dt>
            <dd>{t("back.tries", { count: tries })}</dd>
          </div>
        )}
        {note && (
          <div>
            <dt>{t("back.note")}</dt>
            <dd dir="auto">{note}</dd>
          </div>
        )}
      </dl>
    </CallLayout>
  );
}
