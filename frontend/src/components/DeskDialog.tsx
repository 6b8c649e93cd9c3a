/** What is asked and set over the whole desk. */
import type { ComponentChildren } from "preact";
import type { PreferenceStore } from "../adapters/preferences";
import type { WebPush } from "../adapters/webPush";
import type { Config } from "../config";
import type { Api, AudioDevices } from "../ports";
import type { ScreenModules, Screens } from "../screens/screens";
import type { SoftphoneEvent } from "../softphone/events";
import type { State } from "../softphone/state";
import { Dialog } from "./Dialog";
import { Later } from "./Later";
import { useStore } from "./useStore";
import { t } from "../i18n/i18n";

export type DialogName = "settings" | "shortcuts" | "sign-out";

interface Props {
  dialog: DialogName | null;
  api: Api;
  config: Config;
  audio: AudioDevices;
  preferences: PreferenceStore;
  webPush: WebPush;
  screens: Screens;
  inCall: boolean;
  microphoneAllowed: boolean;
  /** Whether single keys are shortcuts. */
  shortcuts: boolean;
  state: State;
  send(event: SoftphoneEvent): void;
  onClose(): void;
}

export function DeskDialog(props: Props) {
  const { dialog, api, config, audio, preferences, webPush, shortcuts } = props;
  const { microphoneAllowed, state, send, onClose } = props;
  switch (dialog) {
    case "settings":
      return (
        <LaterDialog {...props} title={t("top.settings")}>
          {({ SettingsDialog }) => (
            <SettingsDialog {...{ api, config, audio, preferences, webPush, microphoneAllowed, onClose }} />
          )}
        </LaterDialog>
      );
    case "sign-out":
      return (
        <LaterDialog {...props} title={t("top.signOut")}>
          {({ SignOutDialog }) => <SignOutDialog {...{ state, config, api, send, onClose }} />}
        </LaterDialog>
      );
    case "shortcuts":
      return (
        <LaterDialog {...props} title={t("top.shortcuts")}>
          {({ ShortcutsDialog }) => (
            <ShortcutsDialog
              on={shortcuts}
              onToggle={(on) => preferences.set({ shortcuts: on })}
              onClose={onClose}
            />
          )}
        </LaterDialog>
      );
    default:
      return null;
  }
}

interface LaterProps extends Pick<Props, "screens" | "inCall" | "onClose"> {
  title: string;
  children(module: ScreenModules["settings"]): ComponentChildren;
}

/** A dialog of its name until what is in it has come. */
function LaterDialog({ screens, inCall, title, onClose, children }: LaterProps) {
  const screen = useStore(screens).settings;
  if (screen.state === "ready") return <>{children(screen.module)}</>;
  return (
    <Dialog title={title} onClose={onClose}>
      <Later {...{ screens, inCall }} name="settings">
        {() => null}
      </Later>
    </Dialog>
  );
}
