/** The action bar's way to the note. */
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

export function NoteButton({ disabled = false, onNote }: { disabled?: boolean; onNote(): void }) {
  return (
    <button type="button" class="button-plain" disabled={disabled} onClick={onNote}>
      <Icon name="pencil" /> {t("common.note")} <kbd aria-hidden="true">N</kbd>
    </button>
  );
}
