/** What became of the last call, and of one that this page lost. */
import { minutes } from "../format";
import { endingSentence } from "../softphone/announcements";
import { callerFacts, lastEnding } from "../softphone/selectors";
import type { Ending, State } from "../softphone/state";
import type { Call } from "../messages";
import { partyTitle } from "../words";
import { Icon } from "./Icon";

const NOBODY = { number: "", display: "", name: "", place: "", line: "" };

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
              Your call with {callerFacts(state, sid, NOBODY).title} could not be ended. {problem}
            </p>
          ) : (
            <p>
              Your call with {callerFacts(state, sid, NOBODY).title} is not in this page. It is in another
              tab, or it ended when the page was loaded again.
            </p>
          )}
          <button type="button" class="small-button" onClick={() => onEndOrphan(sid)}>
            {problem ? "Try again" : "End it"}
          </button>
        </div>
      ))}
      {cutOff && cutOff.result !== "" && (
        <div class="inline-notice inline-notice-hold" role="group" aria-label="Call that was cut off">
          <Icon name="alert" size={18} />
          <p>
            Your call with <bdi>{partyTitle(cutOff)}</bdi> was cut off when the page was closed or loaded
            again.
          </p>
          {cutOff.party.number.startsWith("+") && (
            <button type="button" class="small-button" disabled={!canDial} onClick={() => onCallBack(cutOff)}>
              Call back
            </button>
          )}
          <button type="button" class="icon-button" aria-label="Close this message" onClick={onCloseCutOff}>
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
      {ending && ending.kind !== "failed" && (
        <div class="inline-notice">
          <Icon name={iconOf(ending)} size={18} />
          <p>{sentenceOf(state, ending)}</p>
          <button type="button" class="icon-button" aria-label="Close this message" onClick={onClose}>
            <Icon name="close" size={16} />
          </button>
        </div>
      )}
    </>
  );
}

function iconOf(ending: Ending): "check" | "missed" | "phone" {
  if (ending.kind === "ended") return "check";
  return ending.kind === "withdrawn" && ending.reason === "answered-elsewhere" ? "phone" : "missed";
}

function sentenceOf(state: State, ending: Ending): string {
  if (ending.kind !== "ended") return endingSentence(state, ending);
  const { title } = callerFacts(state, ending.root, ending.hints);
  return `Call with ${title} ended, ${minutes(ending.seconds)}.`;
}
