/** What is asked and set over the whole desk. */
import type { ComponentChildren } from "preact";
import type { PreferenceStore } from "../adapters/preferences";
import type { WebPush } from "../adapters/webPush";
import type { Config } from "../config";
import type { Api, AudioDevices } from "../ports";
import type { ScreenModules, Screens } from "../screens/screens";
import { Dialog } from "./Dialog";
import { Later } from "./Later";
import { SignOutDialog } from "./SignOutDialog";
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
  /** Who is on the line; null: nobody, and nothing is asked before signing out. */
  caller: string | null;
  /** The caller waits while a colleague is asked: one press ends no such call. */
  consults: boolean;
  hangUp(): void;
  onClose(): void;
}

export function DeskDialog(props: Props) {
  const { dialog, api, config, audio, preferences, webPush, shortcuts, caller } = props;
  const { microphoneAllowed, consults, hangUp, onClose } = props;
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
      return caller === null ? null : (
        <SignOutDialog {...{ config, consults, onClose }} name={caller} onHangUp={hangUp} />
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
