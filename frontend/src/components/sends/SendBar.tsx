/** How far a send is, as a bar: each part has a pattern of its own, and a word and a number below it. */
import type { SendProgress, SendState, Shown } from "../../groupSends/ports";
import { formatNumber, t } from "../../i18n/i18n";

type Part = "delivered" | "way" | "sent" | "failed" | "unknown" | "canceled" | "waiting";

const SHOWS: Partial<Record<Part, Shown>> = {
  delivered: "delivered",
  sent: "sent",
  failed: "not-delivered",
  unknown: "unknown",
  waiting: "waiting",
};
/** These stand there even without anybody. */
const ALWAYS: Part[] = ["delivered", "failed"];

interface Props {
  progress: SendProgress;
  state: SendState;
  onShow(shown: Shown): void;
}

export function SendBar({ progress, state, onShow }: Props) {
  const counts: Record<Part, number> = {
    delivered: progress.delivered,
    way: progress.on_the_way,
    sent: progress.sent,
    failed: progress.not_delivered,
    unknown: progress.unknown,
    canceled: progress.canceled,
    waiting: progress.waiting,
  };
  const parts = (Object.keys(counts) as Part[]).filter((part) => counts[part] > 0);
  const listed = (Object.keys(counts) as Part[]).filter(
    (part) => counts[part] > 0 || (ALWAYS.includes(part) && state !== "scheduled"),
  );
  const said = listed.map((part) => `${t(`sends.part.${part}`)} ${formatNumber(counts[part])}`).join(", ");
  return (
    <>
      <div class="send-bar" role="img" aria-label={said}>
        {parts.map((part) => (
          <span key={part} class={`part part-${part}`} style={{ flexGrow: counts[part] }} />
        ))}
      </div>
      <ul class="send-legend">
        {listed.map((part) => {
          const shown = SHOWS[part];
          return (
            <li key={part}>
              <span class={`part part-${part} part-sign`} aria-hidden="true" />
              {shown && counts[part] > 0 ? (
                <button type="button" class="legend-key" onClick={() => onShow(shown)}>
                  {t(`sends.part.${part}`)} <strong>{formatNumber(counts[part])}</strong>
                </button>
              ) : (
                <span class="legend-key">
                  {t(`sends.part.${part}`)} <strong>{formatNumber(counts[part])}</strong>
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
