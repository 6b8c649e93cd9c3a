/** Switches noise suppression on and off in a call; and says when it does not work. */
import type { State } from "../softphone/state";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

interface Props {
  state: State;
  /** What the agent chose. */
  suppresses: boolean;
  onSuppress(on: boolean): void;
}

export function NoiseKey({ state: { noise }, suppresses, onSuppress }: Props) {
  const failed = suppresses && noise === "failed";
  const on = suppresses && !failed;
  return (
    <>
      <button
        type="button"
        class="small-button noise-key"
        aria-pressed={on}
        aria-busy={on && noise === "starting"}
        onClick={() => onSuppress(!on)}
        data-focus="noise"
      >
        <Icon name={on ? "check" : "noise"} size={16} /> {t("noise.key")}
      </button>
      {failed && (
        <p class="small hint-wrong" role="alert">
          {t("noise.failed")}
        </p>
      )}
    </>
  );
}
