/** What is asked and set over the whole desk. */
import type { PreferenceStore } from "../adapters/preferences";
import type { WebPush } from "../adapters/webPush";
import type { Config } from "../config";
import type { Api, AudioDevices } from "../ports";
import { SettingsDialog } from "./SettingsDialog";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { SignOutDialog } from "./SignOutDialog";

export type DialogName = "settings" | "shortcuts" | "sign-out";

interface Props {
  dialog: DialogName | null;
  api: Api;
  config: Config;
  audio: AudioDevices;
  preferences: PreferenceStore;
  webPush: WebPush;
  microphoneAllowed: boolean;
  /** Whether single keys are shortcuts. */
  shortcuts: boolean;
  /** Who is on the line; null: nobody, and nothing is asked before signing out. */
  caller: string | null;
  hangUp(): void;
  onClose(): void;
}

export function DeskDialog(props: Props) {
  const { dialog, api, config, audio, preferences, webPush, shortcuts, caller } = props;
  const { microphoneAllowed, hangUp, onClose } = props;
  switch (dialog) {
    case "settings":
      return <SettingsDialog {...{ api, config, audio, preferences, webPush, microphoneAllowed, onClose }} />;
    case "sign-out":
      return caller === null ? null : (
        <SignOutDialog config={config} name={caller} onHangUp={hangUp} onClose={onClose} />
      );
    case "shortcuts":
      return (
        <ShortcutsDialog
          on={shortcuts}
          onToggle={(on) => preferences.set({ shortcuts: on })}
          onClose={onClose}
        />
      );
    default:
      return null;
  }
}
