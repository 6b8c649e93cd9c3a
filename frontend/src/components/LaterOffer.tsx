/** The offer of notifications is no hurry: it is there once the settings are, which come when nothing else is to do. */
import type { PreferenceStore } from "../adapters/preferences";
import type { Screens } from "../screens/screens";
import { useStore } from "./useStore";

export function LaterOffer({ screens, preferences }: { screens: Screens; preferences: PreferenceStore }) {
  const screen = useStore(screens).settings;
  if (screen.state !== "ready") return null;
  const { NotificationOffer } = screen.module;
  return <NotificationOffer preferences={preferences} />;
}
