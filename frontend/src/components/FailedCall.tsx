/** The call came to nothing, or was not made: why, and what to do about it. */
import { useEffect, useState } from "preact/hooks";
import { clock } from "../format";
import type { Api, NumberCheck } from "../ports";
import { canBeCalled } from "../softphone/colleague";
import type { CallerFacts } from "../softphone/selectors";
import type { Ending, Hints } from "../softphone/state";
import { CallAnyway } from "./CallAnyway";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { detailOf, Identity } from "./Identity";
import { understand } from "./useNumberCheck";
import { t } from "../i18n/i18n";

type Failed = Extract<Ending, { kind: "failed" }>;

interface Props {
  ending: Failed;
  facts: CallerFacts;
  api: Pick<Api, "checkNumber" | "colleagues" | "contacts" | "overrideCall">;
  canDial: boolean;
  onClose(): void;
  onEdit(): void;
  onRetry(): void;
  /** All the same, with a reason that was given. */
  onDial(hints: Hints): void;
}

export function FailedCall({ ending, facts, api, canDial, onClose, onEdit, onRetry, onDial }: Props) {
  const remedy = useRemedy(ending, api);
  const isFirst = remedy === "nothing" || remedy === null;
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
        remedy && (
          <>
            <Icon name="help" size={18} /> {t(`failed.helps.${remedy}`)}
          </>
        )
      }
      bar={
        <>
          <button
            type="button"
            class={isFirst ? "button-accent" : "button-plain"}
            onClick={onClose}
            {...(isFirst && { "data-focus": "failed" })}
          >
            {t("common.close")}
          </button>
          {remedy === "edit" && (
            <button type="button" class="button-accent" onClick={onEdit} data-focus="failed">
              {t("failed.edit")}
            </button>
          )}
          {remedy === "again" && (
            <button
              type="button"
              class="button-accent"
              onClick={onRetry}
              disabled={!canDial || !canBeCalled(ending.hints.number)}
              data-focus="failed"
            >
              {t("common.tryAgain")}
            </button>
          )}
        </>
      }
    >
      <h3 class="failed-title">{ending.message}</h3>
      {remedy === "edit" && facts.display && <p>{t("failed.number", { number: facts.display })}</p>}
      {remedy === "override" && (
        <CallAnyway hints={ending.hints} focus="failed" {...{ api, canDial, onDial }} />
      )}
      {ending.code !== null && <p class="small quiet">{t("failed.code", { code: String(ending.code) })}</p>}
    </CallLayout>
  );
}

type Shown = "again" | "edit" | "nothing" | "override";

/** Null until the server has said what it forbids. */
function useRemedy({ remedy, check, hints, line }: Failed, api: Props["api"]): Shown | null {
  const [found, setFound] = useState<Shown | null>(null);
  const known = remedy === "ask-server" ? check && remedyOf(check) : remedy;
  useEffect(() => {
    if (known) return undefined;
    let current = true;
    void understand(api, hints.number, line?.id ?? null).then((entry) => {
      if (current) setFound("check" in entry ? remedyOf(entry.check) : "nothing");
    });
    return () => {
      current = false;
    };
  }, [api, known, hints.number, line?.id]);
  return known ?? found;
}

/** A number that nothing forbids was refused by the network: it is the number that is wrong. */
function remedyOf({ valid, display, may_override }: NumberCheck): Shown {
  if (valid || display === null) return "edit";
  return may_override ? "override" : "nothing";
}
