/** Beside the call in focus: who rings softly, and who waits with music until the agent comes back. */
import { callerFacts, NOBODY } from "../softphone/selectors";
import { handedWith } from "../softphone/room";
import { cameBy } from "../softphone/queues";
import { canPark, notParked, parkedBeside, secondRing } from "../softphone/secondCall";
import type { SoftphoneEvent } from "../softphone/events";
import type { State } from "../softphone/state";
import { Icon } from "./Icon";
import { CameByNotice, HandedNotice } from "./IncomingCall";
import { Timer } from "./Identity";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";

interface Props {
  state: State;
  send(event: SoftphoneEvent): void;
}

export function SecondCall({ state, send }: Props) {
  const ring = secondRing(state);
  if (!ring) return null;
  const facts = callerFacts(state, ring.root, ring.hints);
  const handed = handedWith(state.lives[ring.root]?.call, state.me.id);
  const came = handed ? null : cameBy(state, ring);
  const act = state.control?.act;
  const waits = act?.do === "park" && "answer" in act;
  const may = canPark(state);
  return (
    <section class="panel second-call" aria-labelledby="second-call">
      <h3 id="second-call" class="small-title">
        <Icon name="bell" size={18} /> {t("second.title")} <Timer since={ring.since} class="quiet" />
      </h3>
      <p>
        <strong dir="auto">{facts.title}</strong>
        {facts.lineName && <span class="quiet"> {facts.lineName}</span>}
      </p>
      {handed && (
        <p>
          <HandedNotice handed={handed} facts={facts} />
        </p>
      )}
      {came && (
        <p>
          <CameByNotice came={came} />
        </p>
      )}
      <div class="second-call-keys">
        <button
          type="button"
          class="button-reject"
          aria-disabled={waits}
          onClick={() => send({ type: "agent.declined-second" })}
        >
          {t("second.decline")}
        </button>
        <button
          type="button"
          class="button-answer"
          aria-disabled={!may}
          aria-busy={waits}
          aria-describedby={notParked(state) ? "second-call-not" : undefined}
          onClick={() => may && send({ type: "agent.held-and-answered" })}
        >
          {t("second.answer")}
        </button>
      </div>
      <WhyNot id="second-call-not" state={state} />
    </section>
  );
}

export function ParkedCaller({ state, send }: Props) {
  const live = parkedBeside(state);
  if (!live?.call.parked_since) return null;
  const { sid } = live.call;
  const facts = callerFacts(state, sid, NOBODY);
  const name = facts.shortName;
  const may = canPark(state);
  const problem = state.orphans.find((orphan) => orphan.sid === sid)?.problem;
  return (
    <section class="panel second-call" aria-labelledby="parked-caller">
      <h3 id="parked-caller" class="small-title">
        <Icon name="music" size={18} /> {t("second.parked")}{" "}
        <Timer since={byOurClock(live.call.parked_since)} class="quiet" />
      </h3>
      <p>
        <strong dir="auto">{facts.title}</strong>
        {facts.lineName && <span class="quiet"> {facts.lineName}</span>}
      </p>
      {problem && <p role="alert">{t("ended.orphanProblem", { name: facts.title, problem })}</p>}
      <div class="second-call-keys">
        <button
          type="button"
          class="button-plain"
          aria-label={t("second.end", { name })}
          onClick={() => send({ type: "agent.ended-orphan", sid })}
        >
          <Icon name="hang-up" /> {t("call.hangUp")}
        </button>
        <button
          type="button"
          class="button-answer"
          aria-disabled={!may}
          aria-busy={state.control?.act?.do === "park"}
          aria-describedby={notParked(state) ? "parked-caller-not" : undefined}
          onClick={() => may && send({ type: "agent.swapped" })}
        >
          <Icon name="phone" /> {t("consult.talkTo", { name })}
        </button>
      </div>
      <WhyNot id="parked-caller-not" state={state} />
    </section>
  );
}

/** Why the key above cannot be pressed, where that is not plain. */
function WhyNot({ id, state }: { id: string; state: State }) {
  const why = notParked(state);
  return why && <p id={id}>{t(why)}</p>;
}
