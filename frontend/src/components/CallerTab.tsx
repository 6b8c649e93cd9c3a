/** The caller: who they are, what is noted of the call, and what was before. */
import { useEffect, useMemo } from "preact/hooks";
import type { CallDetailsStore } from "../callDetails/callDetails";
import { byStart } from "../callLog/callLog";
import { clock, initials, shortWhen } from "../format";
import { type PagedList, pagedList } from "../lists/pagedList";
import type { Call, Line, PastCall } from "../messages";
import type { Api } from "../ports";
import type { CallerFacts } from "../softphone/selectors";
import type { Correspondent } from "../threads/correspondent";
import { pastCallSentence, wayIcon } from "../words";
import { Loading } from "./EmptyState";
import { Icon } from "./Icon";
import { NoteForm } from "./NoteForm";
import { PastNote } from "./PastNote";
import { useStore } from "./useStore";
import { t } from "../i18n/i18n";
import { serverNow } from "../serverClock";

/** One that is known, or what is known of one to be added. */
export type ContactToOpen = { id: number } | { number: string; name: string };

/** The call that the tab is about. */
export interface Subject {
  /** Its name in this tab, from the first ring to its note. */
  id: string;
  facts: CallerFacts;
  root: string | null;
  /** What may be noted; null until somebody is on the line. */
  call: Call | null;
  /** The call has ended. */
  over: boolean;
}

interface Props {
  subject: Subject;
  api: Pick<Api, "calls" | "callsAt">;
  details: CallDetailsStore;
  /** Whose note comes after this one. */
  waiting: Subject | null;
  line: Line | null;
  onText(whom: Correspondent): void;
  onOpen(call: Call): void;
  onContact(contact: ContactToOpen): void;
  onDone(): void;
}

const SHOWN = 20;

export function CallerTab({
  subject,
  api,
  details,
  waiting,
  line,
  onText,
  onOpen,
  onContact,
  onDone,
}: Props) {
  const { facts, call, root, over } = subject;
  return (
    <div class="caller">
      <section class="card note" aria-labelledby="note-title">
        <h2 id="note-title" tabIndex={-1} data-home>
          {over ? t("caller.after", { name: facts.shortName }) : t("caller.note")}
        </h2>
        {call ? (
          <CallNoteForm
            key={call.sid}
            sid={call.sid}
            details={details}
            {...(over && { onDone, waits: waiting !== null })}
          />
        ) : (
          <p class="quiet">{t("caller.writeSoon")}</p>
        )}
        {over && waiting && <p class="quiet">{t("caller.next", { name: waiting.facts.shortName })}</p>}
      </section>
      <div class="contact-between">
        <ContactCard {...{ facts, line, onText, onContact }} />
      </div>
      {!facts.colleague && <Earlier key={root ?? "new"} {...{ facts, root, api, onOpen }} />}
    </div>
  );
}

/** The note of a call that lives, or that ended a moment ago. */
function CallNoteForm({
  sid,
  details,
  onDone,
  waits,
}: Pick<Props, "details"> & { sid: string; onDone?: () => void; waits?: boolean }) {
  const noted = useMemo(() => ({ get: () => details.at(sid), subscribe: details.subscribe }), [details, sid]);
  const open = useStore(noted);
  return open && <NoteForm {...{ open, details, onDone, waits }} />;
}

interface EarlierProps {
  facts: CallerFacts;
  /** The call itself, which is not an earlier one. */
  root: string | null;
  api: Pick<Api, "calls" | "callsAt">;
  onOpen(call: Call): void;
}

function Earlier({ facts, root, api, onOpen }: EarlierProps) {
  const { number, shortName, withheld, history } = facts;
  const list = useMemo(() => callsWith(number, api), [number, api]);
  const { rows, status } = useStore(list);
  useEffect(() => {
    if (!withheld && number) list.load();
  }, [list, withheld, number]);
  const failed = status === "failed";

  // While the list is on its way, the three calls that came with the ring stand in for it.
  const known = status === "ready" ? rows : history.length ? history : null;
  const earlier = known?.filter((call) => call.sid !== root && isOver(call)) ?? [];
  return (
    <section class="card earlier" aria-labelledby="earlier-title">
      <h2 id="earlier-title">
        {withheld ? t("caller.earlierWithheld") : t("caller.earlier", { name: shortName })}
      </h2>
      {withheld && <p class="quiet">{t("caller.noNumber")}</p>}
      {failed && !withheld && (
        <p>
          {t("caller.notLoaded")}{" "}
          <button type="button" class="link" onClick={() => list.load()}>
            {t("common.tryAgain")}
          </button>
        </p>
      )}
      {!withheld && !failed && known === null && <Loading />}
      {!withheld && known !== null && earlier.length === 0 && <p class="quiet">{t("caller.first")}</p>}
      <ul class="timeline">
        {earlier.map((call) => (
          <PastRow key={call.sid} call={call} onOpen={onOpen} />
        ))}
      </ul>
    </section>
  );
}

/** The calls of one number, newest first. */
function callsWith(number: string, api: EarlierProps["api"]): PagedList<Call, null> {
  return pagedList<Call, null>(null, {
    first: () => api.calls({ search: number, scope: "all", pageSize: SHOWN }),
    at: (next) => api.callsAt(next),
    key: (call) => call.sid,
    compare: byStart,
    revision: (call) => call.revision,
    shows: () => "ask",
  });
}

function isOver(call: PastCall | Call): boolean {
  return call.result !== "";
}

/** Opens, but for the few that came with the ring: of them no more is known than what stands there. */
function PastRow({ call, onOpen }: { call: PastCall | Call; onOpen(call: Call): void }) {
  const way = wayIcon(call);
  const when = shortWhen(call.start_time, serverNow());
  const time = clock(call.start_time);
  const content = (
    <>
      <span class={`way way-${way}`}>
        <Icon name={way} size={18} />
      </span>
      <span class="past-what">
        {pastCallSentence(call)}
        <PastNote call={call} />
      </span>
      <time dateTime={call.start_time}>{when === time ? time : `${when} ${time}`}</time>
    </>
  );
  return (
    <li>
      {"legs" in call ? (
        <button type="button" class="past" data-row={call.sid} onClick={() => onOpen(call)}>
          {content}
        </button>
      ) : (
        <div class="past">{content}</div>
      )}
    </li>
  );
}

/** The button that opens a caller's page; of somebody whose number is nobody's, the one that adds them. */
export function ContactButton({
  contact,
  number,
  name,
  onContact,
}: {
  contact: { id: number } | null;
  number: string;
  name: string;
  onContact(contact: ContactToOpen): void;
}) {
  if (contact) {
    return (
      <button type="button" class="small-button" onClick={() => onContact({ id: contact.id })}>
        <Icon name="person" size={16} /> {t("contact.open")}
      </button>
    );
  }
  if (!number.startsWith("+")) return null;
  return (
    <button type="button" class="small-button" onClick={() => onContact({ number, name })}>
      <Icon name="plus" size={16} /> {t("contact.addCaller")}
    </button>
  );
}

interface ContactCardProps {
  facts: CallerFacts;
  /** From which they are texted who did not call one of ours. */
  line: Line | null;
  onText(whom: Correspondent): void;
  onContact(contact: ContactToOpen): void;
}

export function ContactCard({ facts, line: fallback, onText, onContact }: ContactCardProps) {
  const { contact, title, company, withheld, number } = facts;
  const line = facts.line ?? fallback;
  const rows: [string, string][] = [
    [
      t("common.number"),
      withheld ? t("caller.withheld") : facts.colleague ? "" : facts.display || facts.title,
    ],
    [t("common.place"), facts.place],
    [t("common.line"), facts.lineName],
    [t("common.note"), contact?.note ?? ""],
  ];
  return (
    <section class="card contact" aria-label={t("caller.contact")}>
      <div class="contact-head">
        <span class="contact-disc" aria-hidden="true">
          {(!facts.withheld && initials(title)) || <Icon name="person" />}
        </span>
        <div>
          <h2 title={title}>{title}</h2>
          <p class="quiet">{company || (contact ? t("caller.inContacts") : t("caller.notInContacts"))}</p>
        </div>
      </div>
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
      {!withheld && (
        <div class="contact-card-acts">
          {line && number.startsWith("+") && (
            <button
              type="button"
              class="small-button"
              onClick={() => onText({ line, number, display: facts.display || facts.title, contact })}
            >
              <Icon name="message" size={16} /> {t("common.text")}
            </button>
          )}
          <ContactButton
            {...{ contact, onContact, number }}
            name={contact || title === facts.display ? "" : title}
          />
        </div>
      )}
      {facts.verificationFailed && (
        <p class="verified">
          <Icon name="alert" size={18} /> {t("common.forged")}
        </p>
      )}
      {facts.spam && (
        <p class="verified">
          <Icon name="alert" size={18} /> {t("common.spam")}
        </p>
      )}
      {facts.verified && (
        <p class="verified">
          <Icon name="shield" size={18} /> {t("common.vouched")}
        </p>
      )}
    </section>
  );
}
