/** The call came to nothing: why, and what to do about it. */
import { clock } from "../format";
import type { CallerFacts } from "../softphone/selectors";
import type { Ending } from "../softphone/state";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { detailOf, Identity } from "./Identity";

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
          word="Not connected"
          facts={facts}
          detail={detailOf(facts.company, facts.place, clock(ending.at))}
        />
      }
      notice={
        <>
          <Icon name="help" size={18} />{" "}
          {ending.permanent ? "The number must be changed first." : "Calling again may work."}
        </>
      }
      bar={
        <>
          <button type="button" class="button-plain" onClick={onClose}>
            Close
          </button>
          {ending.permanent ? (
            <button type="button" class="button-accent" onClick={onEdit} data-focus="failed">
              Edit number
            </button>
          ) : (
            <button
              type="button"
              class="button-accent"
              onClick={onRetry}
              disabled={!canRetry}
              data-focus="failed"
            >
              Try again
            </button>
          )}
        </>
      }
    >
      <h3 class="failed-title">{ending.message}</h3>
      {ending.permanent && facts.display && <p>You called {facts.display}. It may have a wrong digit.</p>}
      {ending.code !== null && <p class="small quiet">Details for your admin: Twilio {ending.code}</p>}
    </CallLayout>
  );
}
