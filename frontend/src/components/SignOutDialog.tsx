/** Signing out during a call: who would lose it is named, and the button that keeps the call has focus. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Config } from "../config";
import type { Participant } from "../messages";
import type { Api } from "../ports";
import type { SoftphoneEvent } from "../softphone/events";
import { elsewhere } from "../softphone/moving";
import { consultation, heldSince, parkedCalls, shownCall, thirdParties } from "../softphone/room";
import { callerFacts, currentFacts, NOBODY } from "../softphone/selectors";
import { inCall, isDialling, isSupervising, type State } from "../softphone/state";
import { Dialog } from "./Dialog";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";

interface Props {
  state: State;
  config: Pick<Config, "csrfToken" | "urls">;
  api: Pick<Api, "hangUp">;
  send(event: SoftphoneEvent): void;
  onClose(): void;
}

/** The answer to ending a call that is over. */
const OVER = 409;
let wentBack = 0;

export function SignOutDialog({ state, config, api, send, onClose }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [ending, setEnding] = useState(false);
  const [problem, setProblem] = useState("");
  const name = nameOnTheLine(state);
  const parked = parkedCalls(state).map(({ call: { sid } }) => ({
    sid,
    facts: callerFacts(state, sid, NOBODY),
  }));
  const nobody = name === null && parked.length === 0;
  // Who hung up meanwhile is not asked about, nor is the next call.
  useEffect(() => {
    if (nobody && !ending) onClose();
  }, [nobody, ending]);
  if (nobody && !ending) return null;

  // The caller waits until it is settled who is to have the call: one press ends no such call.
  if (name !== null && consultation(state)?.mine)
    return (
      <Dialog title={t("signOut.title")} onClose={onClose}>
        <p>{rich("signOut.consults", { name: <bdi>{name}</bdi> })}</p>
        <div class="dialog-buttons">
          <button type="button" class="button-plain" autofocus onClick={onClose}>
            {t("signOut.back")}
          </button>
        </div>
      </Dialog>
    );

  const leaves = name !== null && goesOn(state);
  const back = parked.find(({ sid }) => sid === elsewhere(state)?.call.sid && state.grants.outgoing);

  /** Who is parked is hung up on first: the page that asks for it is gone a moment later. */
  async function end(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (ending) return;
    setEnding(true);
    setProblem("");
    for (const { sid, facts } of parked) {
      try {
        await api.hangUp(sid);
      } catch (refusal) {
        const { status, message } = refusal as Error & { status?: number };
        if (status === OVER) continue;
        setProblem(t("ended.orphanProblem", { name: facts.title, problem: message }));
        setEnding(false);
        return;
      }
    }
    if (name !== null) send({ type: "agent.hung-up", at: Date.now() });
    form.current?.submit();
  }

  return (
    <Dialog title={name === null ? t("signOut.titleParked") : t("signOut.title")} onClose={onClose}>
      {name !== null && (
        <p>{rich(leaves ? "signOut.leaves" : "signOut.text", { name: <bdi>{name}</bdi> })}</p>
      )}
      {parked.map(({ sid, facts }) => (
        <p key={sid}>{rich("signOut.parked", { name: <bdi>{facts.title}</bdi> })}</p>
      ))}
      {problem && <p role="alert">{problem}</p>}
      <form
        class="dialog-buttons"
        method="post"
        action={config.urls.logout}
        ref={form}
        onSubmit={(event) => void end(event)}
      >
        <input type="hidden" name="csrfmiddlewaretoken" value={config.csrfToken} />
        <button type="button" class="button-plain" autofocus onClick={onClose}>
          {t("signOut.cancel")}
        </button>
        {back && (
          <button
            type="button"
            class="button-answer"
            onClick={() => {
              send({ type: "agent.moved-here", root: back.sid, id: `stay-${++wentBack}` });
              onClose();
            }}
          >
            {t("second.back", { name: back.facts.shortName })}
          </button>
        )}
        <button type="submit" class="button-reject" aria-disabled={ending} aria-busy={ending}>
          {wordOf(leaves, parked.length + (name === null ? 0 : 1))}
        </button>
      </form>
    </Dialog>
  );
}

function wordOf(leaves: boolean, calls: number): string {
  if (calls > 1) return t(leaves ? "signOut.leaveAndEnd" : "signOut.endAll");
  return t(leaves ? "signOut.leave" : "signOut.end");
}

/** Whose call hangs on this page. Who is parked, and is on the way back, is named as that. */
function nameOnTheLine(state: State): string | null {
  const { focus } = state.calls;
  if (!inCall(state) || isSupervising(focus)) return null;
  const root = isDialling(focus) ? focus.hints.move?.root : undefined;
  if (parkedCalls(state).some(({ call }) => call.sid === root)) return null;
  return currentFacts(state)?.title ?? null;
}

/** Whether the others talk on when this agent leaves. */
function goesOn(state: State): boolean {
  const isHeld = heldSince(shownCall(state)) !== null;
  const talksOn = ({ agent, held }: Participant) => agent !== null || !(held || isHeld);
  return thirdParties(state).some((party) => party.state === "in" && talksOn(party));
}
