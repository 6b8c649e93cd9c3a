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
  /** Whom alone a whisper is heard by, when that is a colleague; "": whoever looks. */
  agent: string;
  /** The other party hears music. */
  held: boolean;
}

export function Supervisors({ supervisors, ...who }: Props) {
  if (supervisors.length === 0) return null;
  return (
    <ul class="supervisors" aria-label={t("supervisors.title")}>
      {supervisors.map(({ leg, name, mode }) => (
        <li key={leg}>
          <Icon name={mode === "listen" ? "headset" : mode === "whisper" ? "message" : "people"} size={18} />
          <span>{sentenceOf(mode, firstName(name), who)}</span>
        </li>
      ))}
    </ul>
  );
}

function sentenceOf(mode: Participant["mode"], name: string, who: Omit<Props, "supervisors">) {
  const { customer, agent, held } = who;
  if (mode === "listen") return rich("supervisors.listen", { name });
  if (mode === "join") return rich(held ? "supervisors.joinHeld" : "supervisors.join", { name });
  return agent
    ? rich("supervisors.whisperTo", { name, agent })
    : rich("supervisors.whisper", { name, customer });
}
