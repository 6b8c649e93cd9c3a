/** Before a call is taken from a colleague. The button that leaves it there has focus. */
import { t } from "../../i18n/i18n";
import { Question } from "../Question";

interface Props {
  /** In sentences. */
  name: string;
  customer: string;
  onTake(): void;
  onClose(): void;
}

export function TakeOverQuestion({ name, customer, onTake, onClose }: Props) {
  return (
    <Question
      title={t("supervise.question", { name })}
      text={t("supervise.questionText", { name, customer })}
      keep={t("supervise.keep", { name })}
      act={t("supervise.take-over")}
      onAct={onTake}
      onClose={onClose}
    />
  );
}
