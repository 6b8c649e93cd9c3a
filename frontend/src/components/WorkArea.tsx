/** Beside the call: the caller while there is one, the call log, the team. */
import type { CallDetailsStore } from "../callDetails/callDetails";
import type { CallLogStore } from "../callLog/callLog";
import type { Config } from "../config";
import type { Call, Presence } from "../messages";
import type { Api } from "../ports";
import type { CallerFacts } from "../softphone/selectors";
import { CallLog } from "./CallLog";
import { ContactCard, Earlier } from "./CallerTab";
import { Team } from "./Team";
import { useNarrow } from "./useNarrow";

export type View = "caller" | "log" | "team";

interface Props {
  view: View;
  onView(view: View): void;
  facts: CallerFacts | null;
  root: string | null;
  log: CallLogStore;
  details: CallDetailsStore;
  me: Config["agent"];
  api: Pick<Api, "calls">;
  team: Presence[];
  canDial: boolean;
  onCall(call: Call): void;
}

const NAMES: Record<View, string> = { caller: "Caller", log: "Call log", team: "Team" };

export function WorkArea({ view, onView, facts, root, log, details, me, api, team, canDial, onCall }: Props) {
  // With room for the side column, the team stands there.
  const narrow = useNarrow();
  const views: View[] = [...(facts ? ["caller" as const] : []), "log", ...(narrow ? ["team" as const] : [])];
  const shown = views.includes(view) ? view : "log";

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const step = event.key === "ArrowRight" ? 1 : views.length - 1;
    const next = views[(views.indexOf(shown) + step) % views.length];
    if (!next) return;
    onView(next);
    document.getElementById(`tab-${next}`)?.focus();
  }

  return (
    <section class="work" aria-label="Work area" tabIndex={-1}>
      <div class={`tabs tabs-${shown}`} role="tablist" aria-label="Work area" onKeyDown={onKeyDown}>
        {views.map((each) => (
          <button
            type="button"
            key={each}
            role="tab"
            id={`tab-${each}`}
            aria-selected={each === shown}
            aria-controls="work-panel"
            tabIndex={each === shown ? 0 : -1}
            onClick={() => onView(each)}
          >
            {NAMES[each]}
          </button>
        ))}
      </div>
      <div class="work-columns">
        <div
          class="work-main"
          role="tabpanel"
          id="work-panel"
          aria-labelledby={`tab-${shown}`}
          // The caller's card and the team hold nothing to focus: without this, the keyboard could not scroll it.
          tabIndex={shown === "log" ? undefined : 0}
        >
          {shown === "team" && <Team team={team} />}
          {shown === "caller" && facts ? (
            <>
              <div class="contact-between">
                <ContactCard facts={facts} />
              </div>
              <Earlier key={root ?? "new"} facts={facts} root={root} api={api} />
            </>
          ) : null}
          {shown === "log" && <CallLog {...{ log, details, me, canDial, onCall }} />}
        </div>
        {!narrow && (
          <div class="side" role="group" aria-label={facts ? "Contact and team" : "Team"} tabIndex={0}>
            {facts && <ContactCard facts={facts} />}
            <Team team={team} />
          </div>
        )}
      </div>
    </section>
  );
}
