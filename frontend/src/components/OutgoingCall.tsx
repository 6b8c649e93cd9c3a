/** Calling somebody: until they answer. */
import type { CallerFacts } from "../softphone/selectors";
import type { Dialling, Ring, State } from "../softphone/state";
import { shortWhen } from "../format";
import { pastCallSentence } from "../words";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { detailOf, Identity } from "./Identity";
import { AlsoCalling } from "./IncomingCall";
import { NoteButton } from "./NoteButton";
import { PastNote } from "./PastNote";
import { t } from "../i18n/i18n";
import { serverNow } from "../serverClock";

interface Props {
  state: State;
  dialling: Dialling;
  others: Ring[];
  facts: CallerFacts;
  onCancel(): void;
  onNote(): void;
}

export function OutgoingCall({ state, dialling, others, facts, onCancel, onNote }: Props) {
  const [last] = facts.history;
  const rings = dialling.state === "ringing";
  return (
    <CallLayout
      tone="ringing"
      identity={
        <Identity
          icon="out"
          word={
            rings ? t("out.ringing", { name: facts.shortName }) : t("out.calling", { name: facts.shortName })
          }
          facts={facts}
          detail={detailOf(
            facts.company,
            facts.place,
            dialling.line && t("out.theySee", { number: dialling.line.display }),
          )}
          since={dialling.since}
        />
      }
      notice={
        <>
          <Icon name="bell" size={18} /> {rings ? t("out.hear") : t("out.willHear")}
        </>
      }
      bar={
        <>
          <button type="button" class="button-hang-up" onClick={onCancel} data-focus="cancel">
            <Icon name="hang-up" /> {t("out.cancel")}
          </button>
          <NoteButton disabled={dialling.root === null || !state.lives[dialling.root]} onNote={onNote} />
        </>
      }
    >
      <dl class="facts">
        {last && (
          <div>
            <dt>{t("out.lastCall")}</dt>
            <dd>
              {shortWhen(last.start_time, serverNow())} · {pastCallSentence(last)}
              <PastNote call={last} />
            </dd>
          </div>
        )}
        {facts.contact?.note && (
          <div>
            <dt>{t("common.aboutThem")}</dt>
            <dd>{facts.contact.note}</dd>
          </div>
        )}
      </dl>
      <AlsoCalling state={state} rings={others} />
    </CallLayout>
  );
}
