/** A contact's numbers in its form: the first is the first choice. */
import { type DraftNumber, newNumber } from "../../contacts/draft";
import type { LineType } from "../../contacts/ports";
import { t } from "../../i18n/i18n";
import { Icon } from "../Icon";
import { Field, type Part, Select } from "./fields";

const LINE_TYPES: LineType[] = ["", "mobile", "landline", "voip", "toll-free", "other"];

export function NumberFields({ draft, wrong, write }: Part) {
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
