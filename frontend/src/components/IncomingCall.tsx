/** Somebody calls: all that is needed to decide and to answer. */
import { minutes, shortWhen } from "../format";
import { isolated } from "../names";
import { AT_ONCE, cameBy, type CameBy } from "../softphone/queues";
import { callerFacts, type CallerFacts } from "../softphone/selectors";
import type { Ring, State } from "../softphone/state";
import { type HandedOver, handedOver } from "../softphone/room";
import { pastCallSentence, wayIcon } from "../words";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { detailOf, Identity, Timer } from "./Identity";
import { PastNote } from "./PastNote";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";
import { serverNow } from "../serverClock";

interface Props {
  state: State;
  ring: Ring;
  others: Ring[];
  facts: CallerFacts;
  onAnswer(): void;
  onReject(): void;
}

export function IncomingCall({ state, ring, others, facts, onAnswer, onReject }: Props) {
  const handed = handedOver(state);
  const came = cameBy(state, ring);
  const warns = facts.verificationFailed || facts.spam;
  return (
    <CallLayout
      tone="ringing"
      identity={
        <Identity
          icon="bell"
          word={ring.answering ? t("ring.answering") : t("ring.incoming")}
          facts={facts}
          detail={detailOf(facts.place, facts.company)}
          since={ring.since}
        />
      }
      notice={
        handed ? (
          <HandedNotice handed={handed} facts={facts} />
        ) : came && !warns ? (
          <CameByNotice came={came} />
        ) : (
          <CallerNotice facts={facts} />
        )
      }
      noticeTone={handed || warns ? "hold" : undefined}
      bar={
        <>
          {/* Never `disabled`: focus, which was just on it, would be lost. A second press means nothing. */}
          <button type="button" class="button-reject" onClick={onReject} aria-disabled={ring.answering}>
            <Icon name="hang-up" /> {t("ring.reject")}
          </button>
          <button
            type="button"
            class="button-answer"
            onClick={onAnswer}
            data-focus="answer"
            aria-disabled={ring.answering}
          >
            <Icon name="phone" /> {t("ring.answer")} <kbd aria-hidden="true">↵</kbd>
          </button>
        </>
      }
    >
      <CallerFactList facts={facts} />
      <LastCalls facts={facts} />
      <AlsoCalling state={state} rings={others} />
    </CallLayout>
  );
}

/** Who sends the customer here, and what for. */
export function HandedNotice({ handed: { how, from }, facts }: { handed: HandedOver; facts: CallerFacts }) {
  return (
    <>
      <Icon name="transfer" size={18} />
      <span>
        {how === "ring.comesBack" ? rich(how, { name: facts.title }) : rich(how, { from, name: facts.title })}
      </span>
    </>
  );
}

export function CameByNotice({ came: { team, waited, why } }: { came: CameBy }) {
  return (
    <>
      <Icon name="clock" size={18} />
      <span class="came-by">
        {waited > 0 && <span>{rich("ring.waited", { time: minutes(waited), team: isolated(team) })}</span>}
        {why && <span dir="auto">{why}</span>}
      </span>
    </>
  );
}

function CallerNotice({ facts }: { facts: CallerFacts }) {
  if (facts.colleague) {
    return (
      <>
        <Icon name="person" size={18} /> {t("ring.colleague")}
      </>
    );
  }
  if (facts.withheld) {
    return (
      <>
        <Icon name="help" size={18} /> {t("ring.notSent")}
      </>
    );
  }
  if (facts.verificationFailed) {
    return (
      <>
        <Icon name="alert" size={18} />
        <strong>{t("common.forged")}</strong>
      </>
    );
  }
  if (facts.spam) {
    return (
      <>
        <Icon name="alert" size={18} />
        <strong>{t("common.spam")}</strong>
      </>
    );
  }
  if (facts.verified) {
    return (
      <>
        <Icon name="shield" size={18} /> {t("common.vouched")}
      </>
    );
  }
  return (
    <>
      <Icon name="person" size={18} /> {facts.contact ? t("ring.inContacts") : t("ring.notInContacts")}
    </>
  );
}

export function CallerFactList({ facts, incoming = true }: { facts: CallerFacts; incoming?: boolean }) {
  return (
    <dl class="facts">
      {facts.lineName && (
        <div>
          <dt>{incoming ? t("ring.calledLine") : t("dial.from")}</dt>
          <dd>
            <strong>{facts.lineName}</strong> <span class="quiet">{facts.line?.display}</span>
          </dd>
        </div>
      )}
      {facts.waited >= AT_ONCE && (
        <div>
          <dt>{t("common.waited")}</dt>
          <dd>{minutes(facts.waited)}</dd>
        </div>
      )}
      {facts.contact?.note && (
        <div>
          <dt>{t("common.aboutThem")}</dt>
          <dd dir="auto">{facts.contact.note}</dd>
        </div>
      )}
    </dl>
  );
}

function LastCalls({ facts }: { facts: CallerFacts }) {
  if (facts.withheld || facts.colleague) return null;
  const now = serverNow();
  return (
    <section aria-labelledby="last-calls">
      <h3 class="small-title" id="last-calls">
        {facts.history.length
          ? t("ring.lastCalls", { name: facts.shortName })
          : t("ring.firstCall", { name: facts.shortName })}
      </h3>
      <ul class="last-calls">
        {facts.history.slice(0, 3).map((call) => {
          const way = wayIcon(call);
          return (
            <li key={call.sid}>
              <span class="quiet">{shortWhen(call.start_time, now)}</span>
              <span class={`way way-${way}`}>
                <Icon name={way} size={18} />
              </span>
              <span>
                {pastCallSentence(call)}
                <PastNote call={call} />
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Others who ring here at the same time: they come up when this call is dealt with. */
export function AlsoCalling({ state, rings }: { state: State; rings: Ring[] }) {
  if (rings.length === 0) return null;
  return (
    <section class="also" aria-labelledby="also-calling">
      <h3 class="small-title" id="also-calling">
        {t("ring.also", { count: rings.length })}
      </h3>
      <ul>
        {rings.map((ring) => (
          <li key={ring.id}>
            <Timer since={ring.since} class="quiet" />
            <span>{callerFacts(state, ring.root, ring.hints).title}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
