/** Who waits for the agent's teams, in the order in which they are served; and at whose phones others ring. */
import { useRef, useState } from "preact/hooks";
import { minutes } from "../format";
import type { Queue, QueuedCaller as Caller } from "../messages";
import { firstName, isolated } from "../names";
import { callBackSentence, partyTitle } from "../words";
import { Question } from "./Question";
import { Icon } from "./Icon";
import { useRowFocus } from "./board/useRowFocus";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";
import { countOf, isToCallBack, ringsElsewhere, somebodyWaits } from "../softphone/queues";

interface Props {
  queues: Queue[];
  me: number;
  /** Rings this agent's phone for the caller. Fails with a sentence. */
  onTake(sid: string): Promise<void>;
  /** Takes a caller who is to be called back out of the queue. Fails with a sentence. */
  onCancel(sid: string): Promise<void>;
}

export function Waiting({ queues, me, onTake, onCancel }: Props) {
  const now = useNow(true);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [asked, setAsked] = useState("");
  const [said, setSaid] = useState("");
  // Whose call-back is about to be given up: nothing brings it back, so that it is asked first.
  const [doubtful, setDoubtful] = useState("");

  const root = useRef<HTMLDivElement>(null);
  useRowFocus(root);

  function ask(caller: Caller, what: (sid: string) => Promise<void>, done = ""): void {
    // Not `disabled`, for focus would be lost: a second press means nothing.
    if (asked) return;
    setRefused(null);
    setSaid("");
    setAsked(caller.sid);
    what(caller.sid)
      .then(() => setSaid(done))
      .catch(({ message }: Error) => setRefused({ caller, message }))
      .finally(() => setAsked(""));
  }

  const row = { now, asked, onTake: (caller: Caller) => ask(caller, onTake) };
  const cancel = (caller: Caller) =>
    ask(caller, onCancel, t("waiting.canceled", { who: partyTitle(caller) }));
  const inDoubt = queues
    .flatMap(({ callers }) => callers)
    .find((one) => one.sid === doubtful && isToCallBack(one, me));
  const problem = refused && sentenceOf(refused, queues, me);
  const inLine = ({ callers }: Queue) =>
    callers.filter((one) => one.state === "waiting" || isToCallBack(one, me));
  const ringing = queues.flatMap(({ callers }) => callers.filter((one) => ringsElsewhere(one, me)));
  return (
    <div class="waiting" ref={root} data-rows>
      {problem && (
        <p role="alert" class="small hint-wrong">
          {problem}
        </p>
      )}
      {/* Always there, so that what is said in it is heard. */}
      <p class={said ? "small quiet" : "visually-hidden"} role="status">
        {said}
      </p>
      {!somebodyWaits(queues, me) && (
        <p class="quiet" data-home>
          {t("waiting.nobody")}
        </p>
      )}
      {queues
        .filter((queue) => queue.waiting > 0 || inLine(queue).length > 0)
        .map((queue) => ({ ...queue, waiting: queue.waiting + queue.call_backs, callers: inLine(queue) }))
        .map(({ team, waiting, callers }) => (
          <section key={team.id} aria-labelledby={`waiting-${team.id}`}>
            <h2 class="side-title" id={`waiting-${team.id}`} data-home>
              {t("waiting.in", { team: isolated(team.name) })}{" "}
              <span class="count count-quiet">{waiting}</span>
            </h2>
            <ol class="card waiting-list">
              {callers.map((caller) => {
                const isBack = caller.state === "call-back";
                return (
                  <Row
                    key={caller.sid}
                    {...row}
                    caller={caller}
                    about={
                      isBack
                        ? [callBackSentence(caller, now), caller.why].filter(Boolean).join(" · ")
                        : caller.why
                    }
                    word={isBack ? t("waiting.callNow") : t("waiting.take")}
                    onCancel={isBack ? ({ sid }) => asked || setDoubtful(sid) : undefined}
                  />
                );
              })}
            </ol>
          </section>
        ))}
      {countOf(queues) > 0 && <p class="small quiet">{t("waiting.taking")}</p>}
      {ringing.length > 0 && (
        <section aria-labelledby="waiting-ringing">
          <h2 class="side-title" id="waiting-ringing" data-home>
            {t("waiting.ringing")} <span class="count count-quiet">{ringing.length}</span>
          </h2>
          <ul class="card waiting-list">
            {ringing.map((caller) => (
              <Row
                key={caller.sid}
                {...row}
                {...{ caller }}
                about={ringsAt(caller)}
                word={t("waiting.pickUp")}
              />
            ))}
          </ul>
        </section>
      )}
      {inDoubt && (
        <Question
          title={t("waiting.cancelTitle", { who: partyTitle(inDoubt) })}
          text={t("waiting.cancelMeans", { who: partyTitle(inDoubt) })}
          keep={t("waiting.keep")}
          act={t("waiting.cancel")}
          onAct={() => cancel(inDoubt)}
          onClose={() => setDoubtful("")}
        />
      )}
    </div>
  );
}

interface Refused {
  caller: Caller;
  /** As the server says it, without a name. */
  message: string;
}

/** Why nobody was taken: who it was, and who was faster, as far as that is known by now. */
function sentenceOf({ caller, message }: Refused, queues: Queue[], me: number): string {
  const still = queues.flatMap(({ callers }) => callers).find(({ sid }) => sid === caller.sid);
  if (!still) return t("waiting.gone", { who: partyTitle(caller) });
  const [other] = ringsElsewhere(still, me) && !ringsElsewhere(caller, me) ? still.rings_at : [];
  return other ? t("waiting.took", { name: firstName(other.name) }) : message;
}

function ringsAt({ rings_at, line }: Caller): string {
  const names = rings_at.map(({ name }) => isolated(name)).join(", ");
  return t("waiting.ringsAt", { names, line: isolated(line?.name ?? "") });
}

interface RowProps {
  caller: Caller;
  about: string;
  word: string;
  now: number;
  asked: string;
  onTake(caller: Caller): void;
  onCancel?: ((caller: Caller) => void) | undefined;
}

function Row({ caller, about, word, now, asked, onTake, onCancel }: RowProps) {
  const who = partyTitle(caller);
  // The goal is one of waiting on the line.
  const late = caller.state !== "call-back" && caller.late_at !== null && now >= byOurClock(caller.late_at);
  return (
    <li data-row-key={caller.sid}>
      {/* The list itself says it to who does not see. */}
      <span class="waiting-place" aria-hidden="true">
        {caller.state === "offered" ? "" : `${caller.place}.`}
      </span>
      <span class={late ? "waiting-since waiting-late" : "waiting-since"}>
        {late && (
          <>
            <Icon name="alert" size={16} /> <span class="visually-hidden">{t("waiting.late")}</span>
          </>
        )}
        {minutes((now - byOurClock(caller.since)) / 1000)}
      </span>
      <span class="waiting-who">
        <strong dir="auto">{who}</strong>
        <span class="small quiet">
          {[caller.party.name ? caller.party.display : caller.party.place, about].filter(Boolean).join(" · ")}
        </span>
      </span>
      <span class="waiting-acts">
        <button
          type="button"
          class="small-button"
          aria-disabled={asked === caller.sid}
          aria-label={t("waiting.actionFor", { word, who })}
          onClick={() => onTake(caller)}
        >
          <Icon name="phone" size={18} /> {word}
        </button>
        {onCancel && (
          <button
            type="button"
            class="icon-button"
            title={t("waiting.cancel")}
            aria-disabled={asked === caller.sid}
            aria-label={t("waiting.actionFor", { word: t("waiting.cancel"), who })}
            onClick={() => onCancel(caller)}
          >
            <Icon name="close" size={18} />
          </button>
        )}
      </span>
    </li>
  );
}
