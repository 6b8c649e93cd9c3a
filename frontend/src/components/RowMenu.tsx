/** What else can be done about a call of the log. */
import { useState } from "preact/hooks";
import type { Call } from "../messages";
import { canBeCalled } from "../softphone/colleague";
import type { Correspondent } from "../threads/correspondent";
import type { ContactToOpen } from "./CallerTab";
import { Icon, type IconName } from "./Icon";
import { Menu } from "./Menu";
import { t } from "../i18n/i18n";

interface Props {
  call: Call;
  /** Whose call it was, as the row says it. */
  title: string;
  canDial: boolean;
  /** To whom a text would go. */
  whom: Correspondent | null;
  onCall(call: Call): void;
  onOpen(call: Call): void;
  onText(whom: Correspondent): void;
  onContact(contact: ContactToOpen): void;
}

export function RowMenu({ call, title, canDial, whom, onCall, onOpen, onText, onContact }: Props) {
  const [open, setOpen] = useState(false);
  const { party, contact } = call;
  const known = party.number.startsWith("+");
  return (
    <div class="row-menu">
      <Menu
        label={t("log.more", { name: title })}
        buttonClass="icon-button row-more"
        focusId={`row-more-${call.sid}`}
        open={open}
        onOpen={setOpen}
        face={<Icon name="list" />}
      >
        <Choice icon="list" text={t("log.openCall")} onClick={() => onOpen(call)} />
        {canBeCalled(party.number) && canDial && (
          <Choice icon="phone" text={t("common.call")} onClick={() => onCall(call)} />
        )}
        {whom && <Choice icon="message" text={t("common.text")} onClick={() => onText(whom)} />}
        {contact && (
          <Choice icon="person" text={t("contact.open")} onClick={() => onContact({ id: contact.id })} />
        )}
        {!contact && known && (
          <Choice
            icon="plus"
            text={t("contact.addCaller")}
            onClick={() => onContact({ number: party.number, name: party.name })}
          />
        )}
      </Menu>
    </div>
  );
}

function Choice({ icon, text, onClick }: { icon: IconName; text: string; onClick(): void }) {
  return (
    // After the menu has given focus back to its button: there it returns to from what was opened.
    <button type="button" role="menuitem" tabIndex={-1} onClick={() => setTimeout(onClick)}>
      <Icon name={icon} size={18} /> <span>{text}</span>
    </button>
  );
}
