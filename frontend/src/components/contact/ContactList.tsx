/** All contacts by name: search, rows that open, a way to add one and to import many. */
import type { Config } from "../../config";
import type { ContactsStore } from "../../contacts/contacts";
import type { ContactRow } from "../../contacts/ports";
import { initials } from "../../format";
import { t } from "../../i18n/i18n";
import { isolated } from "../../names";
import { EmptyState, Loading } from "../EmptyState";
import { Icon } from "../Icon";
import { useStore } from "../useStore";
import { LoadMore } from "../LoadMore";
import { SearchBox } from "../SearchBox";

interface Props {
  contacts: ContactsStore;
  role: Config["agent"]["role"];
  onOpen(contact: ContactRow): void;
  onAdd(): void;
}

export function ContactList({ contacts, role, onOpen, onAdd }: Props) {
  const { query, rows, next, status, more } = useStore(contacts.list);
  const { search } = query;
  return (
    <div class="log">
      <h2 class="visually-hidden" tabIndex={-1} data-home>
        {t("tab.contacts")}
      </h2>
      <div class="log-tools">
        <SearchBox
          id="contact-search"
          label={t("contact.search")}
          hint={t("contact.searchHint")}
          text={search}
          onSearch={(text) => contacts.search(text)}
        />
        <button type="button" class="small-button person-tool" onClick={onAdd}>
          <Icon name="plus" size={16} /> {t("contact.add")}
        </button>
        {role !== "agent" && (
          <button type="button" class="small-button person-tool" onClick={() => contacts.import(true)}>
            {t("contact.import")}
          </button>
        )}
      </div>
      <p class="visually-hidden" role="status">
        {status === "ready" &&
          search.trim() !== "" &&
          (next
            ? t("contact.foundMore", { count: rows.length })
            : t("contact.found", { count: rows.length }))}
      </p>
      {status === "loading" && <Loading />}
      {status === "failed" && (
        <EmptyState icon="alert" title={t("contact.listNotLoaded")} text={t("common.callsUnaffected")}>
          <button type="button" class="small-button" onClick={() => contacts.list.load()}>
            {t("common.tryAgain")}
          </button>
        </EmptyState>
      )}
      {status === "ready" && rows.length === 0 && (
        <EmptyState
          icon="people"
          title={search.trim() ? t("log.nothingFor", { text: search.trim() }) : t("contact.none")}
          text={search.trim() ? t("found.checkSpelling") : t("contact.noneText")}
        />
      )}
      {status === "ready" && rows.length > 0 && (
        <ul class="card contact-list">
          {rows.map((row) => (
            <li key={row.id}>
              <button type="button" data-contact={row.id} onClick={() => onOpen(row)}>
                <span class="contact-disc" aria-hidden="true">
                  {initials(row.name) || <Icon name="person" />}
                </span>
                <span class="contact-who">
                  <strong title={row.name}>{isolated(row.name)}</strong>
                  <span class="quiet small">{isolated(row.company)}</span>
                </span>
                <span class="contact-number small">
                  {row.numbers[0]?.display}
                  {row.numbers.length > 1 && (
                    <span class="quiet"> {t("contact.moreNumbers", { count: row.numbers.length - 1 })}</span>
                  )}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {status === "ready" && next && (
        <LoadMore more={more} text={t("contact.moreContacts")} onMore={() => contacts.list.loadMore()} />
      )}
    </div>
  );
}
