/** Why what was asked for came to nothing, where it was pressed. */
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

export function ProblemNotice({ text, onClose }: { text: string; onClose?: () => void }) {
  return (
    <div class="inline-notice inline-notice-hold">
      <Icon name="alert" size={18} />
      <p role="alert">{text}</p>
      {onClose && (
        <button type="button" class="icon-button" aria-label={t("ended.close")} onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      )}
    </div>
  );
}
