/** Idle: a number to call, typed, pasted or pressed, and the line it is called from. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { clock } from "../format";
import type { Availability, Line } from "../messages";
import { presenceWord } from "../words";
import type { Api } from "../ports";
import type { Hints } from "../softphone/state";
import { CallAnyway } from "./CallAnyway";
import { CallLayout } from "./CallLayout";
import { FoundContacts, hintsOf as hintsOfFound, numbersOf, phonesOf } from "./FoundContacts";
import { Icon } from "./Icon";
import { Keypad } from "./Keypad";
import { LineChoice } from "./LineChoice";
import { NumberField } from "./NumberField";
import { NumberHint } from "./NumberHint";
import { hasLetters, hintsOf, understand, useNumberCheck } from "./useNumberCheck";
import { t } from "../i18n/i18n";

export interface DialPadProps {
  api: Pick<Api, "checkNumber" | "colleagues" | "contacts" | "overrideCall">;
  text: string;
  onText(text: string): void;
  lines: Line[];
  line: Line | null;
  onLine(line: Line | null): void;
  canDial: boolean;
  /** False: the agent may not call out at all. */
  mayDial: boolean;
  homeRegionName: string;
  readySince: number | null;
  availability: Availability;
  notices: ComponentChildren;
  /** A number that was checked. */
  onDial(hints: Hints): void;
  /** A contact's, which was not. */
  onCall(hints: Hints): void;
}

export function DialPad(props: DialPadProps) {
  return props.mayDial ? <Pad {...props} /> : <NoPad {...props} />;
}

/** In the pad's place for an agent who may not call out. */
function NoPad({ readySince, availability, notices }: DialPadProps) {
  return (
    <CallLayout
      tone="idle"
      identity={
        <>
          <Readiness since={readySince} availability={availability} />
          <p class="rest-text">{t("dial.mayNot")}</p>
        </>
      }
      bar={
        <button type="button" class="button-call" disabled>
          <Icon name="phone" /> {t("common.call")}
        </button>
      }
    >
      {notices}
    </CallLayout>
  );
}

/** "Ready since 10:48" is said of somebody whose phone rings: not of who is away. */
function Readiness({ since, availability }: { since: number | null; availability: Availability }) {
  const ready = availability === "available" ? t("dial.ready") : presenceWord(availability);
  return (
    <div class="state-line">
      <h2 class="state-idle" tabIndex={-1} data-focus="call-area" data-home>
        {since === null ? t("dial.notReady") : ready}
      </h2>
      {since !== null && availability === "available" && (
        <span class="since">{t("dial.since", { time: clock(since) })}</span>
      )}
    </div>
  );
}

function Pad(props: DialPadProps) {
  const { api, text, onText, canDial, onDial, onCall } = props;
  const lineId = props.line?.id ?? null;
  const entry = useNumberCheck(api, text, lineId);
  // A number is called wrong only when the agent has finished typing: on Call, or after leaving the field.
  const [insisted, setInsisted] = useState("");
  const [pending, setPending] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [folded, setFolded] = useState("");
  const names = entry.kind === "names" && hasLetters(text) && folded !== text;
  const found = useMemo(
    () => (entry.kind === "names" ? [...phonesOf(entry.colleagues), ...numbersOf(entry.found)] : []),
    [entry],
  );
  const at = found.findIndex(({ id }) => id === chosen);
  const active = names ? (found[at] ?? null) : null;

  /** The keys of a list of choices, while the field keeps focus. */
  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (found.length === 0) return;
      setFolded("");
      const step = event.key === "ArrowDown" ? 1 : -1;
      // From no choice, up is the last one.
      setChosen(found.at(at < 0 && step < 0 ? -1 : (at + step) % found.length)?.id ?? null);
    } else if (event.key === "Escape" && names && found.length > 0) {
      setFolded(text);
      setChosen(null);
    } else return;
    event.preventDefault();
  }

  async function dial(): Promise<void> {
    if (pending || !canDial) return;
    if (active) {
      if (!active.problem) onCall(hintsOfFound(active));
      return;
    }
    if (!text.trim()) {
      document.querySelector<HTMLInputElement>("#number")?.focus();
      return;
    }
    setPending(true);
    const understood = entry.kind === "checking" ? await understand(api, text, lineId) : entry;
    setPending(false);
    setInsisted(text);
    if (understood.kind === "valid") onDial(hintsOf(understood.check));
    else if (understood.kind === "refused" && understood.check.may_override) {
      // Drawn by then, also when Enter came before the check.
      setTimeout(() => document.querySelector<HTMLInputElement>("#call-reason")?.focus(), 0);
    } else if (understood.kind === "unknown" && /^\+[\d\s().-]{8,}$/.test(text.trim())) {
      // Our check is not needed to call a number that is written in full.
      const number = text.replace(/[^\d+]/g, "");
      onDial({ number, display: number, name: "", place: "", line: "" });
    } else document.querySelector<HTMLInputElement>("#number")?.focus();
  }

  const wrong = entry.kind === "invalid" && insisted === text;
  return (
    <CallLayout
      tone="idle"
      identity={
        <>
          <form
            class="dial-form"
            onSubmit={(event) => {
              event.preventDefault();
              void dial();
            }}
          >
            <Readiness since={canDial ? props.readySince : null} availability={props.availability} />
            <NumberField
              {...props}
              wrong={wrong}
              expanded={names && found.length > 0}
              active={active?.id}
              onKeyDown={onKeyDown}
              onLeave={() => setInsisted(text)}
            />
            <NumberHint
              entry={entry}
              wrong={wrong}
              active={active !== null}
              homeRegionName={props.homeRegionName}
            />
            <p class="visually-hidden" role="status">
              {names && found.length > 0 && t("dial.numbersFound", { count: found.length })}
            </p>
            <LineChoice {...props} />
          </form>
          {/* Not in the form: with a second field and no button in it, Enter would not send it. */}
          {entry.kind === "refused" && entry.check.may_override && (
            <CallAnyway key={text} hints={hintsOf(entry.check)} {...{ api, canDial, onDial }} />
          )}
        </>
      }
      bar={
        <button type="button" class="button-call" disabled={!canDial || pending} onClick={() => void dial()}>
          <Icon name="phone" /> {canDial ? t("common.call") : t("common.callWhenConnected")}
        </button>
      }
    >
      {props.notices}
      {names ? (
        <FoundContacts {...{ text, found, canDial, onCall }} active={active?.id ?? null} />
      ) : (
        <Keypad onPress={(key) => onText(text + key)} onLongZero={() => onText(text + "+")} />
      )}
    </CallLayout>
  );
}
