/** One group send: how far it is while it runs, and what came of it. */
import { useState } from "preact/hooks";
import type { GroupSend, Recipient } from "../../groupSends/ports";
import { historyWord, leftWord, moneyWord, priceOfSome } from "../../groupSends/words";
import { formatNumber, formatPercent, t } from "../../i18n/i18n";
import { isolated } from "../../names";
import { Dialog } from "../Dialog";
import { Icon } from "../Icon";
import { useStore } from "../useStore";
import { Figure } from "./BeforeYouSend";
import type { SendsProps } from "./GroupSends";
import { People } from "./People";
import { SendBar } from "./SendBar";
import { BackToSends, StateTag } from "./SendList";
import { serverNow } from "../../serverClock";

export type Question =
  { kind: "stop" } | { kind: "retry"; person: Recipient | null } | { kind: "help"; person: Recipient };

export function SendPage(props: SendsProps & { send: GroupSend }) {
  const { send, groupSends, sendsApi, mayWrite } = props;
  const { busy } = useStore(groupSends);
  const now = serverNow();
  const [question, setQuestion] = useState<Question | null>(null);
  const { state, progress } = send;
  const isOver = state === "finished" || state === "canceled";
  const retryable = progress?.retryable ?? 0;

  return (
    <div class="sends-columns">
      <div class="sends-main">
        <BackToSends groupSends={groupSends} />
        <div class="sends-head">
          <div class="sends-name">
            <h1 id="send-name" tabIndex={-1} data-home dir="auto">
              {send.title}
            </h1>
            <p class="quiet">{historyWord(send, now)}</p>
          </div>
          <div class="sends-keys">
            {state !== "finished" && <StateTag send={send} />}
            {mayWrite && (state === "running" || state === "scheduled" || send.goes_on_by_itself) && (
              <button
                type="button"
                class="plain-button"
                aria-disabled={busy}
                onClick={() => void groupSends.pause()}
              >
                <Icon name="pause" size={18} /> {t("sends.pause")}
              </button>
            )}
            {mayWrite && (state === "paused" || (state === "stopped" && !send.goes_on_by_itself)) && (
              <button
                type="button"
                class="accent-button"
                aria-disabled={busy}
                onClick={() => void groupSends.resume()}
              >
                <Icon name="play" size={18} /> {t("sends.resume")}
              </button>
            )}
            {mayWrite && !isOver && state !== "draft" && (
              <button
                type="button"
                class="plain-button stop-button"
                aria-disabled={busy}
                onClick={() => setQuestion({ kind: "stop" })}
              >
                {t("sends.stop")}
              </button>
            )}
            {state !== "draft" && state !== "scheduled" && isOver && (
              <a class="plain-button" href={sendsApi.resultsUrl(send.id)} download>
                <Icon name="download" size={18} /> {t("sends.csv")}
              </a>
            )}
            {mayWrite && isOver && retryable > 0 && state === "finished" && (
              <button
                type="button"
                class="accent-button"
                aria-disabled={busy}
                onClick={() => setQuestion({ kind: "retry", person: null })}
              >
                <Icon name="retry" size={18} /> {t("sends.tryAgain", { count: retryable })}
              </button>
            )}
          </div>
        </div>
        {state === "stopped" && (
          <p class="view-problem">
            <Icon name="alert" size={18} /> {send.problem}
          </p>
        )}
        {progress && (
          <div class="card send-progress">
            <div class="send-progress-head">
              <strong>{headOf(send)}</strong>
              <span class="quiet">
                {state === "running" && progress.waiting > 0
                  ? leftWord(progress, Date.now())
                  : isOver
                    ? formatPercent(progress.delivered_percent)
                    : ""}
              </span>
            </div>
            <SendBar progress={progress} state={state} onShow={groupSends.show} />
          </div>
        )}
        {progress && (
          <p class="small quiet sends-note">
            {isOver
              ? retryable > 0 && mayWrite
                ? t("sends.retryMeans", { count: retryable })
                : progress.unknown > 0
                  ? t("sends.unknownMeans")
                  : ""
              : state === "running" || state === "scheduled"
                ? t("sends.mayClose")
                : t("sends.onceOnly")}
          </p>
        )}
        {state !== "draft" && <People {...props} onQuestion={setQuestion} />}
      </div>
      <Side {...props} />
      {question && <Answer {...props} question={question} onClose={() => setQuestion(null)} />}
    </div>
  );
}

function headOf({ state, progress }: GroupSend): string {
  if (!progress) return "";
  const { delivered, handed, total } = progress;
  if (state === "finished") return t("sends.deliveredOf", { delivered, total });
  if (state === "scheduled") return t("sends.people", { count: total });
  return t("sends.sentOf", { sent: handed, total });
}

function Side({ send, groupSends }: SendsProps & { send: GroupSend }) {
  const { summary, progress, state } = send;
  const isOver = state === "finished" || state === "canceled";
  const { rows } = useStore(groupSends.people);
  const known = useStore(groupSends).peopleOf === send.id ? rows : [];
  const sample = known.find(({ body }) => body !== "")?.body ?? send.body;
  return (
    <aside class="sends-side" aria-label={t("sends.theMessage")}>
      <h2>{t("sends.theMessage")}</h2>
      <p class="bubble send-bubble" dir="auto">
        {isolated(send.body.includes("{") ? sample : send.body)}
      </p>
      <dl class="figures figures-small">
        {summary && (
          <div>
            <dt>{t("sends.leftOutBefore")}</dt>
            <dd>
              {progress && summary.left_out > 0 ? (
                <button type="button" class="link" onClick={() => groupSends.show("left-out")}>
                  {formatNumber(summary.left_out)}
                </button>
              ) : (
                formatNumber(summary.left_out)
              )}
            </dd>
          </div>
        )}
        {summary && <Figure name={t("sends.segmentsOfEach")} value={formatNumber(summary.segments_each)} />}
        {progress && (
          <Figure
            name={isOver ? t("sends.priceSoFar") : t("sends.spent")}
            value={progress.spent ? moneyWord(progress.spent) : "–"}
          />
        )}
        {summary && (
          <Figure
            name={isOver ? t("sends.estimateWas") : t("sends.inAll")}
            value={moneyWord(summary.price)}
          />
        )}
        {isOver && progress && progress.prices_missing > 0 && (
          <Figure
            name={t("sends.pricesMissing")}
            value={t("sends.texts", { count: progress.prices_missing })}
          />
        )}
        {progress && (
          <div>
            <dt>{t("sends.replies")}</dt>
            <dd>
              {progress.replies > 0 ? (
                <button type="button" class="link" onClick={() => groupSends.show("replies")}>
                  {progress.replies_unread > 0
                    ? t("sends.repliesUnread", { replies: progress.replies, unread: progress.replies_unread })
                    : formatNumber(progress.replies)}
                </button>
              ) : (
                "0"
              )}
            </dd>
          </div>
        )}
        {progress && progress.replied_stop > 0 && (
          <Figure name={t("sends.repliedStop")} value={formatNumber(progress.replied_stop)} />
        )}
      </dl>
      {isOver && progress && progress.prices_missing > 0 && (
        <p class="sends-info small">
          <Icon name="clock" size={18} /> <span>{t("sends.pricesFollow")}</span>
        </p>
      )}
    </aside>
  );
}

interface AnswerProps extends SendsProps {
  send: GroupSend;
  question: Question;
  onClose(): void;
}

/** What asks before it is done, and what explains. */
function Answer({ send, question, groupSends, onClose }: AnswerProps) {
  const { busy, problem } = useStore(groupSends);
  const { progress, summary } = send;
  if (question.kind === "help") {
    const { person } = question;
    return (
      <Dialog title={t("sends.whatHelps")} onClose={onClose}>
        <p>
          <strong>{isolated(person.name) || person.display}</strong>: {person.why}
        </p>
        <p>{person.help}</p>
      </Dialog>
    );
  }
  const isStop = question.kind === "stop";
  const count = question.kind === "retry" && question.person ? 1 : (progress?.retryable ?? 0);
  const price = priceOfSome(summary, count);
  const waiting = progress?.waiting ?? 0;

  async function go(): Promise<void> {
    const done = isStop
      ? await groupSends.cancel()
      : await groupSends.retry((question.kind === "retry" && question.person) || undefined);
    if (done) onClose();
  }

  return (
    <Dialog title={isStop ? t("sends.stopTitle") : t("sends.tryAgainTitle", { count })} onClose={onClose}>
      <p>
        {isStop
          ? t("sends.stopMeans", { count: waiting })
          : price
            ? t("sends.tryAgainCosts", { price: moneyWord(price) })
            : t("sends.tryAgainPriceUnknown")}
      </p>
      {problem && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
      <div class="dialog-buttons">
        <button type="button" class="plain-button" onClick={onClose}>
          {isStop ? t("sends.goOnSending") : t("sends.notYet")}
        </button>
        <button
          type="button"
          class={isStop ? "plain-button stop-button" : "accent-button"}
          aria-disabled={busy}
          onClick={() => void go()}
        >
          {isStop ? t("sends.stopSending") : t("sends.tryAgain", { count })}
        </button>
      </div>
    </Dialog>
  );
}
