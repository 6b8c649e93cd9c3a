/** What is said of group sends. */
import { clock, fullTime, shortWhen } from "../format";
import type { IconName } from "../components/Icon";
import { formatList, formatMoney, t } from "../i18n/i18n";
import { isolated } from "../names";
import { isOutsideHours, type SendDraft } from "./draft";
import type { GroupSend, Money, SendProgress, SendRow, SendState, SendSummary } from "./ports";

export type SendTone = "go" | "stop" | "accent" | "hold" | "plain";

export const STATES: Record<SendState, { icon: IconName; tone: SendTone }> = {
  draft: { icon: "pencil", tone: "plain" },
  scheduled: { icon: "clock", tone: "accent" },
  running: { icon: "send", tone: "accent" },
  paused: { icon: "pause", tone: "hold" },
  stopped: { icon: "alert", tone: "stop" },
  finished: { icon: "check", tone: "go" },
  canceled: { icon: "close", tone: "plain" },
};

export function stateWord(state: SendState): string {
  return t(`sends.state.${state}`);
}

/** "about 7 min", "under a minute" */
export function durationWord(seconds: number): string {
  const all = Math.ceil(seconds / 60);
  if (all <= 1) return t("sends.underMinute");
  if (all < 60) return t("sends.minutes", { minutes: all });
  return t("sends.hours", { hours: Math.floor(all / 60), minutes: all % 60 });
}

const DAY = 86_400_000;

/** "about 7 min left", "waits until 08:00", or both: whose hours have not begun waits for them. */
export function leftWord({ seconds_left, goes_on_at }: SendProgress, now: number): string {
  const left = t("sends.left", { time: durationWord(seconds_left) });
  // A server of the version before says none.
  if (!goes_on_at) return left;
  const when = Date.parse(goes_on_at) < now + DAY ? clock(goes_on_at) : fullTime(goes_on_at);
  return seconds_left > 0 ? t("sends.leftAndWaits", { left, when }) : t("sends.waitsUntil", { when });
}

/** "about 7 min", "about 7 min, from 08:00": how long it takes, and since when at this place, outside the hours that it keeps. */
export function takesWord(seconds: number, draft: SendDraft, now: number): string {
  const time = durationWord(seconds);
  return isOutsideHours(draft, now) ? t("sends.takesFrom", { time, from: draft.from }) : time;
}

export function moneyWord(money: Money | null): string {
  return money ? formatMoney(money) : t("sends.priceUnknown");
}

/** What so many of the people may cost; null when no price is known. */
export function priceOfSome(summary: SendSummary | null, people: number): Money | null {
  if (!summary?.price || summary.recipients === 0) return null;
  const amount = (Number(summary.price.amount) * people) / summary.recipients;
  return { amount: amount.toFixed(2), unit: summary.price.unit };
}

/** "412 people", "398 of 412 delivered", "20 of 412 sent · waits, goes on from 08:00": how many, in a row of the list. */
export function countWord({ state, progress, summary }: SendRow, now: number): string {
  if (state === "draft" || state === "scheduled") {
    return summary ? t("sends.people", { count: progress?.total ?? summary.recipients }) : "";
  }
  if (!progress) return "";
  const { handed, delivered, total } = progress;
  if (state === "finished") return t("sends.deliveredOf", { delivered, total });
  const sent = t("sends.sentOf", { sent: handed, total });
  const waits = state === "running" && progress.goes_on_at && progress.seconds_left === 0;
  return waits ? `${sent} · ${leftWord(progress, now)}` : sent;
}

/** "Started 10:58 by Ama Reyes, from Sales 020 7946 0018": what stands under a send's name. */
export function historyWord(send: GroupSend, now: number): string {
  const { state, line } = send;
  const who = isolated((send.started_by ?? send.written_by)?.name ?? "");
  // A number stays in one line.
  const from = `${line.name} ${line.display.replaceAll(" ", "\u00a0")}`;
  const started = whenWord(send.started_at, now);
  const ended = whenWord(send.finished_at, now);
  switch (state) {
    case "draft":
      return t("sends.wasWritten", { when: whenWord(send.created_at, now), who, from });
    case "scheduled":
      return t("sends.isScheduled", {
        when: send.scheduled_for ? fullTime(send.scheduled_for) : "",
        who,
        from,
      });
    case "finished":
      return t("sends.wasFinished", { ended, started, who, from });
    case "canceled":
      return t("sends.wasCanceled", { ended, started, who, from });
    default:
      return t("sends.wasStarted", { when: clockOrDay(send.started_at, now), who, from });
  }
}

/** A moment in the midst of a sentence: "10:58", "yesterday", "12 Nov". */
function whenWord(time: string | null, now: number): string {
  if (!time) return "";
  const when = shortWhen(time, now);
  return when === t("time.yesterday") ? when.toLowerCase() : when;
}

function clockOrDay(time: string | null, now: number): string {
  if (!time) return "";
  const [when, at] = [whenWord(time, now), clock(time)];
  return when === at ? at : `${when}, ${at}`;
}

/** Letters with names that people know. */
const LETTERS = { "–": "dash", "—": "longDash", "…": "dots", "’": "apostrophe", "‘": "apostrophe" } as const;

/** "2 segments: the dash (–) is not a plain SMS letter" */
export function segmentsWord(summary: SendSummary): string {
  const { segments_each: count, letters, people_not_plain: odd } = summary;
  const base = t("sends.segments", { count });
  const [letter] = letters;
  if (letter === undefined) {
    return odd > 0 ? t("sends.namesNotPlain", { segments: base, count: odd }) : base;
  }
  if (letters.length > 1) {
    return t("sends.lettersNotPlain", {
      segments: base,
      letters: formatList(letters.slice(0, 6).map(shown)),
    });
  }
  return t("sends.letterNotPlain", { segments: base, letter: nameOf(letter) });
}

function shown(letter: string): string {
  return /\s/.test(letter) ? t("sends.letter.space") : letter;
}

function nameOf(letter: string): string {
  if (Object.hasOwn(LETTERS, letter)) {
    return t(`sends.letter.${LETTERS[letter as keyof typeof LETTERS]}`, { letter });
  }
  if (/\s/.test(letter)) return t("sends.letter.space");
  return /[“”„‟«»]/.test(letter) ? t("sends.letter.quote", { letter }) : t("sends.letter.other", { letter });
}

/** "Use a hyphen (-): 1 segment"; empty when plain letters spare nothing. */
export function twinWord({
  plain_body: body,
  plain_segments_each: count,
  segments_each,
  letters,
}: SendSummary) {
  if (!body || count >= segments_each) return "";
  const segments = t("sends.segments", { count });
  const hyphen = letters.length === 1 && /[–—]/.test(letters[0] ?? "");
  return hyphen ? t("sends.useHyphen", { segments }) : t("sends.usePlain", { segments });
}
