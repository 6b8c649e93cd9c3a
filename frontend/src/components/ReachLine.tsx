/** "Can I be reached?" in one sentence, always in the same place. */
import type { Presence } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import type { Reach } from "../softphone/reach";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

interface Props {
  reach: Reach;
  team: Presence[];
  loginUrl: string;
  send(event: SoftphoneEvent): void;
}

export function ReachLine({ reach, team, loginUrl, send }: Props) {
  const { remedy } = reach;
  return (
    <section class={`reach reach-${reach.tone}`} aria-label={t("app.reach")}>
      <Icon name={reach.icon} size={18} />
      <p class="reach-text">
        <strong>{reach.title}</strong> <span>{reach.text}</span>
      </p>
      {remedy && "event" in remedy && (
        <button type="button" class="remedy" onClick={() => send(remedy.event)}>
          {remedy.label}
        </button>
      )}
      {remedy && "link" in remedy && (
        <a class="remedy" href={loginUrl}>
          {remedy.label}
        </a>
      )}
      {/* Any press lets the browser sound: this button needs to do no more. */}
      {remedy && !("event" in remedy) && !("link" in remedy) && (
        <button type="button" class="remedy">
          {remedy.label}
        </button>
      )}
      <p class="reach-team">{teamSentence(team)}</p>
    </section>
  );
}

function teamSentence(team: Presence[]): string {
  if (team.length === 0) return "";
  const free = team.filter((presence) => presence.state === "available").length;
  if (free === 0) return t("team.none");
  return t("team.free", { count: free });
}
