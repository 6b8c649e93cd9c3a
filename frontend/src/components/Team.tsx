/** Who else is there. */
import type { Presence, PresenceState } from "../messages";
import { presenceWord } from "../words";
import { PresenceDot } from "./TopBar";
import { t } from "../i18n/i18n";

const ORDER: PresenceState[] = ["available", "on-call", "busy", "away", "not-reachable"];

export function Team({ team }: { team: Presence[] }) {
  const sorted = [...team].sort(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.agent.name.localeCompare(b.agent.name),
  );
  return (
    <section aria-labelledby="team-title">
      <h2 class="side-title" id="team-title">
        {t("team.title")}
      </h2>
      <div class="card team">
        {sorted.length === 0 && <p class="quiet">{t("team.alone")}</p>}
        <ul>
          {sorted.map(({ agent, state }) => (
            <li key={agent.id}>
              <strong>{agent.name}</strong>
              <span class="presence">
                <PresenceDot presence={state} /> {presenceWord(state)}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
