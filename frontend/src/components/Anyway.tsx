/** What a rule forbids may be done all the same by some: once, and with a reason that is kept. */
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

const LONGEST = 255;

interface Props {
  id: string;
  /** "Call anyway" or "Send anyway". */
  label: string;
  reason: string;
  busy: boolean;
  /** Why it did not go. */
  problem?: string;
  /** By what name focus finds the field. */
  focus?: string | undefined;
  onReason(reason: string): void;
  onGo(): void;
}

export function Anyway({ id, label, reason, busy, problem, focus, onReason, onGo }: Props) {
  const waits = busy || !reason.trim();
  return (
    <div class="anyway">
      <label for={id}>{t("anyway.reason")}</label>
      <div class="anyway-row">
        <input
          id={id}
          data-focus={focus}
          type="text"
          maxLength={LONGEST}
          autocomplete="off"
          value={reason}
          onInput={(event) => onReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.isComposing) return;
            // Where it stands in another form, Enter means something else there.
            event.preventDefault();
            if (!waits) onGo();
          }}
        />
        <button type="button" class="small-button" aria-disabled={waits} onClick={() => !waits && onGo()}>
          {label}
        </button>
      </div>
      {problem && (
        <p class="hint hint-wrong" role="alert">
          <Icon name="alert" size={16} /> <span>{problem}</span>
        </p>
      )}
    </div>
  );
}
