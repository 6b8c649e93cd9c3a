/** A contact to be edited, or added: in the place of its page. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { ContactsStore, OpenContact } from "../../contacts/contacts";
import { type Draft, type DraftNumber, isChanged, newNumber } from "../../contacts/draft";
import type { ContactPage, Group, LineType, OwnField } from "../../contacts/ports";
import { languageName, t } from "../../i18n/i18n";
import { Icon } from "../Icon";

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

const LINE_TYPES: LineType[] = ["", "mobile", "landline", "voip", "toll-free", "other"];
/** What the world's callers most often speak; another that a program has set stays in the list. */
export const LANGUAGES =
  "en de fr es it pt nl pl tr ar uk ru ro cs hu el sv da nb fi hr sr bg he hi zh ja ko vi th id".split(" ");

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
      <Numbers {...{ draft, wrong, write }} />
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
      <Rest {...{ draft, write, groups, people, page }} />
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

interface Part {
  draft: Draft;
  wrong: Record<string, string>;
  write(change: Partial<Draft>): void;
}

interface FieldProps {
  id: string;
  label: string;
  wrong?: string | undefined;
  hint?: string;
  children: ComponentChildren;
}

function Field({ id, label, wrong, hint, children }: FieldProps) {
  return (
    <div class="device">
      <label for={`contact-${id}`}>{label}</label>
      {children}
      {hint && (
        <p class="small quiet" id={`contact-${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="small hint-wrong" id={`contact-${id}-wrong`}>
          <Icon name="alert" size={16} /> {wrong}
        </p>
      )}
    </div>
  );
}

interface TextProps extends Part {
  id: "name" | "company" | "email";
  label: string;
  longest: number;
  needed?: boolean;
}

function Text({ id, label, draft, wrong, write, longest, needed = false }: TextProps) {
  return (
    <Field id={id} label={label} wrong={wrong[id]}>
      <input
        id={`contact-${id}`}
        class="field"
        type="text"
        inputMode={id === "email" ? "email" : "text"}
        autocomplete="off"
        maxLength={longest}
        required={needed}
        aria-invalid={Boolean(wrong[id])}
        aria-describedby={wrong[id] ? `contact-${id}-wrong` : undefined}
        value={draft[id]}
        onInput={(event) => write({ [id]: event.currentTarget.value })}
      />
    </Field>
  );
}

function Numbers({ draft, wrong, write }: Part) {
  const { numbers } = draft;
  const change = (key: number, values: Partial<DraftNumber>) =>
    write({ numbers: numbers.map((row) => (row.key === key ? { ...row, ...values } : row)) });
  // What is wrong is told by the place among those that were sent: empty ones are not.
  const sent = numbers.filter(({ number }) => number.trim());
  const focusSoon = (id: string) => setTimeout(() => document.getElementById(id)?.focus());

  function remove(key: number): void {
    const left = numbers.filter((row) => row.key !== key);
    write({ numbers: left });
    focusSoon(left[0] ? `contact-number-${left[0].key}` : "contact-number-add");
  }

  function first(row: DraftNumber): void {
    write({ numbers: [row, ...numbers.filter((each) => each !== row)] });
    focusSoon(`contact-number-${row.key}`);
  }

  return (
    <section class="card person-fields" aria-labelledby="edit-numbers-title">
      <h3 id="edit-numbers-title">{t("contact.numbers")}</h3>
      {wrong.numbers && <p class="small hint-wrong">{wrong.numbers}</p>}
      {numbers.map((row, at) => {
        const problem = wrong[`numbers.${sent.indexOf(row)}.number`];
        const named = t("contact.numberAt", { position: at + 1 });
        return (
          <fieldset key={row.key} class="person-number">
            <legend class="visually-hidden">{named}</legend>
            <Field id={`number-${row.key}`} label={t("common.number")} wrong={problem}>
              <input
                id={`contact-number-${row.key}`}
                class="field"
                type="tel"
                autocomplete="off"
                maxLength={64}
                aria-invalid={Boolean(problem)}
                aria-describedby={problem ? `contact-number-${row.key}-wrong` : undefined}
                value={row.number}
                onInput={(event) => change(row.key, { number: event.currentTarget.value })}
              />
            </Field>
            <Field id={`label-${row.key}`} label={t("contact.label")}>
              <input
                id={`contact-label-${row.key}`}
                class="field"
                autocomplete="off"
                maxLength={40}
                placeholder={t("contact.labelHint")}
                value={row.label}
                onInput={(event) => change(row.key, { label: event.currentTarget.value })}
              />
            </Field>
            <Field id={`line-${row.key}`} label={t("contact.lineType")}>
              <Select
                id={`contact-line-${row.key}`}
                value={row.lineType}
                choices={LINE_TYPES.map((type) => [type, t(`contact.line.${type || "unknown"}`)])}
                onChange={(value) => change(row.key, { lineType: value as LineType })}
              />
            </Field>
            <div class="person-number-acts">
              {at > 0 && (
                <button
                  type="button"
                  class="icon-button person-first"
                  aria-label={t("contact.makeFirst", { number: row.number || named })}
                  title={t("contact.makeFirst", { number: row.number || named })}
                  onClick={() => first(row)}
                >
                  <Icon name="arrow-up" size={18} />
                </button>
              )}
              <button
                type="button"
                class="icon-button"
                aria-label={t("contact.removeNumber", { number: row.number || named })}
                title={t("contact.removeNumber", { number: row.number || named })}
                onClick={() => remove(row.key)}
              >
                <Icon name="trash" size={18} />
              </button>
            </div>
          </fieldset>
        );
      })}
      <button
        type="button"
        class="small-button"
        id="contact-number-add"
        disabled={numbers.length >= 20}
        onClick={() => {
          const row = newNumber();
          write({ numbers: [...numbers, row] });
          focusSoon(`contact-number-${row.key}`);
        }}
      >
        <Icon name="plus" size={16} /> {t("contact.addNumber")}
      </button>
    </section>
  );
}

interface RestProps extends Omit<Part, "wrong"> {
  groups: Group[];
  people: Person[];
  page: ContactPage | null;
}

function Rest({ draft, write, groups, people, page }: RestProps) {
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  const languages = draft.language && !LANGUAGES.includes(draft.language) ? [draft.language] : [];
  const named = [...languages, ...LANGUAGES]
    .map((code): [string, string] => [code, languageName(code)])
    .toSorted(([, one], [, other]) => one.localeCompare(other));
  const owners = page?.owner && people.every(({ id }) => id !== page.owner?.id) ? [page.owner] : [];
  const guess = (value: string) => (value ? t("contact.guessed", { value }) : t("contact.guessUnknown"));
  const language = page?.guessed.language ?? "";
  return (
    <section class="card person-fields" aria-label={t("contact.facts")}>
      <Field id="owner" label={t("contact.owner")}>
        <Select
          id="contact-owner"
          value={String(draft.owner ?? "")}
          choices={[
            ["", t("contact.nobody")],
            ...[...owners, ...people].map(({ id, name }): [string, string] => [String(id), name]),
          ]}
          onChange={(value) => write({ owner: value ? Number(value) : null })}
        />
      </Field>
      <Field id="language" label={t("contact.language")}>
        <Select
          id="contact-language"
          value={draft.language}
          choices={[["", guess(language && languageName(language))], ...named]}
          onChange={(value) => write({ language: value })}
        />
      </Field>
      <Field id="zone" label={t("contact.timeZone")}>
        <Select
          id="contact-zone"
          value={draft.timeZone}
          choices={[
            ["", guess(page?.guessed.time_zone ?? "")],
            ...(draft.timeZone && !zones.includes(draft.timeZone) ? [draft.timeZone] : []).map(
              (zone): [string, string] => [zone, zone],
            ),
            ...zones.map((zone): [string, string] => [zone, zone]),
          ]}
          onChange={(value) => write({ timeZone: value })}
        />
      </Field>
      {groups.length > 0 && (
        <fieldset class="person-choose">
          <legend>{t("contact.groups")}</legend>
          {groups.map(({ id, name }) => {
            const found = page?.groups.some((group) => group.id === id && group.by_rule) ?? false;
            const checked = found || draft.groups.includes(id);
            return (
              <label key={id}>
                <input
                  type="checkbox"
                  checked={checked}
                  disabled={found}
                  onChange={(event) =>
                    write({
                      groups: event.currentTarget.checked
                        ? [...draft.groups, id]
                        : draft.groups.filter((each) => each !== id),
                    })
                  }
                />
                <span>
                  {name} {found && <span class="quiet small">{t("contact.byRule")}</span>}
                </span>
              </label>
            );
          })}
        </fieldset>
      )}
    </section>
  );
}

interface SelectProps {
  id: string;
  value: string;
  choices: [string, string][];
  onChange(value: string): void;
}

export function Select({ id, value, choices, onChange }: SelectProps) {
  return (
    <span class="select select-field">
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {choices.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" size={16} />
    </span>
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
