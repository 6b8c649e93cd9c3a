/** Offers once to show a notification when a call rings and nobody looks at this page. */
import type { PreferenceStore } from "../adapters/preferences";
import { Icon } from "./Icon";
import { useStore } from "./useStore";
import { t } from "../i18n/i18n";

export function NotificationOffer({ preferences }: { preferences: PreferenceStore }) {
  const { notify, notifyOffered } = useStore(preferences);
  if (notify || notifyOffered || !("Notification" in globalThis)) return null;
  // Allowed or blocked already: the settings are the place to change it.
  if (Notification.permission !== "default") return null;

  async function allow(): Promise<void> {
    // The browser asks only after a press, so this one asks.
    const notify = (await Notification.requestPermission()) === "granted";
    preferences.set({ notify, notifyOffered: true });
  }

  return (
    <section class="inline-notice offer" aria-label={t("offer.label")}>
      <Icon name="bell" size={18} />
      <p>{t("offer.text")}</p>
      <button type="button" class="small-button" onClick={() => void allow()}>
        {t("offer.show")}
      </button>
      <button type="button" class="text-button" onClick={() => preferences.set({ notifyOffered: true })}>
        {t("offer.no")}
      </button>
    </section>
  );
}
