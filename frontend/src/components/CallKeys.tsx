/** The keys of a call: what can be pressed in it, and what has been. */
import type { CallAct } from "../softphone/control";
import type { Conversation, State } from "../softphone/state";
import { callKeys } from "../softphone/room";
import { Icon, type IconName } from "./Icon";
import type { CallPanel } from "./useCallPanels";
import { t } from "../i18n/i18n";

interface Props {
  state: State;
  talk: Conversation;
  panel: CallPanel | null;
  onMute(muted: boolean): void;
  onPanel(panel: CallPanel | null): void;
  onAct(act: CallAct): void;
}

export function CallKeys({ state, talk, panel, onMute, onPanel, onAct }: Props) {
  const keys = callKeys(state);
  const opens = (name: "keypad" | "transfer", id: string, isOn: boolean, icon: IconName, word: string) => (
    <button
      type="button"
      class="call-button"
      aria-expanded={panel === name}
      aria-controls={id}
      aria-disabled={!isOn}
      onClick={() => isOn && onPanel(panel === name ? null : name)}
      data-focus={name}
    >
      <Icon name={icon} /> {word}
    </button>
  );
  return (
    <div class={panel === "transfer" ? "call-buttons call-buttons-covered" : "call-buttons"}>
      <button
        type="button"
        class="call-button"
        aria-pressed={talk.muted}
        onClick={() => onMute(!talk.muted)}
        data-focus="mute"
      >
        <Icon name={talk.muted ? "mic-off" : "mic"} /> {t("call.mute")}
      </button>
      <button
        type="button"
        class="call-button call-button-hold"
        aria-pressed={keys.held}
        aria-busy={keys.holding}
        aria-disabled={!keys.hold}
        onClick={() => keys.hold && onAct({ do: keys.held ? "resume" : "hold" })}
        data-focus="hold"
      >
        <Icon name="pause" /> {t("hold.key")}
      </button>
      {opens("keypad", "tones", keys.keypad, "keypad", t("common.keypad"))}
      {!keys.internal && opens("transfer", "transfer", keys.transfer, "transfer", t("transfer.key"))}
    </div>
  );
}
