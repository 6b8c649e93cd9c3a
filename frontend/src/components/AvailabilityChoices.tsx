/** What stands in the availability's menu: who set it, the states, the reasons for being away, and finishing for today. */
import { useState } from "preact/hooks";
import { clock } from "../format";
import type { Availability, AwayReason, Presence } from "../messages";
import { isolated } from "../names";
import type { SoftphoneEvent } from "../softphone/events";
import { setByOthers } from "../softphone/announcements";
import {
  type Away,
  backTimes,
  CHOICES,
  stillAhead,
  isSetByOthers,
  mine,
  wrapUp,
} from "../softphone/presence";
import type { State } from "../softphone/state";
import { awaySentence, presenceWord } from "../words";
import { Icon } from "./Icon";
import { PresenceDot } from "./PresenceDot";
import { t } from "../i18n/i18n";
import { serverNow } from "../serverClock";

interface Props {
  state: State;
  onChoose(event: SoftphoneEvent): void;
}

export function AvailabilityChoices({ state, onChoose }: Props) {
  const canChoose = state.desk.state === "open";
  const now = mine(state);
  return (
    <>
      {isSetByOthers(state) && now && (
        <p class="menu-told">
          <Icon name="alert" size={18} />
          <span>
            <strong>{setByOthers(state)}</strong>{" "}
            {now.set_at && t("presence.setAt", { time: clock(now.set_at) })}
          </span>
        </p>
      )}
      <PresenceChoices
        now={{ reason: "", back_at: null, ...now, availability: state.availability }}
        inWrapUp={wrapUp(state) !== null}
        reasons={state.awayReasons}
        own
        {...{ canChoose }}
        onChoose={(availability, { reason, backAt }) =>
          onChoose({ type: "agent.chose", availability, reason, backAt })
        }
      />
      {!canChoose && <p class="menu-note">{t("top.offline")}</p>}
    </>
  );
}

interface PresenceChoicesProps {
  /** What whoever it is about is now. */
  now: Pick<Presence, "availability" | "reason" | "back_at">;
  /** What is chosen counts from its end, or at once when it is chosen now: until then it is not so. */
  inWrapUp: boolean;
  reasons: AwayReason[];
  canChoose: boolean;
  /** Of whoever looks: where calls ring is said of this desk. */
  own?: boolean;
  onChoose(availability: Availability, away: Away): void;
}

/** The states, the reasons for being away, the time of return, and finishing: of oneself, or of an agent on the board. */
export function PresenceChoices({
  now,
  inWrapUp,
  reasons,
  canChoose,
  own = false,
  onChoose,
}: PresenceChoicesProps) {
  const { availability } = now;
  const isAway = availability === "away";
  const [backAt, setBackAt] = useState<string | null>(isAway ? stillAhead(now.back_at) : null);
  const choose = (choice: Availability, reason: AwayReason | null = null, back = backAt) =>
    canChoose && onChoose(choice, { reason, backAt: back });
  const current = isAway ? (reasons.find((reason) => reason.name === now.reason) ?? null) : null;
  const about = (choice: Availability) => {
    const isChosen = availability === choice;
    if (isChosen && isAway && awaySentence(now)) return awaySentence(now);
    if (isChosen && inWrapUp) return t("choice.afterWrapUp");
    return own && t(`choice.${choice}`);
  };
  const checked = inWrapUp ? null : availability;
  return (
    <>
      {CHOICES.map((choice) => (
        <Choice key={choice} checked={checked === choice} {...{ canChoose }} onChoose={() => choose(choice)}>
          <PresenceDot presence={choice} />
          <span>
            <strong>{presenceWord(choice)}</strong> {about(choice)}
          </span>
          {checked === choice && <Icon name="check" size={18} />}
        </Choice>
      ))}
      <div role="group" aria-label={t("menu.reasons")} class="menu-reasons">
        {reasons.map((reason) => (
          <Choice
            key={reason.id}
            checked={checked === "away" && current?.id === reason.id}
            {...{ canChoose }}
            onChoose={() => choose("away", reason)}
          >
            <span class="menu-radio" aria-hidden="true" />
            <span>
              <strong dir="auto">{isolated(reason.name)}</strong>
            </span>
          </Choice>
        ))}
      </div>
      <BackAt
        {...{ canChoose, backAt }}
        onBack={(back) => {
          setBackAt(back);
          // Who is away already needs no second press.
          if (isAway) choose("away", current, back);
        }}
      />
      <div class="menu-finish">
        <Choice checked={checked === "offline"} {...{ canChoose }} onChoose={() => choose("offline")}>
          <PresenceDot presence="offline" />
          <span>
            <strong>{own ? t("menu.finish") : presenceWord("offline")}</strong> {own && t("choice.offline")}
          </span>
          {checked === "offline" && <Icon name="check" size={18} />}
        </Choice>
      </div>
    </>
  );
}

interface ChoiceProps {
  checked: boolean;
  canChoose: boolean;
  onChoose(event: Event): void;
  class?: string;
  children: preact.ComponentChildren;
}

function Choice({ checked, canChoose, onChoose, children, class: name }: ChoiceProps) {
  return (
    <button
      type="button"
      class={name}
      role="menuitemradio"
      aria-checked={checked}
      aria-disabled={!canChoose}
      tabIndex={-1}
      onClick={onChoose}
    >
      {children}
    </button>
  );
}

interface BackAtProps {
  canChoose: boolean;
  backAt: string | null;
  onBack(backAt: string | null): void;
}

/** When the agent says to be back. The menu stays open: the reason comes after it, or came before. */
function BackAt({ canChoose, backAt, onBack }: BackAtProps) {
  const [from] = useState(() => serverNow());
  const times = backTimes(from);
  const all =
    backAt && !times.some((time) => Date.parse(time) === Date.parse(backAt)) ? [backAt, ...times] : times;
  const stay = (back: string | null) => (event: Event) => {
    event.stopPropagation();
    if (canChoose) onBack(back);
  };
  return (
    <div role="group" aria-label={t("menu.backAt")} class="menu-back">
      <p aria-hidden="true">{t("menu.backAt")}</p>
      <Choice class="chip" checked={backAt === null} {...{ canChoose }} onChoose={stay(null)}>
        {t("menu.backUnsaid")}
      </Choice>
      {all.map((time) => (
        <Choice
          class="chip"
          key={time}
          checked={backAt !== null && Date.parse(time) === Date.parse(backAt)}
          {...{ canChoose }}
          onChoose={stay(time)}
        >
          {clock(time)}
        </Choice>
      ))}
    </div>
  );
}
