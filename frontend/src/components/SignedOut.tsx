/** In the desk's place when the session has ended: nothing of any customer stays on this screen. */
import { Brand, Icon } from "./Icon";
import { t } from "../i18n/i18n";

export function SignedOut({ message, loginUrl }: { message: string; loginUrl: string }) {
  // The title says as much already.
  const why = message === t("signedOut.message") ? t("signedOut.again") : message;
  return (
    <main class="signed-out">
      <p class="brand">
        <Brand /> <span>Ringdesk</span>
      </p>
      <div class="card signed-out-card">
        <Icon name="alert" size={28} />
        <h1>{t("signedOut.title")}</h1>
        <p>
          {why} {t("signedOut.until")}
        </p>
        <a class="button-accent" href={loginUrl}>
          {t("common.signIn")}
        </a>
      </div>
    </main>
  );
}
