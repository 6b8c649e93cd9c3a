/** The call came to nothing: why, and what to do about it. */
import { clock } from "../format";
import type { CallerFacts } from "../softphone/selectors";
import type { Ending } from "../softphone/state";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { detailOf, Identity } from "./Identity";
import { t } from "../i18n/i18n";

interface Props {
  ending: Extract<Ending, { kind: "failed" }>;
  facts: CallerFacts;
  canRetry: boolean;
  onClose(): void;
  onEdit(): void;
  onRetry(): void;
}

export function FailedCall({ ending, facts, canRetry, onClose, onEdit, onRetry }: Props) {
  return (
    <CallLayout
      tone="stop"
      identity={
        <Identity
          icon="alert"
          word={t("failed.title")}
          facts={facts}
          detail={detailOf(facts.company, facts.place, clock(ending.at))}
        />
      }
      notice={
        <>
          <Icon name="help" size={18} /> {ending.permanent ? t("failed.change") : t("failed.again")}
        </>
      }
      bar={
        <>
          <button type="button" class="button-plain" onClick={onClose}>
            {t("common.close")}
          </button>
          {ending.permanent ? (
            <button type="button" class="button-accent" onClick={onEdit} data-focus="failed">
              {t("failed.edit")}
            </button>
          ) : (
            <button
              type="button"
              class="button-accent"
              onClick={onRetry}
              disabled={!canRetry}
              data-focus="failed"
            >
              {t("common.tryAgain")}
            </button>
          )}
        </>
      }
    >
      <h3 class="failed-title">{ending.message}</h3>
      {ending.permanent && facts.display && <p>{t("failed.youCalled", { number: facts.display })}</p>}
      {ending.code !== null && <p class="small quiet">{t("failed.code", { code: String(ending.code) })}</p>}
    </CallLayout>
  );
}
