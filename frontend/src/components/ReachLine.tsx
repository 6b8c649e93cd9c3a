/** "Can I be reached?" in one sentence, always in the same place. */
import { minutes } from "../format";
import type { Presence, Queue } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import type { Reach } from "../softphone/reach";
import { Icon } from "./Icon";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";

interface Props {
  reach: Reach;
  team: Presence[];
  queues: Queue[];
  loginUrl: string;
  send(event: SoftphoneEvent): void;
}

export function ReachLine({ reach, team, queues, loginUrl, send }: Props) {
  const waiting = longestWaiting(queues);
  const now = useNow(waiting !== null);
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
      <p class={waiting ? "reach-team reach-waiting" : "reach-team"}>
        <span class="reach-wide">{waiting ? waitingSentence(waiting, now) : teamSentence(team)}</span>
        {waiting && <span class="reach-narrow">{waitingShort(waiting, now)}</span>}
      </p>
    </section>
  );
}

/** Of the queues in which somebody waits, the one in which somebody has waited longest. */
function longestWaiting(queues: Queue[]): Queue | null {
  const waited = queues.filter(({ waiting, call_backs }) => waiting + call_backs > 0);
  const since = ({ longest_since }: Queue) => Date.parse(longest_since ?? "") || Infinity;
  return waited.sort((one, other) => since(one) - since(other))[0] ?? null;
}

function longestOf({ longest_since }: Queue, now: number): string {
  const since = Date.parse(longest_since ?? "");
  return minutes(Number.isNaN(since) ? 0 : Math.max(0, (now - since) / 1000));
}

/** Beside the reach line's own words there is no room for more on a phone. */
function waitingShort(queue: Queue, now: number): string {
  const longest = longestOf(queue, now);
  return queue.waiting === 0
    ? t("queue.backShort", { count: queue.call_backs, longest })
    : t("queue.waitingShort", { count: queue.waiting, longest });
}

function waitingSentence(queue: Queue, now: number): string {
  const { team, waiting, call_backs } = queue;
  const longest = longestOf(queue, now);
  if (waiting === 0) return t("queue.back", { team: team.name, count: call_backs, longest });
  if (call_backs > 0)
    return t("queue.waitingAndBack", { team: team.name, count: waiting, backs: call_backs, longest });
  return t("queue.waiting", { team: team.name, count: waiting, longest });
}

function teamSentence(team: Presence[]): string {
  if (team.length === 0) return "";
  const free = team.filter((presence) => presence.state === "available").length;
  if (free === 0) return t("team.none");
  return t("team.free", { count: free });
}
