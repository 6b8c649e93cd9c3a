/** One call of the log. */
import { clock, fullTime } from "../format";
import type { Call, Line } from "../messages";
import { isolated } from "../names";
import { canBeCalled } from "../softphone/colleague";
import { byWhom, lengthOf, partyTitle, resultWord, wayIcon, wayWord } from "../words";
import type { Correspondent } from "../threads/correspondent";
import type { ContactToOpen } from "./CallerTab";
import { Icon } from "./Icon";
import { RowMenu } from "./RowMenu";
import { PastNote } from "./PastNote";
import { VoiceMessage } from "./VoiceMessage";
import { t } from "../i18n/i18n";

interface Props {
  call: Call;
  /** The agent's own id. */
  me: number;
  canDial: boolean;
  /** The part of its note for which it was found, or "". */
  found: string;
  /** Whether Tab stops here; the arrow keys reach the others. */
  reachable: boolean;
  onCall(call: Call): void;
  onOpen(call: Call): void;
  /** From which a text is sent to who called none of ours. */
  line: Line | null;
  onText(whom: Correspondent): void;
  onContact(contact: ContactToOpen): void;
}

export function CallRow(props: Props) {
  const { call, me, canDial, found, reachable, onCall, onOpen, onText } = props;
  const { party } = call;
  const way = wayIcon(call);
  const { word, tone } = resultWord(call.result);
  const title = partyTitle(call);
  const second = call.internal
    ? t("party.colleague")
    : party.name
      ? isolated(party.display)
      : party.withheld
        ? t("log.noNumber")
        : [isolated(party.place), t("dial.notInContacts")].filter(Boolean).join(" · ");
  // A message says its length itself.
  const length = call.recordings.length > 0 ? "" : lengthOf(call);
  const by = byWhom(call, me);
  const callable = canBeCalled(party.number);
  const whom = callerOf(call, props.line);
  return (
    <li
      class="row"
      data-row={call.sid}
      onKeyDown={(event) => {
        const inMenu = (event.target as Element).closest("[role=menu]");
        if (event.ctrlKey || event.metaKey || event.altKey || inMenu || !callable) return;
        const key = event.key.toLowerCase();
        if (key === "c" && canDial) onCall(call);
        else if (key === "s" && whom) onText(whom);
      }}
    >
      <span class={`way way-${way}`} id={`way-${call.sid}`}>
        <Icon name={way} />
        <span class="visually-hidden">{wayWord(way)}</span>
      </span>
      <button
        type="button"
        class="row-who row-open"
        tabIndex={reachable ? 0 : -1}
        aria-describedby={["way", "result", "when"].map((part) => `${part}-${call.sid}`).join(" ")}
        onClick={() => onOpen(call)}
      >
        <strong title={title}>{title}</strong>
        <span>{second}</span>
        {found && (
          <span class="row-found" title={call.note}>
            {t("log.note", { text: found })}
          </span>
        )}
        <span class="visually-hidden">{t("log.details")}</span>
      </button>
      <span class="row-line">{call.line?.name}</span>
      <span class="row-result" id={`result-${call.sid}`}>
        <span class={`tag tag-${tone}`}>{word}</span>
        {by && <span class="row-by">{by}</span>}
      </span>
      <span class="row-when" id={`when-${call.sid}`}>
        <time dateTime={call.start_time} title={fullTime(call.start_time)}>
          {clock(call.start_time)}
        </time>
        <span class="row-length">{length}</span>
        <span class="row-word" aria-hidden="true">
          {word}
          {by && <span class="row-word-by">{by}</span>}
        </span>
      </span>
      {callable ? (
        // The arrow keys come here from the row's own button, and C calls.
        <button
          type="button"
          class="icon-button row-call"
          tabIndex={-1}
          disabled={!canDial}
          aria-label={
            party.name && !call.internal
              ? t("log.callNumber", { name: title, number: party.display })
              : t("log.call", { name: title })
          }
          onClick={() => onCall(call)}
        >
          <Icon name="phone" />
        </button>
      ) : (
        <span class="row-call" />
      )}
      <RowMenu {...props} title={title} whom={whom} />
      {(call.note || call.outcome) && (
        <div class="row-note">
          <PastNote call={call} />
        </div>
      )}
      {call.recordings.length > 0 && (
        <div class="row-messages">
          {call.recordings.map((recording) => (
            <VoiceMessage key={recording.sid} recording={recording} from={title} />
          ))}
        </div>
      )}
    </li>
  );
}

/** Whom a text would go to, from the line that the call was on; null for a number that nobody can text. */
function callerOf({ party, contact, line }: Call, fallback: Line | null): Correspondent | null {
  const from = line ?? fallback;
  if (!from || !party.number.startsWith("+")) return null;
  return { line: from, number: party.number, display: party.display, contact };
}
