/** The people of a send: what came of each, why, and what can be done about it. */
import { clock, fullTime } from "../../format";
import type { GroupSend, Recipient, Shown } from "../../groupSends/ports";
import { formatNumber, t } from "../../i18n/i18n";
import { isolated } from "../../names";
import { EmptyState, Loading } from "../EmptyState";
import { Icon, type IconName } from "../Icon";
import { LoadMore } from "../LoadMore";
import { useStore } from "../useStore";
import type { SendsProps } from "./GroupSends";
import type { Question } from "./SendPage";
import { SearchBox } from "../SearchBox";

const SIGNS: Record<Recipient["outcome"], IconName> = {
  waiting: "clock",
  "on-the-way": "send",
  sent: "out",
  delivered: "check",
  "not-delivered": "alert",
  unknown: "help",
  canceled: "close",
  "left-out": "block",
};

interface Props extends SendsProps {
  send: GroupSend;
  onQuestion(question: Question): void;
}

export function People(props: Props) {
  const { send, groupSends } = props;
  const people = useStore(groupSends.people);
  const { query, rows, next, more } = people;
  // The rows of the send before are not of this one.
  const isOfThis = useStore(groupSends).peopleOf === send.id;
  const status = people.status === "ready" && !isOfThis ? "loading" : people.status;
  const { progress, summary } = send;
  if (!progress) return null;
  const counts: Partial<Record<Shown, number>> = {
    all: progress.total,
    "to-look-at": progress.to_look_at,
    delivered: progress.delivered,
    replies: progress.replies,
  };
  // What a count or the message's figures asked for, beside those that are always there.
  const extra: Partial<Record<Shown, number>> = {
    sent: progress.sent,
    "not-delivered": progress.not_delivered,
    unknown: progress.unknown,
    waiting: progress.waiting,
    "left-out": summary?.left_out ?? 0,
  };
  const shown = query.show;
  const choices: Shown[] = ["all", "to-look-at", "delivered", "replies"];
  if (!choices.includes(shown)) choices.push(shown);

  return (
    <section class="card send-people" aria-label={t("sends.peopleList")}>
      <div class="people-tools">
        <fieldset class="segments" aria-label={t("sends.filter")}>
          {choices.map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="people-shown"
                checked={each === shown}
                onChange={() => groupSends.show(each)}
              />
              <span>
                {t(`sends.show.${each}`)} {formatNumber(counts[each] ?? extra[each] ?? 0)}
              </span>
            </label>
          ))}
        </fieldset>
        <SearchBox
          id="people-search"
          class="people-search"
          label={t("sends.search")}
          hint={t("sends.searchHint")}
          text={query.search}
          onSearch={(text) => groupSends.search(text)}
        />
        {(send.state === "running" || send.state === "paused" || send.state === "stopped") && (
          <a class="small-button" href={props.sendsApi.resultsUrl(send.id)} download>
            {t("sends.csv")}
          </a>
        )}
      </div>
      {status === "loading" && <Loading />}
      {status === "failed" && (
        <EmptyState icon="alert" title={t("sends.peopleNotLoaded")} text={t("common.callsUnaffected")}>
          <button type="button" class="small-button" onClick={() => groupSends.people.load()}>
            {t("common.tryAgain")}
          </button>
        </EmptyState>
      )}
      {status === "ready" && rows.length === 0 && (
        <p class="people-none quiet">
          {query.search.trim() ? t("found.nobody", { text: query.search.trim() }) : t("sends.nobodyHere")}
        </p>
      )}
      {status === "ready" && rows.length > 0 && (
        <div class="people-scroll">
          <table class="people-table">
            <thead>
              <tr>
                <th scope="col">{t("sends.person")}</th>
                <th scope="col">{t("sends.outcome")}</th>
                <th scope="col">{t("sends.why")}</th>
                <th scope="col" class="people-when">
                  {t("sends.whenHead")}
                </th>
                <th scope="col" class="people-now">
                  {t("sends.whatNow")}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((person) => (
                <Row key={`${person.id} ${person.number}`} {...props} person={person} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {status === "ready" && next && (
        <div class="people-more">
          <span class="small quiet">{t("sends.shownOfMore", { count: rows.length })}</span>
          <LoadMore more={more} text={t("sends.showMore")} onMore={() => groupSends.people.loadMore()} />
        </div>
      )}
    </section>
  );
}

function Row({ person, ...props }: Props & { person: Recipient }) {
  const { outcome } = person;
  const name = isolated(person.name) || person.display || person.number;
  return (
    <tr>
      <th scope="row">
        <span class="person-name" title={name}>
          {name}
        </span>
        {person.name && <span class="quiet small">{person.display}</span>}
      </th>
      <td data-head={t("sends.outcome")}>
        <span class={`outcome outcome-${outcome}`}>
          <Icon name={SIGNS[outcome]} size={18} /> <span>{person.outcome_text}</span>
        </span>
      </td>
      <td data-head={t("sends.why")} class="quiet">
        {person.why}
      </td>
      <td data-head={t("sends.whenHead")} class="people-when quiet">
        {person.at && (
          <time dateTime={person.at} title={fullTime(person.at)}>
            {clock(person.at)}
          </time>
        )}
      </td>
      <td data-head={t("sends.whatNow")} class="people-now">
        <WhatNow {...props} person={person} name={name} />
      </td>
    </tr>
  );
}

function WhatNow({
  person,
  name,
  send,
  groupSends,
  mayWrite,
  onQuestion,
  onText,
}: Props & { person: Recipient; name: string }) {
  const { busy } = useStore(groupSends);
  const answered = person.answered && person.thread !== null && (
    <button
      type="button"
      class="link"
      aria-label={t("sends.openThreadOf", { name })}
      onClick={() =>
        onText({
          line: send.line,
          number: person.number,
          display: person.display,
          contact:
            person.contact === null ? null : { id: person.contact, name: person.name, company: "", note: "" },
        })
      }
    >
      {t("sends.openThread")}
    </button>
  );
  if (answered) return answered;
  switch (person.what_now) {
    case "try-again":
      // When all is over, one button above tries all of them.
      return mayWrite && send.state !== "finished" && send.state !== "canceled" ? (
        <button
          type="button"
          class="link"
          aria-label={t("sends.tryAgainName", { name })}
          onClick={() => onQuestion({ kind: "retry", person })}
        >
          {t("common.tryAgain")}
        </button>
      ) : (
        <span class="tag">{person.what_now_text}</span>
      );
    case "help":
      return (
        <button
          type="button"
          class="link"
          aria-label={t("sends.whatHelpsName", { name })}
          onClick={() => onQuestion({ kind: "help", person })}
        >
          {person.what_now_text}
        </button>
      );
    case "ask":
      return mayWrite ? (
        <button
          type="button"
          class="link"
          aria-disabled={busy}
          aria-label={t("sends.askName", { name })}
          onClick={() => void groupSends.ask(person)}
        >
          {person.what_now_text}
        </button>
      ) : null;
    default:
      return <span class="quiet">{person.what_now_text}</span>;
  }
}
