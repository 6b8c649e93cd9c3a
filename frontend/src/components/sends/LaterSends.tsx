/** Group sends, and what stands in their place until they are loaded. */
import { useEffect, useState } from "preact/hooks";
import type { ContactsApi, OwnField } from "../../contacts/ports";
import type { Screens } from "../../screens/screens";
import { t } from "../../i18n/i18n";
import { Later } from "../Later";
import { useStore } from "../useStore";
import type { SendsProps } from "./GroupSends";

interface Props extends Omit<SendsProps, "ownFields"> {
  screens: Screens;
  inCall: boolean;
  contactsApi: Pick<ContactsApi, "ownFields">;
}

export function LaterSends({ screens, inCall, contactsApi, ...sends }: Props) {
  const { mayWrite } = sends;
  const [ownFields, setOwnFields] = useState<OwnField[]>([]);
  useEffect(() => {
    if (mayWrite) contactsApi.ownFields().then(setOwnFields, () => undefined);
  }, [mayWrite, contactsApi]);
  const isThere = useStore(screens).sends.state === "ready";
  const screen = (
    <Later {...{ screens, inCall }} name="sends">
      {({ GroupSends }) => <GroupSends {...sends} ownFields={ownFields} />}
    </Later>
  );
  if (isThere) return screen;
  return (
    <section class="work sends" aria-label={t("sends.title")} tabIndex={-1}>
      <div class="sends-page">
        <h1 tabIndex={-1} data-home>
          {t("sends.title")}
        </h1>
        {screen}
      </div>
    </section>
  );
}
