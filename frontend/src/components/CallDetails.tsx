/** A call of the log, opened: who and when, what is noted of it, what happened. */
import type { CallDetailsStore, OpenCall } from "../callDetails/callDetails";
import type { Config } from "../config";
import { clock, exactClock, fullTime, minutes } from "../format";
import type { Call, Line } from "../messages";
import type { CallQuality, TimelineEntry } from "../ports";
import { isolated, shownFirstName } from "../names";
import { canBeCalled } from "../softphone/colleague";
import type { Correspondent } from "../threads/correspondent";
import { agentsOf, lengthOf, partyTitle, resultWord, wayIcon, wayWord } from "../words";
import { ContactButton, type ContactToOpen } from "./CallerTab";
import { EmptyState, Loading } from "./EmptyState";
import { Icon } from "./Icon";
import { NoteForm, NoteText } from "./NoteForm";
import { isTextField } from "./fields";
import { VoiceMessage } from "./VoiceMessage";
import { t } from "../i18n/i18n";

interface Props {
  open: OpenCall;
  details: CallDetailsStore;
  mayNote: boolean;
  canDial: boolean;
  /** The name of the way back. */
  back: string;
  onCall(call: Call): void;
  /** From which they are texted when the call was on none of ours. */
  line: Line | null;
  onText(whom: Correspondent): void;
  onContact(contact: ContactToOpen): void;
  onClose(): void;
}

export function CallDetails(props: Props) {
  const { open, details, mayNote, canDial, back, onCall, line, onText, onContact, onClose } = props;
  const { call } = open;
  return (
    <div
      class="details"
      role="group"
      aria-labelledby="details-title"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || isTextField(event.target as Element)) return;
        event.preventDefault();
        onClose();
      }}
    >
      <button type="button" class="text-button details-back" onClick={onClose}>
        <span class="turned">
          <Icon name="chevron-down" size={16} />
        </span>
        {back}
      </button>
      <Facts {...{ call, canDial, onCall, line, onText, onContact }} />
      <section class="card note" aria-labelledby="note-title">
        <h3 id="note-title">{t("details.note")}</h3>
        {mayNote ? <NoteForm key={open.sid} open={open} details={details} /> : <NoteText note={open.saved} />}
      </section>
      {open.quality.length > 0 && <Sound quality={open.quality} />}
      <section class="card happened" aria-labelledby="happened-title">
        <h3 id="happened-title">{t("details.happened")}</h3>
        <Timeline open={open} onRetry={() => details.load()} />
      </section>
    </div>
  );
}

/** As the server decides it: the agent on the call, supervisors of its team, admins. */
export function mayNote(call: Call, me: Pick<Config["agent"], "id" | "role">): boolean {
  const came = call.internal && call.incoming;
  return came || call.agent?.id === me.id || me.role !== "agent";
}

type FactsProps = Pick<Props, "canDial" | "onCall" | "line" | "onText" | "onContact"> & { call: Call };

function Facts({ call, canDial, onCall, line: fallback, onText, onContact }: FactsProps) {
  const { party, contact } = call;
  const line = call.line ?? fallback;
  const { word, tone } = resultWord(call.result);
  const title = partyTitle(call);
  const length = call.ring_seconds ? "" : lengthOf(call);
  // A server of the version before says nothing of it.
  const had = call.agents ?? [];
  const rows: [string, string][] = [
    [t("common.number"), party.name && !party.withheld ? party.display : ""],
    [t("common.place"), party.place],
    [t("details.began"), fullTime(call.start_time)],
    [t("details.lasted"), length],
    [t("details.rang"), call.ring_seconds ? minutes(call.ring_seconds) : ""],
    [t("common.waited"), call.waited === null ? "" : minutes(call.waited)],
    [t("common.line"), call.line?.name ?? ""],
    [t("details.held"), call.held_seconds ? minutes(call.held_seconds) : ""],
    [
      call.incoming ? t("details.answeredBy") : t("details.calledBy"),
      isolated(agentsOf(call)[0]?.name ?? ""),
    ],
    [t("details.callerId"), party.verification_failed ? t("details.forged") : ""],
    [t("details.spam"), party.spam ? t("details.isSpam") : ""],
    [t("details.problem"), call.problem],
  ];
  return (
    <section class="card details-head" aria-labelledby="details-title">
      <div class="details-title">
        <h2 id="details-title" tabIndex={-1} title={title} data-home>
          {title}
        </h2>
        <span class={`tag tag-${tone}`}>{word}</span>
      </div>
      <p class="quiet small">{wayWord(wayIcon(call))}</p>
      <dl class="facts">
        {rows
          .filter(([, value]) => value)
          .map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ))}
      </dl>
      {had.length > 1 && (
        <>
          <h3 class="quiet small" id="had-by">
            {t("details.agents")}
          </h3>
          <ol class="had-by" aria-labelledby="had-by">
            {had.map(({ agent, since, until }) => (
              <li key={since}>
                <span dir="auto">{isolated(agent.name)}</span>{" "}
                <span class="quiet">
                  {until
                    ? t("details.fromTo", { from: clock(since), to: clock(until) })
                    : t("details.from", { from: clock(since) })}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
      {canBeCalled(party.number) && (
        <div class="details-acts">
          <button type="button" class="small-button" disabled={!canDial} onClick={() => onCall(call)}>
            <Icon name="phone" size={16} /> {t("log.call", { name: shownFirstName(party.name) || title })}
          </button>
          {line && party.number.startsWith("+") && (
            <button
              type="button"
              class="small-button"
              onClick={() => onText({ line, number: party.number, display: party.display, contact })}
            >
              <Icon name="message" size={16} /> {t("common.text")}
            </button>
          )}
          <ContactButton number={party.number} name={party.name} {...{ contact, onContact }} />
        </div>
      )}
      {call.recordings.map((recording) => (
        <VoiceMessage key={recording.sid} recording={recording} from={title} />
      ))}
    </section>
  );
}

/** How it sounded at each agent's phone: in words, and what it was heard with. */
function Sound({ quality }: { quality: CallQuality[] }) {
  return (
    <section class="card sound" aria-labelledby="sound-title">
      <h3 id="sound-title">{t("details.sound")}</h3>
      <ul class="sounds">
        {quality.map((one) => (
          <li key={one.leg}>
            <p>
              {one.verdict === "poor" && <Icon name="alert" size={16} />}{" "}
              {quality.length > 1 && one.agent ? `${isolated(one.agent.name)}: ` : ""}
              {one.summary}
            </p>
            {soundFacts(one).map((text) => (
              <p key={text} class="quiet small" dir="auto">
                {text}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function soundFacts({ warnings, microphone, speaker, network, is_complete }: CallQuality): string[] {
  const with_ = [...new Set([microphone, speaker, network].filter(Boolean))].join(", ");
  return [
    warnings.length > 0 ? t("details.soundWarned", { what: warnings.map((one) => one.text).join("; ") }) : "",
    with_ && t("details.soundWith", { what: with_ }),
    is_complete ? "" : t("details.soundPartly"),
  ].filter(Boolean);
}

function Timeline({ open, onRetry }: { open: OpenCall; onRetry(): void }) {
  const { timeline, loading } = open;
  if (loading === "failed") {
    return (
      <EmptyState icon="alert" title={t("details.notLoaded")} text={t("common.callsUnaffected")}>
        <button type="button" class="small-button" onClick={onRetry}>
          {t("common.tryAgain")}
        </button>
      </EmptyState>
    );
  }
  if (timeline === null) return <Loading />;
  if (timeline.length === 0) return <p class="quiet">{t("details.nothing")}</p>;
  return (
    <ol class="events">
      {timeline.map((entry, at) => (
        // Entries are only ever added; two of one moment and name are told apart by their place.
        <Entry key={`${entry.at} ${entry.title} ${at}`} entry={entry} />
      ))}
    </ol>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const incident = entry.kind === "incident";
  return (
    <li class={incident ? "event event-incident" : "event"}>
      <time dateTime={entry.at}>{exactClock(entry.at)}</time>
      <div>
        <p>
          {incident && <Icon name="alert" size={16} />} {entry.title}.
        </p>
        {entry.detail && <p class="quiet">{entry.detail}</p>}
      </div>
    </li>
  );
}
