/** Who waits for the agent's teams, in the order in which they are served; and at whose phones others ring. */
import { useState } from "preact/hooks";
import { minutes } from "../format";
import type { Queue } from "../messages";
import { isolated } from "../names";
import { partyTitle } from "../words";
import { Icon } from "./Icon";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";

type Caller = Queue["callers"][number];

interface Props {
  queues: Queue[];
  me: number;
  /** Rings this agent's phone for the caller. Fails with a sentence. */
  onTake(sid: string): Promise<void>;
}

/** Of callers for whom phones ring, those who ring at colleagues'. */
function ringsElsewhere({ state, rings_at }: Caller, me: number): boolean {
  return state === "offered" && rings_at.length > 0 && !rings_at.some(({ id }) => id === me);
}

export function countOf(queues: Queue[]): number {
  return queues.reduce((sum, { waiting }) => sum + waiting, 0);
}

/** Whether there is anything to see. */
export function somebodyWaits(queues: Queue[], me: number): boolean {
  return queues.some(({ waiting, callers }) => waiting > 0 || callers.some((one) => ringsElsewhere(one, me)));
}

export function Waiting({ queues, me, onTake }: Props) {
  const now = useNow(true);
  const [problem, setProblem] = useState("");
  const [asked, setAsked] = useState("");

  function take(sid: string): void {
    setProblem("");
    setAsked(sid);
    onTake(sid)
      .catch((error: Error) => setProblem(error.message))
      .finally(() => setAsked(""));
  }

  const row = { now, asked, onTake: take };
  const ringing = queues.flatMap(({ callers }) => callers.filter((one) => ringsElsewhere(one, me)));
  return (
    <div class="waiting">
      {problem && (
        <p role="alert" class="small hint-wrong">
          {problem}
        </p>
      )}
      {!somebodyWaits(queues, me) && <p class="quiet">{t("waiting.nobody")}</p>}
      {queues
        .filter(({ waiting }) => waiting > 0)
        .map(({ team, waiting, callers }) => (
          <section key={team.id} aria-labelledby={`waiting-${team.id}`}>
            <h2 class="side-title" id={`waiting-${team.id}`}>
              {t("waiting.in", { team: isolated(team.name) })}{" "}
              <span class="count count-quiet">{waiting}</span>
            </h2>
            <ol class="card waiting-list">
              {callers
                .filter(({ state }) => state === "waiting")
                .map((caller) => (
                  <Row
                    key={caller.sid}
                    {...row}
                    caller={caller}
                    about={caller.why}
                    word={t("waiting.take")}
                  />
                ))}
            </ol>
          </section>
        ))}
      {countOf(queues) > 0 && <p class="small quiet">{t("waiting.taking")}</p>}
      {ringing.length > 0 && (
        <section aria-labelledby="waiting-ringing">
          <h2 class="side-title" id="waiting-ringing">
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
    </div>
  );
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
  onTake(sid: string): void;
}

function Row({ caller, about, word, now, asked, onTake }: RowProps) {
  const who = partyTitle(caller);
  const late = caller.late_at !== null && now >= Date.parse(caller.late_at);
  return (
    <li>
      <span class={late ? "waiting-since waiting-late" : "waiting-since"}>
        {late && (
          <>
            <Icon name="alert" size={16} /> <span class="visually-hidden">{t("waiting.late")}</span>
          </>
        )}
        {minutes((now - Date.parse(caller.since)) / 1000)}
      </span>
      <span class="waiting-who">
        <strong dir="auto">{who}</strong>
        <span class="small quiet">
          {[caller.party.name ? caller.party.display : caller.party.place, about].filter(Boolean).join(" · ")}
        </span>
      </span>
      <button
        type="button"
        class="small-button"
        disabled={asked === caller.sid}
        aria-label={t("waiting.actionFor", { word, who })}
        onClick={() => onTake(caller.sid)}
      >
        <Icon name="phone" size={18} /> {word}
      </button>
    </li>
  );
}
