/** Asks the supervisors for help, and takes that back. */
import type { CallAct } from "../softphone/control";
import { callKeys } from "../softphone/room";
import type { State } from "../softphone/state";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

interface Props {
  state: State;
  onAct(act: CallAct): void;
}

export function HelpKey({ state, onAct }: Props) {
  const { helps, help, helpAsked } = callKeys(state);
  if (!helps) return null;
  return (
    <button
      type="button"
      class="small-button help-key"
      aria-pressed={helpAsked}
      aria-disabled={!help}
      onClick={() => help && onAct({ do: "help", wanted: !helpAsked })}
      data-focus="help"
    >
      <Icon name="help" size={16} /> {helpAsked ? t("help.asked") : t("help.ask")}
    </button>
  );
}
