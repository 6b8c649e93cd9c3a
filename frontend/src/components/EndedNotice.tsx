/** What became of the last call, and of one that this page lost. */
import { minutes } from "../format";
import { endingSentence } from "../softphone/announcements";
import { canBeCalled } from "../softphone/colleague";
import { callerFacts, lastEnding, NOBODY } from "../softphone/selectors";
import type { Ending, State } from "../softphone/state";
import type { Call } from "../messages";
import { partyTitle } from "../words";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";

interface Props {
  state: State;
  canDial: boolean;
  onClose(): void;
  onCallBack(call: Call): void;
  onCloseCutOff(): void;
  onEndOrphan(sid: string): void;
}

export function EndedNotice({ state, canDial, onClose, onCallBack, onCloseCutOff, onEndOrphan }: Props) {
  const { orphans, cutOff } = state;
  const ending = lastEnding(state);
  return (
    <>
      {orphans.map(({ sid, problem }) => (
        <div class="inline-notice inline-notice-hold" key={sid}>
          <Icon name="alert" size={18} />
          {problem ? (
            <p role="alert">
              {t("ended.orphanProblem", { name: callerFacts(state, sid, NOBODY).title, problem })}
            </p>
          ) : (
            <p>{t("ended.orphan", { name: callerFacts(state, sid, NOBODY).title })}</p>
          )}
          <button type="button" class="small-button" onClick={() => onEndOrphan(sid)}>
            {problem ? t("common.tryAgain") : t("ended.endIt")}
          </button>
        </div>
      ))}
      {cutOff && cutOff.result !== "" && (
        <div class="inline-notice inline-notice-hold" role="group" aria-label={t("ended.cutOffLabel")}>
          <Icon name="alert" size={18} />
          <p>{rich("ended.cutOff", { name: <bdi>{partyTitle(cutOff)}</bdi> })}</p>
          {canBeCalled(cutOff.party.number) && (
            <button type="button" class="small-button" disabled={!canDial} onClick={() => onCallBack(cutOff)}>
              {t("ended.callBack")}
            </button>
          )}
          <button type="button" class="icon-button" aria-label={t("ended.close")} onClick={onCloseCutOff}>
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
      {ending && ending.kind !== "failed" && (
        <div class="inline-notice">
          <Icon name={iconOf(ending)} size={18} />
          <p>{sentenceOf(state, ending)}</p>
          <button type="button" class="icon-button" aria-label={t("ended.close")} onClick={onClose}>
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
    </>
  );
}

function iconOf(ending: Ending): "alert" | "check" | "missed" | "phone" {
  if (ending.kind === "supervised") return ending.how === "problem" ? "alert" : "check";
  if (ending.kind === "ended") return "check";
  return ending.kind === "withdrawn" && ending.reason === "answered-elsewhere" ? "phone" : "missed";
}

function sentenceOf(state: State, ending: Ending): string {
  if (ending.kind !== "ended") return endingSentence(state, ending);
  const { title } = callerFacts(state, ending.root, ending.hints);
  const { handedTo, takenOver } = ending;
  if (takenOver) return takenOver;
  if (ending.movedOn) return t("move.movedOn");
  if (handedTo) return t("ended.handedOn", { name: title, to: handedTo, length: minutes(ending.seconds) });
  if (ending.goesOn) return t("ended.goesOn");
  return t("ended.with", { name: title, length: minutes(ending.seconds) });
}
