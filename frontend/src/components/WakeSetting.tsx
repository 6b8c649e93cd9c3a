/** Whether this browser is woken for a caller when no desk answers; in words, why not. */
import { useEffect, useState } from "preact/hooks";
import type { PreferenceStore } from "../adapters/preferences";
import type { WebPush, WebPushState } from "../adapters/webPush";
import { Switch } from "./Switch";
import { useStore } from "./useStore";
import { t } from "../i18n/i18n";

export function WakeSetting({ webPush, preferences }: { webPush: WebPush; preferences: PreferenceStore }) {
  const { hidesNames } = useStore(preferences);
  const [state, setState] = useState<WebPushState | null>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => void webPush.state().then(setState), [webPush]);

  function change(work: Promise<WebPushState>): void {
    setFailed("");
    work.then(setState).catch((error: unknown) => {
      setFailed(t("wake.failed", { problem: error instanceof Error ? error.message : "" }));
    });
  }

  if (state === null) return null;
  const cannot = state === "unsupported" || state === "unset" || state === "blocked";
  return (
    <>
      {!cannot && (
        <Switch
          label={t("wake.label")}
          on={state === "on"}
          onChange={(on) => change(on ? webPush.allow(hidesNames) : webPush.end())}
        />
      )}
      {cannot && <p class="small quiet">{t(`wake.${state}`)}</p>}
      {state === "on" && (
        <Switch
          label={t("wake.hidesNames")}
          on={hidesNames}
          onChange={(hides) => {
            // What the server did not take is not what it does.
            const kept = webPush.allow(hides).then((now) => {
              if (now === "on") preferences.set({ hidesNames: hides });
              return now;
            });
            change(kept);
          }}
        />
      )}
      {failed && (
        <p role="alert" class="small hint-wrong">
          {failed}
        </p>
      )}
    </>
  );
}
