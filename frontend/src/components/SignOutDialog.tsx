/** Signing out during a call: who would lose it is named, and the button that keeps the call has focus. */
import type { Config } from "../config";
import { Dialog } from "./Dialog";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";

interface Props {
  config: Pick<Config, "csrfToken" | "urls">;
  name: string;
  /** The caller waits until it is settled who is to have the call. */
  consults: boolean;
  onHangUp(): void;
  onClose(): void;
}

export function SignOutDialog({ config, name, consults, onHangUp, onClose }: Props) {
  if (consults)
    return (
      <Dialog title={t("signOut.title")} onClose={onClose}>
        <p>{rich("signOut.consults", { name: <bdi>{name}</bdi> })}</p>
        <div class="dialog-buttons">
          <button type="button" class="button-plain" autofocus onClick={onClose}>
            {t("signOut.back")}
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t("signOut.title")} onClose={onClose}>
      <p>{rich("signOut.text", { name: <bdi>{name}</bdi> })}</p>
      <form class="dialog-buttons" method="post" action={config.urls.logout}>
        <input type="hidden" name="csrfmiddlewaretoken" value={config.csrfToken} />
        <button type="button" class="button-plain" autofocus onClick={onClose}>
          {t("signOut.cancel")}
        </button>
        <button type="submit" class="button-reject" onClick={onHangUp}>
          {t("signOut.end")}
        </button>
      </form>
    </Dialog>
  );
}
