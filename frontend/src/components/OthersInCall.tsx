/** Who else is in the call: each can be put on hold, muted, and taken out of it. */
import type { Participant } from "../messages";
import type { CallAct } from "../softphone/control";
import { partyName } from "../softphone/room";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

interface Props {
  others: Participant[];
  /** Something has been asked for, and is not done yet. */
  waits: boolean;
  onAct(act: CallAct): void;
}

export function OthersInCall({ others, waits, onAct }: Props) {
  if (others.length === 0) return null;
  return (
    <section class="panel others" aria-labelledby="others-title">
      <h3 id="others-title">{t("others.title")}</h3>
      <ul>
        {others.map((party) => (
          <Other key={party.leg} {...{ party, waits, onAct }} />
        ))}
      </ul>
    </section>
  );
}

function Other({ party, waits, onAct }: { party: Participant } & Omit<Props, "others">) {
  const { leg, state, held, muted } = party;
  const name = partyName(party);
  const calling = state === "calling";
  const act = (what: CallAct) => () => !waits && onAct(what);
  return (
    <li>
      <div>
        <strong dir="auto" title={name}>
          {name}
        </strong>
        <span class="quiet">{stateOf(party)}</span>
      </div>
      {!calling && (
        <>
          <button
            type="button"
            class="icon-button call-button-hold"
            aria-label={t("others.holdName", { name })}
            aria-pressed={held}
            aria-disabled={waits}
            onClick={act({ do: "change", leg, change: { hold: !held } })}
          >
            <Icon name="pause" size={18} />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={t("others.muteName", { name })}
            aria-pressed={muted}
            aria-disabled={waits}
            onClick={act({ do: "change", leg, change: { muted: !muted } })}
          >
            <Icon name={muted ? "mic-off" : "mic"} size={18} />
          </button>
        </>
      )}
      <button
        type="button"
        class="icon-button others-remove"
        aria-label={t("others.remove", { name })}
        aria-disabled={waits}
        onClick={act({ do: "remove", leg })}
      >
        <Icon name="close" size={18} />
      </button>
    </li>
  );
}

function stateOf({ state, held, muted }: Participant): string {
  if (state === "calling") return t("others.calling");
  if (held) return t("hold.onHold");
  return muted ? t("others.muted") : t("others.in");
}
