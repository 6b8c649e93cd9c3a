/** All that was with a contact, by day and by kind. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ContactsStore } from "../../contacts/contacts";
import type { OpenContact } from "../../contacts/openContact";
import type { Entry, EntryKind, Note, TextFacts } from "../../contacts/ports";
import { clock, dayName, fullTime } from "../../format";
import { t } from "../../i18n/i18n";
import type { Call } from "../../messages";
import { isolated } from "../../names";
import { agentsOf, lengthOf, outcomeWord, resultWord, wayIcon } from "../../words";
import { EmptyState, Loading } from "../EmptyState";
import { Icon } from "../Icon";
import { focusIsLost } from "../regions";
import { useStore } from "../useStore";
import { VoiceMessage } from "../VoiceMessage";
import { LoadMore } from "../LoadMore";
import { serverNow } from "../../serverClock";

const KINDS: EntryKind[] = ["call", "text", "voicemail", "note"];

interface Props {
  contacts: ContactsStore;
  open: OpenContact;
  name: string;
  onOpenCall(call: Call): void;
}

export function ContactTimeline({ contacts, open, name, onOpenCall }: Props) {
  const { timeline } = contacts;
  const { rows, status, next, more, query } = useStore(timeline);
  const { counts } = open;
  const kinds = KINDS.filter((kind) => counts[kind] !== undefined);
  const all = kinds.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0);
  /** What takes focus once the rows are there again: what had it went with them. */
  const [goTo, setGoTo] = useState<string | null>(null);
  useLayoutEffect(() => {
    if (goTo === null || status !== "ready") return;
    setGoTo(null);
    // Who has gone elsewhere meanwhile, to a ringing phone, stays there.
    if (focusIsLost() || document.activeElement?.closest(".person")) document.getElementById(goTo)?.focus();
  }, [goTo, status]);
  return (
    <section class="person-line" aria-labelledby="person-line-title">
      <div class="person-line-head">
        <h3 id="person-line-title" tabIndex={-1}>
          {t("contact.timeline")}
        </h3>
        {kinds.length > 0 && (
          <div class="segments" role="radiogroup" aria-label={t("contact.show")}>
            {([null, ...kinds] as const).map((kind) => (
              <label key={kind ?? "all"}>
                <input
                  type="radio"
                  name="entry-kind"
                  checked={query.kind === kind}
                  onChange={() => timeline.ask({ kind })}
                />
                <span>{t(`contact.kind.${kind ?? "all"}`, { count: kind ? (counts[kind] ?? 0) : all })}</span>
              </label>
            ))}
          </div>
        )}
      </div>
      {status === "loading" && <Loading />}
      {status === "failed" && (
        <EmptyState icon="alert" title={t("contact.lineNotLoaded")} text={t("common.callsUnaffected")}>
          <button type="button" class="small-button" onClick={() => timeline.load()}>
            {t("common.tryAgain")}
          </button>
        </EmptyState>
      )}
      {status === "ready" && rows.length === 0 && (
        <EmptyState
          icon="clock"
          title={query.kind ? t("log.nothing") : t("contact.lineEmpty")}
          text={t("contact.lineEmptyText")}
        />
      )}
      {status === "ready" && rows.length > 0 && (
        <div class="card person-entries">
          {byDay(rows).map(([day, entries]) => (
            <section key={day} aria-label={day}>
              <h4 class="day">{day}</h4>
              <ul>
                {entries.map((entry) => (
                  <EntryRow
                    key={`${entry.kind} ${entry.id}`}
                    {...{ entry, name, contacts, onOpenCall }}
                    onNoteDone={setGoTo}
                  />
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
      {status === "ready" && next && (
        <LoadMore more={more} text={t("contact.earlier")} onMore={() => timeline.loadMore()} />
      )}
    </section>
  );
}

function byDay(rows: Entry[]): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const row of rows) {
    const day = dayName(row.at, serverNow());
    days.set(day, [...(days.get(day) ?? []), row]);
  }
  return [...days];
}

interface RowProps extends Pick<Props, "contacts" | "name" | "onOpenCall"> {
  entry: Entry;
  /** A note is written, or is gone: what of this id takes focus. */
  onNoteDone(id: string): void;
}

function EntryRow({ entry, name, contacts, onOpenCall, onNoteDone }: RowProps) {
  if (entry.kind === "note") return <NoteRow note={entry.note} contacts={contacts} onDone={onNoteDone} />;
  if (entry.kind === "text") return <TextRow at={entry.at} text={entry.text} name={name} />;
  return <CallEntry call={entry.call} name={name} onOpenCall={onOpenCall} />;
}

function CallEntry({ call, name, onOpenCall }: Pick<Props, "name" | "onOpenCall"> & { call: Call }) {
  const way = wayIcon(call);
  const { word, tone } = resultWord(call.result);
  const length = call.recordings.length > 0 ? "" : lengthOf(call);
  return (
    <li class="entry" data-row={call.sid}>
      <span class={`way way-${way}`}>
        <Icon name={way} />
      </span>
      <div class="entry-what">
        <p class="entry-title">
          <button type="button" class="row-open" onClick={() => onOpenCall(call)}>
            <strong>{callSentence(call)}</strong>
          </button>{" "}
          <span class={`tag tag-${tone}`}>{word}</span>
        </p>
        {(call.note || call.outcome) && (
          <p class="entry-text">
            {call.outcome && <span class="tag">{outcomeWord(call.outcome)}</span>}
            {call.note && <span>{call.note}</span>}
          </p>
        )}
        {call.recordings.map((recording) => (
          <VoiceMessage key={recording.sid} recording={recording} from={name} />
        ))}
      </div>
      <Moment at={call.start_time} more={length} />
    </li>
  );
}

/** "Called Sales, answered by Ama Reyes". */
function callSentence(call: Call): string {
  const line = isolated(call.line?.name ?? "");
  // All who had it, in order.
  const agent = agentsOf(call)
    .map(({ name }) => isolated(name))
    .reduce((by, name) => (by ? t("by.then", { by, name }) : name), "");
  if (!call.incoming) return agent ? t("contact.calledBy", { name: agent }) : t("past.called");
  if (call.result === "voicemail") return line ? t("contact.voicemailOn", { line }) : t("past.voicemail");
  const called = line ? t("contact.calledLine", { line }) : t("contact.calledUs");
  return agent && call.result === "answered" ? t("contact.answeredBy", { called, name: agent }) : called;
}

function TextRow({ at, text, name }: { at: string; text: TextFacts; name: string }) {
  const title = text.incoming
    ? t("contact.textFrom", { name })
    : text.author
      ? t("contact.textBy", { name: text.author })
      : t("contact.textSent");
  return (
    <li class="entry">
      <span class={text.failed ? "way way-missed" : "way way-voicemail"}>
        <Icon name="text" />
      </span>
      <div class="entry-what">
        <p class="entry-title">
          <strong>{title}</strong>{" "}
          {text.state && <span class={text.failed ? "tag tag-stop" : "tag"}>{text.state}</span>}
        </p>
        <p class="entry-text" dir="auto">
          {text.body || t("contact.textMedia", { count: text.media })}
        </p>
      </div>
      <Moment at={at} more={text.line} />
    </li>
  );
}

interface NoteRowProps {
  note: Note;
  contacts: ContactsStore;
  onDone(id: string): void;
}

function NoteRow({ note, contacts, onDone }: NoteRowProps) {
  const [text, setText] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const author = note.author ? t("contact.noteBy", { name: note.author.name }) : t("common.note");
  const editId = `edit-note-${note.id}`;
  const edits = text !== null;
  useLayoutEffect(() => field.current?.focus(), [edits]);

  function done(): void {
    setText(null);
    onDone(editId);
  }

  async function save(): Promise<void> {
    if (text === null || !text.trim()) return;
    if (text === note.text || (await contacts.changeNote(note.id, text))) done();
  }

  async function remove(): Promise<void> {
    const notes = [...document.querySelectorAll("[data-note-row]")];
    const at = notes.findIndex((row) => row.contains(field.current));
    const next = (notes[at + 1] ?? notes[at - 1])?.querySelector(".entry-acts button");
    if (await contacts.removeNote(note.id)) onDone(next?.id || "person-line-title");
  }

  return (
    <li class="entry" data-note-row>
      <span class="way">
        <Icon name="note" />
      </span>
      <div class="entry-what">
        <p class="entry-title">
          <strong>{author}</strong> {note.edited_at && <span class="quiet small">{t("contact.edited")}</span>}
        </p>
        {text === null ? (
          <p class="entry-text" dir="auto">
            {note.text}
          </p>
        ) : (
          <div class="note-form">
            <textarea
              ref={field}
              aria-label={author}
              rows={3}
              maxLength={5000}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </div>
        )}
        {note.may_edit && (
          <div class="entry-acts">
            {text === null ? (
              <button
                type="button"
                class="text-button"
                id={editId}
                aria-label={t("contact.editNote", { note: author })}
                onClick={() => setText(note.text)}
              >
                {t("contact.edit")}
              </button>
            ) : (
              <>
                <button type="button" class="text-button" onClick={() => void save()}>
                  {t("contact.saveNote")}
                </button>
                <button type="button" class="text-button" onClick={done}>
                  {t("contact.cancel")}
                </button>
                <button type="button" class="text-button" onClick={() => void remove()}>
                  {t("contact.removeNote")}
                </button>
              </>
            )}
          </div>
        )}
      </div>
      <Moment at={note.at} more="" />
    </li>
  );
}

function Moment({ at, more }: { at: string; more: string }) {
  return (
    <span class="entry-when">
      <time dateTime={at} title={fullTime(at)}>
        {clock(at)}
      </time>
      {more && <span>{more}</span>}
    </span>
  );
}
