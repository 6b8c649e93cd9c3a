/** Before a customer is handed over: who hears whom, and the ways on. */
import type { CallAct } from "../softphone/control";
import { isolated } from "../names";
import { type Consultation, partnerName, targetName, targetTitle } from "../softphone/room";
import type { CallerFacts } from "../softphone/selectors";
import { Icon } from "./Icon";
import { detailOf, Identity } from "./Identity";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";
import { byOurClock } from "../serverClock";

interface Props {
  consultation: Consultation;
  /** Of the customer. */
  facts: CallerFacts;
  /** Something has been asked for, and is not done yet. */
  waits: boolean;
  onAct(act: CallAct): void;
}

/** Who is talked to stands large, and whom it is about below. */
export function ConsultedIdentity({ consultation, facts }: Pick<Props, "consultation" | "facts">) {
  const { transfer, mine } = consultation;
  const name = partnerName(consultation);
  const title = mine ? targetTitle(transfer.to) : isolated(transfer.from?.name ?? "") || name;
  const calling = transfer.state === "calling";
  const waits = mine ? t("consult.waits", { name }) : t("hold.onHold");
  const talks = consultation.hears === "nobody" ? waits : t("consult.talking", { name });
  const { display } = transfer.to;
  return (
    <Identity
      icon="people"
      word={calling ? t("consult.calling", { name }) : talks}
      facts={{ title, display: mine && display !== title ? display : "" }}
      detail={detailOf(t("consult.about", { name: facts.title }), facts.display)}
      since={byOurClock(transfer.since)}
    />
  );
}

export function WhoHearsWhom({ consultation, facts, waits, onAct }: Props) {
  const { transfer, colleague, customer, hears, mine } = consultation;
  const other = partnerName(consultation);
  const [talks, waiting] = hears === "customer" ? [facts.shortName, other] : [other, facts.shortName];
  const calling = transfer.state === "calling";
  const swaps = !waits && !calling && colleague !== null && customer !== null;
  // That this agent hears it is said above.
  const music =
    hears === "nobody" ? (mine ? [talks, waiting] : []) : hears === "all" || calling ? [] : [waiting];
  const talkTo = (name: string) => {
    if (!swaps) return;
    const [hold, resume] = name === facts.shortName ? [colleague, customer] : [customer, colleague];
    onAct({ do: "swap", hold: hold.leg, resume: resume.leg });
  };
  return (
    <section class="panel hears" aria-labelledby="hears-title">
      <h3 id="hears-title">{t("consult.who")}</h3>
      <div class={hears === "all" ? "hears-row hears-all" : "hears-row"}>
        <span class="hears-one">{t("call.you")}</span>
        {hears !== "nobody" && (
          <>
            <Icon name="both" />
            <span class={calling ? "hears-one hears-rings" : "hears-one"}>
              {calling ? t("consult.rings", { name: other }) : talks}
            </span>
          </>
        )}
        {hears === "all" && (
          <>
            <Icon name="both" />
            <span class="hears-one">{waiting}</span>
          </>
        )}
      </div>
      {music.map((name) => (
        <p class="hears-music" key={name}>
          <Icon name="music" size={16} /> <span>{rich("consult.music", { name })}</span>
        </p>
      ))}
      {mine && hears !== "all" && (
        <div class="panel-acts">
          {(hears === "nobody" ? [facts.shortName, other] : [waiting]).map((name) => (
            <button
              type="button"
              class="button-plain"
              key={name}
              aria-disabled={!swaps}
              onClick={() => talkTo(name)}
            >
              <Icon name="transfer" size={18} /> {t("consult.talkTo", { name })}
            </button>
          ))}
          <button
            type="button"
            class="button-plain"
            aria-disabled={!swaps}
            onClick={() => swaps && onAct({ do: "merge" })}
          >
            <Icon name="people" size={18} /> {t("consult.all")}
          </button>
        </div>
      )}
    </section>
  );
}

export function WaysOn({ consultation, facts }: Pick<Props, "consultation" | "facts">) {
  const names = { customer: facts.shortName, colleague: targetName(consultation.transfer.to) };
  return (
    <dl class="facts ways-on">
      <div>
        <dt>{t("consult.handOver")}</dt>
        <dd>{t("consult.handOverText", names)}</dd>
      </div>
      <div>
        <dt>{t("consult.cancel")}</dt>
        <dd>{t("consult.cancelText", names)}</dd>
      </div>
    </dl>
  );
}

/** No Hang up: nobody is lost by a press in the wrong place. */
export function ConsultationBar({ consultation, waits, onAct }: Omit<Props, "facts">) {
  const ready = !waits && consultation.transfer.state === "consulting";
  return (
    <>
      <button
        type="button"
        class="button-plain"
        aria-disabled={waits}
        onClick={() => !waits && onAct({ do: "cancel-transfer" })}
      >
        {t("consult.cancel")}
      </button>
      <button
        type="button"
        class="button-accent"
        aria-disabled={!ready}
        onClick={() => ready && onAct({ do: "complete-transfer" })}
      >
        {t("consult.handOver")}
      </button>
    </>
  );
}
