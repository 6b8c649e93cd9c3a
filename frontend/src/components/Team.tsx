/** Who else is there: each with what they are now, since when, and why. Supervisors change it here. */
import { useState } from "preact/hooks";
import { minutes } from "../format";
import type { Availability, Presence, PresenceState } from "../messages";
import { isolated } from "../names";
import { presenceDetail, presenceWord } from "../words";
import { Icon } from "./Icon";
import { PresenceDot } from "./PresenceDot";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";

const ORDER: PresenceState[] = [
  "available",
  "on-call",
  "wrap-up",
  "busy",
  "away",
  "not-reachable",
  "offline",
];
const SETTABLE: Availability[] = ["available", "busy", "away", "offline"];

interface Props {
  team: Presence[];
  /** Of who may say what colleagues are; fails with a sentence. */
  onSet?: ((agent: number, availability: Availability) => Promise<void>) | undefined;
}

export function Team({ team, onSet }: Props) {
  const now = useNow(team.length > 0);
  const [problem, setProblem] = useState("");
  const sorted = [...team].sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.agent.name.localeCompare(b.agent.name),
  );
  return (
    <section aria-labelledby="team-title">
      <h2 class="side-title" id="team-title">
        {t("team.title")}
      </h2>
      {problem && (
        <p role="alert" class="small hint-wrong">
          {problem}
        </p>
      )}
      <div class="card team">
        {sorted.length === 0 && <p class="quiet">{t("team.alone")}</p>}
        <ul>
          {sorted.map((presence) => (
            <Member key={presence.agent.id} {...{ presence, now }}>
              {onSet && (
                <SetPresence
                  presence={presence}
                  onSet={(availability) => {
                    setProblem("");
                    onSet(presence.agent.id, availability).catch((error: Error) => setProblem(error.message));
                  }}
                />
              )}
            </Member>
          ))}
        </ul>
      </div>
      <p class="small quiet team-measured">{t("team.measured")}</p>
    </section>
  );
}

interface MemberProps {
  presence: Presence;
  now: number;
  children: preact.ComponentChildren;
}

function Member({ presence, now, children }: MemberProps) {
  const { agent, state, since } = presence;
  const detail = presenceDetail(presence, now);
  return (
    <li>
      <strong dir="auto" title={agent.name}>
        {isolated(agent.name)}
      </strong>
      {since && (
        <span class="team-since" title={t("team.since")}>
          {minutes((now - Date.parse(since)) / 1000)}
        </span>
      )}
      <span class="presence">
        <PresenceDot presence={state} /> {presenceWord(state)}
      </span>
      {detail && (
        <span class="team-detail quiet" title={detail}>
          {detail}
        </span>
      )}
      {children}
    </li>
  );
}

function SetPresence({ presence, onSet }: { presence: Presence; onSet(availability: Availability): void }) {
  return (
    <span class="select team-set">
      <select
        aria-label={t("team.set", { name: presence.agent.name })}
        value=""
        onChange={(event) => {
          const { value } = event.currentTarget;
          event.currentTarget.value = "";
          if (value) onSet(value as Availability);
        }}
      >
        <option value="">{t("team.setTo")}</option>
        {SETTABLE.map((availability) => (
          <option key={availability} value={availability}>
            {presenceWord(availability)}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" size={16} />
    </span>
  );
}
