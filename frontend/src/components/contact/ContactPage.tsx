/** One contact: who it is, what can be done, all that was; and the same to be edited in its place. */
import { useLayoutEffect, useState } from "preact/hooks";
import type { Config } from "../../config";
import type { ContactsStore } from "../../contacts/contacts";
import type { OpenContact } from "../../contacts/openContact";
import type { ContactNumber, ContactPage as Page, ContactsApi } from "../../contacts/ports";
import { formatDate, t } from "../../i18n/i18n";
import { initials } from "../../format";
import { isolated } from "../../names";
import type { Call, Line } from "../../messages";
import { correspondent, whyNoTexts } from "../../contacts/texting";
import type { Correspondent } from "../../threads/correspondent";
import { AddNote } from "../AddNote";
import { EmptyState, Loading } from "../EmptyState";
import { Icon } from "../Icon";
import { Menu } from "../Menu";
import { isTextField } from "../fields";
import { useNarrow } from "../useNarrow";
import { useStore } from "../useStore";
import { ContactForm, type Person } from "./ContactForm";
import { ContactSide } from "./ContactSide";
import { BlockDialog, MergeDialog, RemoveDialog } from "./dialogs";
import { ContactTimeline } from "./ContactTimeline";

export interface ContactPageProps {
  contacts: ContactsStore;
  api: Pick<ContactsApi, "list" | "exportUrl">;
  me: Config["agent"];
  /** Who may own a contact. */
  people: Person[];
  canDial: boolean;
  /** The name of the way back. */
  back: string;
  /** From which a text is sent; null when the agent has none. */
  line: Line | null;
  onText(whom: Correspondent): void;
  onCall(number: Pick<ContactNumber, "number" | "extension" | "display">, name: string): void;
  onOpenCall(call: Call): void;
  onClose(): void;
}

export function ContactPage(props: ContactPageProps) {
  const { contacts, back, onClose } = props;
  const { open } = useStore(contacts);
  if (!open) return null;
  return (
    <div
      class="person"
      role="group"
      aria-labelledby="person-title"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented || isTextField(event.target as Element)) return;
        // What is not saved is not left by one key, and a dialog closes alone.
        if (open.draft || document.querySelector("dialog[open]")) return;
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
      <Content {...props} open={open} />
    </div>
  );
}

function Content(props: ContactPageProps & { open: OpenContact }) {
  const { open, contacts, people } = props;
  const { ownFields, groups } = useStore(contacts);
  if (open.draft) {
    return (
      <ContactForm
        {...{ open, contacts, ownFields, groups, people }}
        onCancel={() => {
          contacts.cancelEdit();
          if (open.id === null) props.onClose();
          else focusTitle();
        }}
        onSaved={focusTitle}
      />
    );
  }
  if (open.loading === "gone") {
    return <EmptyState icon="person" title={t("contact.gone")} text={t("contact.goneText")} />;
  }
  if (open.loading === "failed") {
    return (
      <EmptyState icon="alert" title={t("contact.notLoaded")} text={t("common.callsUnaffected")}>
        <button type="button" class="small-button" onClick={() => contacts.load()}>
          {t("common.tryAgain")}
        </button>
      </EmptyState>
    );
  }
  if (!open.page) return <Loading />;
  return <Known key={open.page.id} {...props} page={open.page} />;
}

function focusTitle(): void {
  setTimeout(() => document.getElementById("person-title")?.focus());
}

type Dialog = "merge" | "block" | "remove" | null;

function Known(props: ContactPageProps & { open: OpenContact; page: Page }) {
  const { open, page, contacts, api, me, canDial, onCall, onOpenCall, onClose } = props;
  const { line, onText } = props;
  const [menu, setMenu] = useState(false);
  const [dialog, setDialog] = useState<Dialog>(null);
  const [noting, setNoting] = useState(contacts.notes.of(page.id) !== "");
  const narrow = useNarrow();
  // Once it is there: what it was opened from is gone. Who has gone elsewhere meanwhile, to a ringing phone, stays there.
  useLayoutEffect(() => {
    const active = document.activeElement;
    if (!active || active === document.body || active.closest(".work")) {
      document.getElementById("person-title")?.focus();
    }
  }, [page.id]);
  const name = isolated(page.name);
  const first = page.numbers[0];
  const since = formatDate(new Date(page.created_at), { year: "numeric" });
  const second = [isolated(page.company), t("contact.since", { year: since })].filter(Boolean).join(" · ");
  const isBlocked = page.blocked.length > 0;
  return (
    <>
      <header class="person-head">
        <span class="contact-disc person-disc" aria-hidden="true">
          {initials(page.name) || <Icon name="person" />}
        </span>
        <div>
          <h2 id="person-title" tabIndex={-1} title={page.name} data-home>
            {name}
          </h2>
          <p class="quiet small">{second}</p>
        </div>
      </header>
      <Bands {...{ page, contacts, me }} open={noting ? { ...open, problem: "" } : open} />
      <div class="person-actions">
        {first && (
          <button
            type="button"
            class="small-button person-call"
            disabled={!canDial || isBlockedNumber(page, first)}
            aria-label={t("log.callNumber", { name: page.name, number: first.display })}
            onClick={() => onCall(first, page.name)}
          >
            <Icon name="phone" size={18} /> {t("common.call")}
          </button>
        )}
        {line && <TextKey {...{ page, open, line, onText }} />}
        <button
          type="button"
          class="small-button"
          aria-expanded={noting}
          aria-controls="person-note"
          onClick={() => setNoting(!noting)}
        >
          <Icon name="note" size={18} /> {t("contact.addNote")}
        </button>
        <Menu
          label={t("contact.more", { name: page.name })}
          buttonClass="small-button person-more"
          focusId="person-more"
          open={menu}
          onOpen={setMenu}
          face={<Icon name="more" />}
        >
          {me.role !== "agent" && (
            <Choice
              icon="merge"
              name={t("contact.merge")}
              text={t("contact.mergeText")}
              onClick={() => setDialog("merge")}
            />
          )}
          <a role="menuitem" tabIndex={-1} href={api.exportUrl(page.id, "vcard")} download="">
            <Icon name="download" />
            <span>
              <strong>{t("contact.exportCard")}</strong>
            </span>
          </a>
          <a role="menuitem" tabIndex={-1} href={api.exportUrl(page.id, "json")} download="">
            <Icon name="download" />
            <span>
              <strong>{t("contact.exportAll")}</strong> {t("contact.exportAllText")}
            </span>
          </a>
          {!isBlocked && page.numbers.length > 0 && (
            <Choice
              icon="block"
              name={t("contact.block")}
              text={t("contact.blockText")}
              onClick={() => setDialog("block")}
            />
          )}
          {me.role !== "agent" && (
            <Choice
              icon="trash"
              name={t("contact.remove")}
              text={t("contact.removeText")}
              onClick={() => setDialog("remove")}
            />
          )}
        </Menu>
      </div>
      {noting && (
        <AddNote
          id="person-note"
          contact={page.id}
          notes={contacts.notes}
          onSave={async (text) =>
            (await contacts.addNote(text)) ? "" : (contacts.get().open?.problem ?? "")
          }
          onClose={() => {
            setNoting(false);
            focusTitle();
          }}
        />
      )}
      {narrow && <ContactSide {...{ open, page, contacts, canDial, onCall, line, onText }} folded />}
      <ContactTimeline contacts={contacts} open={open} name={page.name} onOpenCall={onOpenCall} />
      {dialog === "merge" && (
        <MergeDialog {...{ page, open, contacts, api }} onClose={() => setDialog(null)} />
      )}
      {dialog === "block" && <BlockDialog {...{ page, open, contacts }} onClose={() => setDialog(null)} />}
      {dialog === "remove" && (
        <RemoveDialog {...{ page, open, contacts }} onClose={() => setDialog(null)} onRemoved={onClose} />
      )}
    </>
  );
}

type TextKeyProps = Pick<ContactPageProps, "onText"> & { page: Page; open: OpenContact; line: Line };

/** Writes to the first number that gets texts. When none does, why the first does not. */
function TextKey({ page, open, line, onText }: TextKeyProps) {
  const [first] = page.numbers;
  const number = page.numbers.find((row) => whyNoTexts(row, page, open.consents, line) === "");
  if (!first) return null;
  if (!number) {
    const why = whyNoTexts(first, page, open.consents, line);
    return (
      <p class="person-no-texts quiet small">
        {why === "stopped" && t("contact.noTexts.stopped", { line: line.name })}
        {why === "objected" && t("contact.noTexts.objected", { line: line.name })}
        {why === "blocked" && t("contact.noTexts.blocked")}
        {why === "landline" && t("contact.noTexts.landline")}
        {why === "extension" && t("contact.noTexts.extension")}
      </p>
    );
  }
  return (
    <button
      type="button"
      class="small-button"
      aria-label={t("contact.textNumber", { name: page.name, number: number.display })}
      onClick={() => onText(correspondent(page, number, line))}
    >
      <Icon name="message" size={18} /> {t("common.text")}
    </button>
  );
}

/** Of a number in a contact's page. */
function isBlockedNumber(page: Page, row: Pick<ContactNumber, "number">): boolean {
  return page.blocked.some(({ number }) => number === row.number);
}

interface ChoiceProps {
  icon: "merge" | "block" | "trash";
  name: string;
  text: string;
  onClick(): void;
}

function Choice({ icon, name, text, onClick }: ChoiceProps) {
  return (
    // After the menu has given focus back to its button: there it returns to when the dialog closes.
    <button type="button" role="menuitem" tabIndex={-1} onClick={() => setTimeout(onClick)}>
      <Icon name={icon} />
      <span>
        <strong>{name}</strong> {text}
      </span>
    </button>
  );
}

/** What has to be known before anything is done, and what was just done. */
function Bands({ page, open, contacts, me }: Pick<ContactPageProps, "contacts" | "me"> & BandsProps) {
  const [merged] = page.merges;
  const [block] = page.blocked;
  return (
    <>
      {block && (
        <div class="band band-stop" role="group" aria-label={t("contact.blocked")}>
          <Icon name="block" />
          <p>
            <strong>{t("contact.blocked")}</strong> {blockedSentence(page)}
            {block.by && ` ${t("contact.blockedBy", { name: block.by.name })}`}
            {block.reason && ` ${t("contact.blockedFor", { reason: block.reason })}`}
          </p>
          {(me.role !== "agent" || block.by?.id === me.id) && (
            <button type="button" class="small-button" onClick={() => void contacts.unblock()}>
              {t("contact.unblock")}
            </button>
          )}
        </div>
      )}
      {merged && me.role !== "agent" && (
        <div class="band" role="group" aria-label={t("contact.merge")}>
          <Icon name="merge" />
          <p>
            {t("contact.wasMerged", {
              name: merged.name,
              when: formatDate(new Date(merged.at), { day: "numeric", month: "long" }),
            })}
          </p>
          <button type="button" class="small-button" onClick={() => void contacts.undoMerge(merged.id)}>
            {t("contact.undo")}
          </button>
        </div>
      )}
      <p class="visually-hidden" role="status">
        {open.said}
      </p>
      {open.problem && (
        <p class="hint hint-wrong" role="alert">
          <Icon name="alert" size={16} /> <span>{open.problem}</span>
        </p>
      )}
    </>
  );
}

interface BandsProps {
  page: Page;
  open: OpenContact;
}

function blockedSentence(page: Page): string {
  const all = page.blocked.length === page.numbers.length;
  return all
    ? t("contact.blockedAll")
    : t("contact.blockedSome", { numbers: page.blocked.map(({ display }) => display).join(", ") });
}
