/** Who supervises the call, for the agent who talks: by name, and who hears it. */
import type { Participant } from "../messages";
import { firstName } from "../names";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";

interface Props {
  supervisors: Participant[];
  /** The other party, in a sentence. */
  customer: string;
}

export function Supervisors({ supervisors, customer }: Props) {
  if (supervisors.length === 0) return null;
  return (
    <ul class="supervisors" aria-label={t("supervisors.title")}>
      {supervisors.map(({ leg, name, mode }) => (
        <li key={leg}>
          <Icon name={mode === "listen" ? "headset" : mode === "whisper" ? "message" : "people"} size={18} />
          <span>{sentenceOf(mode, firstName(name), customer)}</span>
        </li>
      ))}
    </ul>
  );
}

function sentenceOf(mode: Participant["mode"], name: string, customer: string) {
  if (mode === "listen") return rich("supervisors.listen", { name });
  return mode === "whisper"
    ? rich("supervisors.whisper", { name, customer })
    : rich("supervisors.join", { name });
}
