/** A contact to be edited, or added: in the place of its page. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { ContactsStore } from "../../contacts/contacts";
import type { OpenContact } from "../../contacts/openContact";
import { isChanged } from "../../contacts/draft";
import type { ContactPage, Group, OwnField } from "../../contacts/ports";
import { t } from "../../i18n/i18n";
import { Icon } from "../Icon";
import { Field, Text } from "./fields";
import { MoreFields } from "./MoreFields";
import { NumberFields } from "./NumberFields";

export interface Person {
  id: number;
  name: string;
}

interface Props {
  open: OpenContact;
  contacts: ContactsStore;
  ownFields: OwnField[];
  groups: Group[];
  people: Person[];
  onCancel(): void;
  onSaved(): void;
}

export function ContactForm({ open, contacts, ownFields, groups, people, onCancel, onSaved }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const { draft, before, wrong, saving, theirs, page } = open;
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>("#contact-name")?.focus();
  }, []);
  // The first wrong field takes focus, once the answer is there.
  useLayoutEffect(() => {
    if (Object.keys(wrong).length) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [wrong]);
  if (!draft || !before) return null;
  const adds = open.id === null;
  const unsaved = adds || isChanged(draft, before);
  const write = contacts.write;

  async function save(): Promise<void> {
    if (unsaved && !theirs && (await contacts.save())) onSaved();
  }

  return (
    <form
      class="person-form"
      ref={form}
      noValidate
      aria-labelledby="person-title"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2 id="person-title" tabIndex={-1} data-home>
        {adds ? t("contact.add") : t("contact.editName", { name: page?.name ?? "" })}
      </h2>
      {theirs && <Theirs theirs={theirs} contacts={contacts} onSaved={onSaved} />}
      {open.problem && (
        <p class="hint hint-wrong" role="alert">
          <Icon name="alert" size={16} />{" "}
          <span>{Object.keys(wrong).length ? t("contact.fieldsWrong") : open.problem}</span>
        </p>
      )}
      <section class="card person-fields">
        <Text id="name" label={t("contact.name")} {...{ draft, wrong, write }} longest={120} needed />
        <Text id="company" label={t("contact.company")} {...{ draft, wrong, write }} longest={120} />
        <Text id="email" label={t("contact.email")} {...{ draft, wrong, write }} longest={254} />
        <Field id="note" label={t("contact.pinned")} wrong={wrong.note} hint={t("contact.pinnedHint")}>
          <textarea
            id="contact-note"
            class="field"
            rows={3}
            maxLength={5000}
            aria-describedby="contact-note-hint"
            value={draft.note}
            onInput={(event) => write({ note: event.currentTarget.value })}
          />
        </Field>
      </section>
      <NumberFields {...{ draft, wrong, write }} />
      {ownFields.length > 0 && (
        <section class="card person-fields" aria-labelledby="own-title">
          <h3 id="own-title">{t("contact.own")}</h3>
          {ownFields.map(({ key, name }) => (
            <Field key={key} id={`own-${key}`} label={name} wrong={wrong[`own.${key}`]}>
              <input
                id={`contact-own-${key}`}
                class="field"
                maxLength={255}
                autocomplete="off"
                aria-invalid={Boolean(wrong[`own.${key}`])}
                value={draft.own[key] ?? ""}
                onInput={(event) => write({ own: { ...draft.own, [key]: event.currentTarget.value } })}
              />
            </Field>
          ))}
        </section>
      )}
      <MoreFields {...{ draft, write, groups, people, page }} />
      <div class="note-foot person-foot">
        <button type="submit" class="small-button person-save" aria-disabled={!unsaved || saving || !!theirs}>
          {saving ? t("note.saving") : t("contact.save")}
        </button>
        <button type="button" class="small-button" onClick={onCancel}>
          {t("contact.cancel")}
        </button>
      </div>
    </form>
  );
}

function Theirs({
  theirs,
  contacts,
  onSaved,
}: {
  theirs: ContactPage;
  contacts: ContactsStore;
  onSaved(): void;
}) {
  const focusName = () => document.getElementById("contact-name")?.focus();
  const facts = [theirs.name, theirs.company, theirs.email, ...theirs.numbers.map((row) => row.display)];
  return (
    <div class="conflict" role="alert" data-testid="conflict">
      <p>
        <strong>{t("contact.changed")}</strong> {t("contact.yours")}
      </p>
      <p>{facts.filter(Boolean).join(" · ")}</p>
      <div class="note-foot">
        <button
          type="button"
          class="small-button"
          onClick={() => {
            focusName();
            void contacts.keepMine().then((saved) => saved && onSaved());
          }}
        >
          {t("note.saveMine")}
        </button>
        <button
          type="button"
          class="small-button"
          onClick={() => {
            focusName();
            contacts.takeTheirs();
          }}
        >
          {t("note.takeTheirs")}
        </button>
      </div>
    </div>
  );
}
