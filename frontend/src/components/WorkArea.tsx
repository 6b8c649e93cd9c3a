/** Beside the call: the caller while there is one, the call that was just talked on, the call log, texts, the team. */
import type { CallDetailsStore } from "../callDetails/callDetails";
import type { CallLogStore } from "../callLog/callLog";
import type { Config } from "../config";
import type { ContactsStore } from "../contacts/contacts";
import type { OpenContact } from "../contacts/openContact";
import type { ContactNumber, ContactPage, ContactsApi } from "../contacts/ports";
import type { AwayReason, Call, Line, Presence, Queue } from "../messages";
import type { Api } from "../ports";
import type { ScreenModules, Screens } from "../screens/screens";
import type { Hints } from "../softphone/state";
import { countOf, somebodyWaits } from "../softphone/queues";
import type { ConversationStore } from "../threads/conversation";
import type { Correspondent } from "../threads/correspondent";
import type { ThreadListStore } from "../threads/threadList";
import { CallLog } from "./CallLog";
import { CallerTab, ContactCard, type ContactToOpen, type Subject } from "./CallerTab";
import { Loading } from "./EmptyState";
import { Later } from "./Later";
import { Team } from "./Team";
import { useNarrow } from "./useNarrow";
import { useStore } from "./useStore";
import { t } from "../i18n/i18n";

/** `last`: the call that was just talked on. */
export type View = "waiting" | "caller" | "last" | "log" | "messages" | "contacts" | "team";

interface Props {
  screens: Screens;
  /** A call lives: the page must not be loaded again. */
  inCall: boolean;
  view: View;
  onView(view: View): void;
  /** The tabs there are, and what those about a call are about. */
  subjects: Partial<Record<View, Subject>>;
  /** Whose note comes after that of the call that was just talked on. */
  waiting: Subject | null;
  /** The caller's tab was not opened because the agent is writing. */
  unseen: boolean;
  /** Where the opened call stands; nowhere while its tab makes room. */
  openedIn: View | null;
  onOpen(call: Call, from: View): void;
  onClose(): void;
  /** The note of the call is done with. */
  onDone(root: string | null): void;
  log: CallLogStore;
  details: CallDetailsStore;
  me: Config["agent"];
  api: Pick<Api, "calls" | "callsAt" | "contacts" | "setPresence" | "takeCaller" | "cancelCallBack">;
  contacts: ContactsStore;
  contactsApi: ContactsApi;
  /** Where the opened contact stands. */
  contactIn: View | null;
  onContact(contact: ContactToOpen, from: View): void;
  onContactClose(): void;
  onCallContact(number: Pick<ContactNumber, "number" | "extension" | "display">, name: string): void;
  team: Presence[];
  /** Why a colleague may be set away. */
  reasons: AwayReason[];
  queues: Queue[];
  canDial: boolean;
  onCall(call: Call): void;
  /** Null: the agent may not call out at all. */
  onCallColleague: ((hints: Hints) => void) | null;
  threads: ThreadListStore;
  conversation: ConversationStore;
  /** From which a first text is sent. */
  line: Line | null;
  onCallCorrespondent(whom: Correspondent): void;
  onText(whom: Correspondent): void;
  /** Opens a group send. */
  onSend(id: number): void;
}

export function WorkArea(props: Props) {
  const { view, onView, subjects, unseen, team, queues, canDial, reasons, threads } = props;
  useStore(threads);
  const { mine, nobody } = threads.unread();
  const toRead = mine + nobody;
  // With room for the side column, the team stands there.
  const narrow = useNarrow();
  const setPresence = props.me.role === "agent" ? undefined : props.api.setPresence;
  const always: readonly View[] = ["log", "messages", "contacts"];
  const waits = somebodyWaits(queues, props.me.id);
  const views = (["waiting", "caller", "last", "log", "messages", "contacts", "team"] as const).filter(
    (each) => {
      if (each === "team") return narrow;
      // Whoever looks at it reads that nobody waits any more.
      if (each === "waiting") return waits || view === "waiting";
      return always.includes(each) || subjects[each as "caller" | "last"];
    },
  );
  const shown = views.includes(view) ? view : "log";
  const subject = subjects[shown];
  const { open } = useStore(props.contacts);
  const contact = props.contactIn === shown && !open?.draft ? open : null;

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = views.at((views.indexOf(shown) + step) % views.length);
    if (!step || !next) return;
    onView(next);
    document.getElementById(`tab-${next}`)?.focus();
  }

  return (
    <section class="work" aria-label={t("app.work")} tabIndex={-1}>
      <div class={`tabs tabs-${shown}`} role="tablist" aria-label={t("app.work")} onKeyDown={onKeyDown}>
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
            {each === "last" && subjects.last?.over === false ? t("hold.onHold") : t(`tab.${each}`)}
            {each === "messages" && toRead > 0 && (
              <>
                {" "}
                <span class="count count-quiet" aria-hidden="true">
                  {toRead}
                </span>
                <span class="visually-hidden">{t("threads.toRead", { count: toRead })}</span>
              </>
            )}
            {each === "waiting" && countOf(queues) > 0 && (
              <>
                {" "}
                <span class="count">{countOf(queues)}</span>
              </>
            )}
            {each === "caller" && unseen && (
              <>
                <span class="tab-dot" aria-hidden="true" />{" "}
                <span class="visually-hidden">{t("common.new")}</span>
              </>
            )}
          </button>
        ))}
      </div>
      <div class={`work-columns work-${shown}`}>
        <div
          class="work-main"
          role="tabpanel"
          id="work-panel"
          aria-labelledby={`tab-${shown}`}
          // The team may hold nothing to focus: without this, the keyboard could not scroll it.
          tabIndex={shown === "team" ? 0 : undefined}
        >
          {shown === "team" && (
            <Team
              {...{ team, queues, canDial, reasons }}
              onCall={props.onCallColleague}
              onSet={setPresence}
            />
          )}
          {shown === "waiting" && (
            <Later {...props} name="settings">
              {({ Waiting }) => (
                <Waiting
                  queues={queues}
                  me={props.me.id}
                  onTake={(sid) => props.api.takeCaller(sid)}
                  onCancel={(sid) => props.api.cancelCallBack(sid)}
                />
              )}
            </Later>
          )}
          {shown !== "team" && shown !== "waiting" && <Panel {...props} view={shown} />}
        </div>
        {!narrow && shown !== "messages" && (
          <div
            class="side"
            role="group"
            aria-label={subject || contact ? t("app.side") : t("tab.team")}
            tabIndex={0}
          >
            {contact?.page ? (
              <LaterSide {...props} open={contact} page={contact.page} />
            ) : (
              <>
                {subject && (
                  <ContactCard
                    facts={subject.facts}
                    line={props.line}
                    onText={props.onText}
                    onContact={(toOpen) => props.onContact(toOpen, shown)}
                  />
                )}
                <Team
                  {...{ team, queues, canDial, reasons }}
                  onCall={props.onCallColleague}
                  onSet={setPresence}
                />
              </>
            )}
          </div>
        )}
      </div>
    </section>
  );
}

type SideProps = Props & { open: OpenContact; page: ContactPage };

/** Comes together with the contact's page, which says so when it cannot be loaded. */
function LaterSide(props: SideProps) {
  const { screens, contacts, canDial, line, onCallContact, onText, open, page } = props;
  const screen = useStore(screens).contacts;
  if (screen.state !== "ready") return <Loading />;
  const { ContactSide } = screen.module;
  return <ContactSide {...{ open, page, contacts, canDial, line, onText }} onCall={onCallContact} />;
}

/** All contacts, or a file of them that is being imported. */
function Contacts({
  contacts,
  contactsApi,
  me,
  onContact,
  ContactList,
  ImportContacts,
}: Props & ScreenModules["contacts"]) {
  const { importing } = useStore(contacts);
  if (importing) {
    return <ImportContacts {...{ contacts }} api={contactsApi} onClose={() => contacts.import(false)} />;
  }
  return (
    <ContactList
      contacts={contacts}
      role={me.role}
      onOpen={({ id }) => onContact({ id }, "contacts")}
      onAdd={() => onContact({ number: "", name: "" }, "contacts")}
    />
  );
}

/** A call that was opened stands in the place of what it was opened from. */
function Panel(props: Props) {
  const { view, subjects, details, openedIn, me, canDial, onCall, onOpen, onClose } = props;
  const { screens, inCall } = props;
  const open = useStore(details);
  const subject = subjects[view];
  if (view === "messages") {
    return (
      <Later {...{ screens, inCall }} name="messages">
        {({ Messages }) => (
          <Messages
            {...{ me, canDial }}
            threads={props.threads}
            conversation={props.conversation}
            api={props.api}
            team={props.team}
            line={props.line}
            onCall={props.onCallCorrespondent}
            notes={props.contacts.notes}
            onNote={props.contactsApi.addNote}
            onSend={props.onSend}
          />
        )}
      </Later>
    );
  }
  if (props.contactIn === view) {
    const back = subject ? t("details.back") : t(view === "contacts" ? "tab.contacts" : "tab.log");
    return (
      <Later {...{ screens, inCall, back }} name="contacts" onBack={props.onContactClose}>
        {({ ContactPage }) => (
          <ContactPage
            {...{ contacts: props.contacts, api: props.contactsApi, me, canDial, back }}
            people={[me, ...props.team.map(({ agent }) => agent)]}
            onCall={props.onCallContact}
            line={props.line}
            onText={props.onText}
            onOpenCall={(call) => onOpen(call, view)}
            onClose={props.onContactClose}
          />
        )}
      </Later>
    );
  }
  if (open && openedIn === view) {
    const back = subject ? t("details.back") : t("tab.log");
    return (
      <Later {...{ screens, inCall, back }} name="settings" onBack={onClose}>
        {({ CallDetails, mayNote }) => (
          <CallDetails
            {...{ open, details, canDial, onCall, onClose, back }}
            line={props.line}
            onText={props.onText}
            mayNote={mayNote(open.call, me)}
            onContact={(contact) => props.onContact(contact, view)}
          />
        )}
      </Later>
    );
  }
  if (subject) {
    // One and the same while the call is talked on and afterwards: who writes a note goes on writing it.
    return (
      <CallerTab
        key={subject.root ?? "new"}
        {...{ subject, details }}
        line={props.line}
        onText={props.onText}
        api={props.api}
        waiting={props.waiting}
        onDone={() => props.onDone(subject.root)}
        onOpen={(call) => onOpen(call, view)}
        onContact={(contact) => props.onContact(contact, view)}
      />
    );
  }
  if (view === "contacts") {
    return (
      <Later {...{ screens, inCall }} name="contacts">
        {(module) => <Contacts {...props} {...module} />}
      </Later>
    );
  }
  return (
    <CallLog
      log={props.log}
      me={me.id}
      {...{ canDial, onCall }}
      onOpen={(call) => onOpen(call, "log")}
      line={props.line}
      onText={props.onText}
      onContact={(contact) => props.onContact(contact, "log")}
    />
  );
}
