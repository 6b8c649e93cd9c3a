/** What will come of a text to many: who gets it, who does not and why, what it costs, how long it takes. */
import { useEffect, useState } from "preact/hooks";
import { hasPeople, inputOf, isOutsideHours, isPast } from "../../groupSends/draft";
import { isRefused, type Writing } from "../../groupSends/writing";
import type { GroupSendsApi, Recipient } from "../../groupSends/ports";
import { moneyWord, takesWord } from "../../groupSends/words";
import { fullTime } from "../../format";
import { formatNumber, t } from "../../i18n/i18n";
import { isolated } from "../../names";
import { Dialog } from "../Dialog";
import { Icon } from "../Icon";
import { useNow } from "../useNow";
import { useStore } from "../useStore";
import type { SendsProps } from "./GroupSends";
import type { Typed } from "./ToField";

type Asking = "send" | "names" | "myself" | "discard" | null;

interface Props extends SendsProps {
  writing: Writing;
  /** What stands in To and is not chosen. */
  typed: Typed;
  onSettle(): void;
}

export function BeforeYouSend(props: Props) {
  const { groupSends, writing, lines, typed } = props;
  const { busy } = useStore(groupSends);
  const [asking, setAsking] = useState<Asking>(null);
  const { draft, kept, wrong, id } = writing;
  const refused = isRefused(writing);
  const counting = writing.counting && !refused;
  const summary = hasPeople(draft) && inputOf(draft) && !refused ? (kept?.summary ?? null) : null;
  const figure = (value: number | undefined) => (value === undefined ? "–" : formatNumber(value));
  const count = summary?.recipients ?? 0;
  const now = useNow(draft.later);
  const late = draft.later && (Number.isNaN(Date.parse(draft.at)) || isPast(draft, now));
  const waits = writing.counting || busy || count === 0 || late || Object.keys(wrong).length > 0;
  const line = lines.find((each) => each.id === draft.line);
  const send = draft.later ? t("sends.schedule", { count }) : t("sends.sendTo", { count });

  let missing = "";
  if (!hasPeople(draft)) missing = t("sends.needsPeople");
  else if (!inputOf(draft)) missing = t("sends.needsText");
  else if (refused && !writing.problem) missing = t("sends.needsCorrecting");

  function askToSend(): void {
    if (typed.text.trim()) {
      props.onSettle();
      document.getElementById("send-to")?.focus();
    } else if (!waits) setAsking("send");
  }

  return (
    <aside class="sends-side before" aria-label={t("sends.before")}>
      <h2>{t("sends.before")}</h2>
      <dl class="figures" aria-busy={counting}>
        <Figure name={t("sends.chosen")} value={figure(summary?.chosen)} />
        <Figure name={t("sends.leftOut")} value={figure(summary?.left_out)} />
        <Figure name={t("sends.willGet")} value={figure(summary?.recipients)} strong />
        <Figure
          name={summary ? t("sends.segmentsEach", { count: summary.segments_each }) : t("sends.segmentsAll")}
          value={figure(summary?.segments)}
        />
        <Figure name={t("sends.price")} value={summary ? moneyWord(summary.price) : "–"} strong />
        <Figure name={t("sends.takes")} value={summary ? takesWord(summary.seconds, draft, now) : "–"} />
      </dl>
      {summary && summary.left_out > 0 && (
        <div class="card left-out">
          <h3>{t("sends.leftOutCount", { count: summary.left_out })}</h3>
          <button type="button" class="text-button" onClick={() => setAsking("names")}>
            {t("sends.seeNames")}
          </button>
          <ul>
            {summary.reasons.map(({ reason, text }) => (
              <li key={reason}>{text}</li>
            ))}
          </ul>
        </div>
      )}
      {summary && summary.duplicates > 0 && (
        <p class="small quiet">{t("sends.doubles", { count: summary.duplicates })}</p>
      )}
      <div class="before-keys">
        {typed.refused && (
          <p class="field-error" id="send-refused">
            {t("sends.notAddedAbove", { text: typed.text.trim() })}
          </p>
        )}
        {missing && (
          <p class="small quiet" id="send-waits">
            {missing}
          </p>
        )}
        {id !== null && summary && (
          <button type="button" class="plain-button" onClick={() => setAsking("myself")}>
            {t("sends.toMyself")}
          </button>
        )}
        <button
          type="button"
          class="accent-button send-button"
          aria-disabled={waits}
          aria-describedby={typed.refused ? "send-refused" : missing ? "send-waits" : undefined}
          onClick={askToSend}
        >
          <Icon name={draft.later ? "clock" : "send"} /> {summary ? send : t("sends.send")}
        </button>
        <p class="small quiet before-note">
          {counting ? t("sends.counting") : t("sends.canStop")}
          {id !== null && (
            <>
              {" "}
              <button type="button" class="link" onClick={() => setAsking("discard")}>
                {t("sends.discard")}
              </button>
            </>
          )}
        </p>
      </div>
      {asking === "send" && summary && (
        <Dialog title={send} onClose={() => setAsking(null)}>
          <p>
            {line &&
              (draft.later
                ? t("sends.confirmLater", {
                    line: line.name,
                    when: fullTime(new Date(draft.at).toISOString()),
                  })
                : t("sends.confirmNow", { line: line.name }))}{" "}
            {isOutsideHours(draft, now) && t("sends.confirmHours", { from: draft.from, until: draft.until })}
          </p>
          <dl class="figures">
            <Figure name={t("sends.willGet")} value={figure(summary.recipients)} strong />
            <Figure name={t("sends.price")} value={moneyWord(summary.price)} strong />
            <Figure name={t("sends.takes")} value={takesWord(summary.seconds, draft, now)} />
          </dl>
          <div class="dialog-buttons">
            <button type="button" class="plain-button" onClick={() => setAsking(null)}>
              {t("sends.notYet")}
            </button>
            <button
              type="button"
              class="accent-button"
              aria-disabled={busy}
              onClick={async () => {
                const started = await groupSends.start();
                setAsking(null);
                if (started) setTimeout(() => document.getElementById("send-name")?.focus());
              }}
            >
              <Icon name={draft.later ? "clock" : "send"} size={18} /> {send}
            </button>
          </div>
        </Dialog>
      )}
      {asking === "names" && id !== null && (
        <LeftOutDialog
          id={id}
          all={summary?.left_out ?? 0}
          api={props.sendsApi}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "myself" && <ToMyself {...props} onClose={() => setAsking(null)} />}
      {asking === "discard" && (
        <Dialog title={t("sends.discardTitle")} onClose={() => setAsking(null)}>
          <p>{t("sends.discardMeans")}</p>
          <div class="dialog-buttons">
            <button type="button" class="plain-button" onClick={() => setAsking(null)}>
              {t("sends.keepIt")}
            </button>
            <button
              type="button"
              class="plain-button"
              onClick={() => {
                setAsking(null);
                void groupSends.discard();
              }}
            >
              <Icon name="trash" size={18} /> {t("sends.discard")}
            </button>
          </div>
        </Dialog>
      )}
    </aside>
  );
}

export function Figure({ name, value, strong }: { name: string; value: string; strong?: boolean }) {
  return (
    <div class={strong ? "figure-strong" : undefined}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface LeftOutProps {
  id: number;
  /** How many there are. */
  all: number;
  api: Pick<GroupSendsApi, "recipients">;
  onClose(): void;
}

/** Who does not get it, and why: of a draft a hundred, and how many more there are. */
function LeftOutDialog({ id, all, api, onClose }: LeftOutProps) {
  const [people, setPeople] = useState<Recipient[] | "failed" | null>(null);
  useEffect(() => {
    api.recipients(id, { show: "left-out", search: "" }).then(
      ({ results }) => setPeople(results),
      () => setPeople("failed"),
    );
  }, [api, id]);
  return (
    <Dialog title={t("sends.leftOut")} onClose={onClose}>
      {people === null && <p role="status">{t("common.loading")}</p>}
      {people === "failed" && <p role="alert">{t("sends.namesNotLoaded")}</p>}
      {Array.isArray(people) && (
        <ul class="left-out-names">
          {people.map((person) => (
            <li key={`${person.contact} ${person.number}`}>
              <span>
                <strong>{isolated(person.name) || person.display || person.number}</strong>{" "}
                {person.name && <span class="small quiet">{person.display}</span>}
              </span>
              <span class="small">{person.why}</span>
            </li>
          ))}
        </ul>
      )}
      {Array.isArray(people) && all > people.length && (
        <p class="small quiet">{t("sends.moreNames", { count: all - people.length })}</p>
      )}
    </Dialog>
  );
}

function ToMyself({ groupSends, onClose }: SendsProps & { onClose(): void }) {
  const { busy, problem, said } = useStore(groupSends);
  const [number, setNumber] = useState("");
  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (number.trim()) await groupSends.toMyself(number.trim());
  }
  return (
    <Dialog title={t("sends.toMyself")} onClose={onClose}>
      <form class="to-myself" onSubmit={(event) => void send(event)}>
        <p>{t("sends.toMyselfMeans")}</p>
        <div class="device">
          <label for="my-number">{t("sends.myNumber")}</label>
          <input
            id="my-number"
            class="field"
            type="tel"
            autocomplete="tel"
            value={number}
            onInput={(event) => setNumber(event.currentTarget.value)}
          />
        </div>
        {problem && (
          <p class="field-error" role="alert">
            {problem}
          </p>
        )}
        {said && <p role="status">{said}</p>}
        <div class="dialog-buttons">
          <button type="submit" class="accent-button" aria-disabled={busy || !number.trim()}>
            <Icon name="send" size={18} /> {t("sends.sendOne")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
