/** Idle: a number to call, typed, pasted or pressed, and the line it is called from. */
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { clock } from "../format";
import type { Availability, Line } from "../messages";
import { presenceWord } from "../words";
import { isolated } from "../names";
import type { Api } from "../ports";
import type { Hints } from "../softphone/state";
import { CallAnyway } from "./CallAnyway";
import { CallLayout } from "./CallLayout";
import { FOUND_ID, FoundContacts, hintsOf as hintsOfFound, numbersOf } from "./FoundContacts";
import { Icon } from "./Icon";
import { Keypad } from "./Keypad";
import {
  type Entry,
  EXTENSION_WORDS,
  hasLetters,
  hintsOf,
  understand,
  useNumberCheck,
} from "./useNumberCheck";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";

export interface DialPadProps {
  api: Pick<Api, "checkNumber" | "contacts" | "overrideCall">;
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
  onDial(hints: Hints): void;
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
  const { api, text, onText, canDial, onDial } = props;
  const lineId = props.line?.id ?? null;
  const entry = useNumberCheck(api, text, lineId);
  // A number is called wrong only when the agent has finished typing: on Call, or after leaving the field.
  const [insisted, setInsisted] = useState("");
  const [pending, setPending] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [folded, setFolded] = useState("");
  const names = entry.kind === "names" && hasLetters(text) && folded !== text;
  const found = useMemo(() => (entry.kind === "names" ? numbersOf(entry.found) : []), [entry]);
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
      onDial(hintsOfFound(active));
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
            <CallAnyway key={text} check={entry.check} {...{ api, canDial, onDial }} />
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
        <FoundContacts {...{ text, found, canDial, onDial }} active={active?.id ?? null} />
      ) : (
        <Keypad onPress={(key) => onText(text + key)} onLongZero={() => onText(text + "+")} />
      )}
    </CallLayout>
  );
}

interface FieldProps extends Pick<DialPadProps, "text" | "onText"> {
  wrong: boolean;
  /** Whether choices stand under it, and the one that Enter calls. */
  expanded: boolean;
  active: string | undefined;
  onKeyDown(event: KeyboardEvent): void;
  onLeave(): void;
}

function NumberField({ text, onText, wrong, expanded, active, onKeyDown, onLeave }: FieldProps) {
  async function paste(): Promise<void> {
    const pasted = await navigator.clipboard.readText().catch(() => "");
    if (pasted) onText(cleaned(pasted));
    document.querySelector<HTMLInputElement>("#number")?.focus();
  }
  return (
    <div class={wrong ? "number-field number-wrong" : "number-field"}>
      <label class="visually-hidden" for="number">
        {t("dial.field")}
      </label>
      <input
        id="number"
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={expanded}
        aria-controls={FOUND_ID}
        aria-activedescendant={active}
        // Names are typed here, too: a telephone has letters for it, and its digits stand below.
        inputMode="text"
        autocapitalize="words"
        autocomplete="off"
        spellcheck={false}
        placeholder={t("dial.field")}
        value={text}
        aria-invalid={wrong}
        aria-describedby="number-hint"
        onInput={(event) => onText(event.currentTarget.value)}
        onPaste={(event) => {
          const pasted = event.clipboardData?.getData("text") ?? "";
          if (!text && pasted) {
            event.preventDefault();
            onText(cleaned(pasted));
          }
        }}
        onKeyDown={onKeyDown}
        onBlur={onLeave}
      />
      {text ? (
        <button
          type="button"
          class="icon-button"
          aria-label={t("dial.delete")}
          onClick={() => {
            onText(text.slice(0, -1));
            // The button goes with the last character.
            if (text.length === 1) document.getElementById("number")?.focus();
          }}
        >
          <Icon name="backspace" />
        </button>
      ) : (
        "clipboard" in navigator && (
          <button type="button" class="text-button" onClick={() => void paste()}>
            <Icon name="paste" size={16} /> {t("dial.paste")}
          </button>
        )
      )}
    </div>
  );
}

const PASTED = new RegExp(
  `\\+?[\\d(][\\d\\s()./-]{4,}\\d(?:(?:;ext=|,+|\\s*${EXTENSION_WORDS}\\s*)\\d{1,9}\\b)?`,
  "i",
);

/** A number out of a mail or a web page: without "Tel.", line breaks and invisible signs. */
export function cleaned(pasted: string): string {
  const line = pasted
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/\s+/g, " ")
    .trim();
  const number = PASTED.exec(line.replace(/^tel:/i, ""))?.[0];
  return (number ?? line).slice(0, 60);
}

function NumberHint({
  entry,
  wrong,
  active,
  homeRegionName,
}: {
  entry: Entry;
  wrong: boolean;
  active: boolean;
  homeRegionName: string;
}) {
  if (entry.kind === "valid") {
    const { check } = entry;
    const known = check.contact ? isolated(check.contact.name) : t("dial.notInContacts");
    const calls = t("dial.earlierCalls", { count: check.known_calls });
    const facts = [check.place ?? check.country, known, check.known_calls > 0 && calls].filter(Boolean);
    return (
      <p class="hint" id="number-hint">
        <Icon name="check" size={16} /> <span>{facts.join(" · ")}</span>
      </p>
    );
  }
  // A whole number that must not be called now is no typing mistake: it is said at once.
  if (wrong || entry.kind === "unknown" || entry.kind === "refused") {
    const message = "message" in entry ? entry.message : "";
    return (
      <p class="hint hint-wrong" id="number-hint" role="alert">
        <Icon name="alert" size={16} /> <span>{message}</span>
      </p>
    );
  }
  return (
    <p class="hint" id="number-hint">
      {entry.kind === "names"
        ? active
          ? t("dial.enterCalls")
          : t("dial.choose")
        : t("dial.withoutPlus", { country: homeRegionName })}
    </p>
  );
}

function LineChoice({ lines, line, onLine }: DialPadProps) {
  if (lines.length === 0) return <p class="call-from" />;
  if (lines.length === 1 && lines[0]) {
    return (
      <p class="call-from">
        {rich("dial.fromLine", {
          line: (
            <strong>
              {lines[0].name} · {lines[0].display}
            </strong>
          ),
        })}
      </p>
    );
  }
  return (
    <p class="call-from">
      <label for="line">{t("dial.from")}</label>
      <span class="select">
        <select
          id="line"
          value={line?.id ?? ""}
          onChange={(event) => {
            const id = Number(event.currentTarget.value);
            onLine(lines.find((each) => each.id === id) ?? null);
          }}
        >
          {lines.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name} · {each.display}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" size={16} />
      </span>
    </p>
  );
}
