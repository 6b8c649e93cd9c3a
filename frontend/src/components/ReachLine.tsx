/** "Can I be reached?" in one sentence, always in the same place. */
import type { ComponentChildren } from "preact";
import { minutes } from "../format";
import type { Presence, Queue } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import type { Reach } from "../softphone/reach";
import { Icon } from "./Icon";
import { waitsLongest } from "../softphone/queues";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";
import { byOurClock } from "../serverClock";

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

/** The queue of which is told: where somebody on the line has waited longest, or else somebody who is to be called back. */
function longestWaiting(queues: Queue[]): Queue | null {
  const onLine = queues.filter(({ waiting }) => waiting > 0);
  const waited = onLine.length > 0 ? onLine : queues.filter(({ call_backs }) => call_backs > 0);
  const since = (queue: Queue) => Date.parse(sinceOf(queue) ?? "") || Infinity;
  return waited.sort((one, other) => since(one) - since(other))[0] ?? null;
}

function sinceOf({ waiting, longest_since, call_backs_since }: Queue): string | null {
  // A server of the version before says one time of both.
  return waiting > 0 ? longest_since : (call_backs_since ?? longest_since);
}

function longestOf(queue: Queue, now: number): string {
  const since = byOurClock(sinceOf(queue) ?? "");
  return minutes(Number.isNaN(since) ? 0 : Math.max(0, (now - since) / 1000));
}

/** Beside the reach line's own words there is no room for more on a phone. */
function waitingShort(queue: Queue, now: number): string {
  const longest = longestOf(queue, now);
  return queue.waiting === 0
    ? t("queue.backShort", { count: queue.call_backs, longest })
    : t("queue.waitingShort", { count: queue.waiting, longest });
}

/** The goal, when whoever is shown has waited longer. */
function goalPast(queue: Queue, now: number): string {
  const first = waitsLongest(queue);
  if (!first?.late_at || now < byOurClock(first.late_at)) return "";
  return minutes((Date.parse(first.late_at) - Date.parse(first.since)) / 1000);
}

function waitingSentence(queue: Queue, now: number): ComponentChildren {
  const { team, waiting, call_backs } = queue;
  const length = longestOf(queue, now);
  if (waiting === 0) return t("queue.back", { team: team.name, count: call_backs, longest: length });
  const goal = goalPast(queue, now);
  const late = <strong class="reach-late">{length}</strong>;
  const longest = goal ? [late, t("queue.goal", { goal })] : length;
  const said = { team: team.name, count: waiting, longest };
  return call_backs > 0
    ? rich("queue.waitingAndBack", { ...said, backs: call_backs })
    : rich("queue.waiting", said);
}

function teamSentence(team: Presence[]): string {
  if (team.length === 0) return "";
  const free = team.filter((presence) => presence.state === "available").length;
  if (free === 0) return t("team.none");
  return t("team.free", { count: free });
}
