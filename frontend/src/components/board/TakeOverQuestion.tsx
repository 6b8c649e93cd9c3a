/** Before a call is taken from a colleague. The button that leaves it there has focus. */
import { t } from "../../i18n/i18n";
import { Dialog } from "../Dialog";

interface Props {
  /** In sentences. */
  name: string;
  customer: string;
  onTake(): void;
  onClose(): void;
}

export function TakeOverQuestion({ name, customer, onTake, onClose }: Props) {
  return (
    <Dialog title={t("supervise.question", { name })} onClose={onClose}>
      <p>{t("supervise.questionText", { name, customer })}</p>
      <div class="dialog-buttons">
        <button type="button" class="button-plain" autofocus onClick={onClose}>
          {t("supervise.keep", { name })}
        </button>
        <button
          type="button"
          class="button-accent"
          onClick={() => {
            onClose();
            onTake();
          }}
        >
          {t("supervise.take-over")}
        </button>
      </div>
    </Dialog>
  );
}
