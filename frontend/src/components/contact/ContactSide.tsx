/** Beside the time line: numbers, consent, and what else is known. On a phone it stands above, folded but for numbers. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ContactsStore } from "../../contacts/contacts";
import type { OpenContact } from "../../contacts/openContact";
import type { Consent, Consents, ContactNumber, ContactPage } from "../../contacts/ports";
import { formatDate, languageName, t, timeThere } from "../../i18n/i18n";
import { correspondent, whyNoTexts, SERVICE } from "../../contacts/texting";
import type { Line } from "../../messages";
import { isolated } from "../../names";
import type { Correspondent } from "../../threads/correspondent";
import { Icon } from "../Icon";
import { useStore } from "../useStore";
import { ConsentDialog } from "./ConsentDialog";
import { serverNow } from "../../serverClock";

interface Props {
  open: OpenContact;
  page: ContactPage;
  contacts: ContactsStore;
  canDial: boolean;
  onCall(number: Pick<ContactNumber, "number" | "extension" | "display">, name: string): void;
  line: Line | null;
  onText(whom: Correspondent): void;
  folded?: boolean;
}

export function ContactSide(props: Props) {
  const { open, page, contacts, folded = false } = props;
  const [history, setHistory] = useState(false);
  const details = (
    <>
      <ConsentCard open={open} onHistory={() => setHistory(true)} />
      <Facts {...props} />
    </>
  );
  return (
    <div class="person-side">
      <Numbers {...props} />
      {page.note && (
        <section class="card person-card" aria-labelledby="pinned-title">
          <h3 id="pinned-title">{t("contact.pinned")}</h3>
          <p class="note-text" dir="auto">
            {page.note}
          </p>
        </section>
      )}
      {folded ? (
        <details class="card person-folded">
          <summary>{t("contact.further")}</summary>
          <div class="person-side">{details}</div>
        </details>
      ) : (
        details
      )}
      {history && open.consents && (
        <ConsentDialog
          {...{ open, page, contacts, consents: open.consents }}
          onClose={() => setHistory(false)}
        />
      )}
    </div>
  );
}

function Numbers({ open, page, canDial, onCall, contacts, line, onText }: Props) {
  return (
    <section class="card person-card" aria-labelledby="numbers-title">
      <CardHead id="numbers-title" title={t("contact.numbers")}>
        <button
          type="button"
          class="text-button"
          aria-label={t("contact.editThis")}
          onClick={() => contacts.edit()}
        >
          {t("contact.edit")}
        </button>
      </CardHead>
      {page.numbers.length === 0 && <p class="quiet">{t("contact.noNumbers")}</p>}
      <ul class="person-numbers">
        {page.numbers.map((row, at) => {
          const blocked = page.blocked.some(({ number }) => number === row.number);
          const why = line ? whyNoTexts(row, page, open.consents, line) : "";
          const facts = [
            row.label,
            at === 0 && page.numbers.length > 1 && t("contact.firstChoice"),
            row.line_type === "landline" && t("contact.landline"),
            why === "extension" && t("contact.extension"),
            blocked && t("contact.numberBlocked"),
            (why === "stopped" || why === "objected") &&
              line &&
              t(`contact.${why}`, { line: isolated(line.name) }),
          ];
          return (
            <li key={row.number}>
              <div>
                <strong>{row.display}</strong>
                <span class="quiet small">{facts.filter(Boolean).join(" · ")}</span>
              </div>
              <button
                type="button"
                class="icon-button person-number-call"
                disabled={!canDial || blocked}
                aria-label={t("log.callNumber", { name: page.name, number: row.display })}
                onClick={() => onCall(row, page.name)}
              >
                <Icon name="phone" size={18} />
              </button>
              {line && !why && (
                <button
                  type="button"
                  class="icon-button person-number-call"
                  aria-label={t("contact.textNumber", { name: page.name, number: row.display })}
                  onClick={() => onText(correspondent(page, row, line))}
                >
                  <Icon name="message" size={18} />
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function CardHead({ id, title, children }: { id: string; title: string; children?: ComponentChildren }) {
  return (
    <div class="person-card-head">
      <h3 id={id}>{title}</h3>
      {children}
    </div>
  );
}

/**
 * For each sender what counts now, of whichever of the contact's numbers it was last said. What somebody told the
 * messaging service counts for all lines, and a No before a Yes.
 */
function consentsNow({ senders, history }: Consents): { name: string; newest: Consent | null }[] {
  const services = history.map((row) => row.sender).filter((sender) => SERVICE.test(sender));
  return senders.map(({ sender, name }) => {
    const said = [sender, ...services].flatMap((one) => history.find((row) => row.sender === one) ?? []);
    return { name, newest: said.find(({ state }) => state === "forbidden") ?? said[0] ?? null };
  });
}

export function consentWord(row: Consent): string {
  const when = formatDate(new Date(row.at), { day: "numeric", month: "short", year: "numeric" });
  const said = `${row.state}-${row.source}` as const;
  return t(`contact.consent.${said}`, { when });
}

function ConsentCard({ open, onHistory }: { open: OpenContact; onHistory(): void }) {
  const { consents } = open;
  return (
    <section class="card person-card" aria-labelledby="consent-title">
      <CardHead id="consent-title" title={t("contact.consent")}>
        {consents && (
          <button type="button" class="text-button" onClick={onHistory}>
            {t("contact.history")}
          </button>
        )}
      </CardHead>
      {open.consentsFailed && <p class="quiet small">{t("contact.consentNotLoaded")}</p>}
      <ul class="person-consents">
        {consents &&
          consentsNow(consents).map(({ name, newest }) => (
            <li key={name}>
              <Icon name={newest?.state === "allowed" ? "check" : newest ? "block" : "help"} size={18} />
              <strong>{t("contact.textsFrom", { line: isolated(name) })}</strong>
              <span class="quiet small">{newest ? consentWord(newest) : t("contact.notAsked")}</span>
            </li>
          ))}
      </ul>
    </section>
  );
}

function Facts({ page, contacts }: Props) {
  const { ownFields } = useStore(contacts);
  const zone = page.time_zone || page.guessed.time_zone;
  const language = page.language || page.guessed.language;
  const guessed = (name: string, said: string) => (said ? name : t("contact.guessed", { value: name }));
  const rows: [string, ComponentChildren][] = [
    [t("contact.owner"), isolated(page.owner?.name ?? "")],
    [
      t("contact.groups"),
      page.groups.length > 0 && (
        <span class="person-groups">
          {page.groups.map((group) => (
            <span key={group.id} class="tag" title={group.by_rule ? t("contact.byRule") : undefined}>
              {group.name}
            </span>
          ))}
        </span>
      ),
    ],
    ...ownFields.map(({ key, name }): [string, ComponentChildren] => [name, page.own[key] ?? ""]),
    [t("contact.email"), page.email && <a href={`mailto:${page.email}`}>{page.email}</a>],
    [t("contact.language"), language && guessed(languageName(language), page.language)],
    [t("contact.timeThere"), zone && guessed(timeThere(zone, serverNow()), page.time_zone)],
  ];
  return (
    <section class="card person-card" aria-label={t("contact.facts")}>
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
    </section>
  );
}
