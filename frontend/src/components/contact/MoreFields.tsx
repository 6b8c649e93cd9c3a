/** Who looks after a contact, what it speaks, when it is there, and its groups: further fields of its form. */
import { useMemo } from "preact/hooks";
import type { Person } from "./ContactForm";
import type { ContactPage, Group } from "../../contacts/ports";
import { languageName, t } from "../../i18n/i18n";
import { Field, type Part, Select } from "./fields";

/** What the world's callers most often speak; another that a program has set stays in the list. */
export const LANGUAGES =
  "en de fr es it pt nl pl tr ar uk ru ro cs hu el sv da nb fi hr sr bg he hi zh ja ko vi th id".split(" ");

interface Props extends Omit<Part, "wrong"> {
  groups: Group[];
  people: Person[];
  page: ContactPage | null;
}

export function MoreFields({ draft, write, groups, people, page }: Props) {
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
