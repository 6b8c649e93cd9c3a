/** What a contact allowed and forbade, and a place to write down what they say now. */
import { useState } from "preact/hooks";
import type { ContactsStore } from "../../contacts/contacts";
import type { OpenContact } from "../../contacts/openContact";
import type { ConsentInput, Consents, ContactPage } from "../../contacts/ports";
import { SERVICE } from "../../contacts/texting";
import { t } from "../../i18n/i18n";
import { Dialog } from "../Dialog";
import { Icon } from "../Icon";
import { Select } from "./fields";
import { consentWord } from "./ContactSide";

interface Props {
  open: OpenContact;
  page: ContactPage;
  contacts: ContactsStore;
  consents: Consents;
  onClose(): void;
}

export function ConsentDialog({ open, page, contacts, consents, onClose }: Props) {
  const { senders, history } = consents;
  const nameOf = (sender: string) =>
    senders.find((each) => each.sender === sender)?.name ??
    (SERVICE.test(sender) ? t("contact.allLines") : sender);
  const displayOf = (number: string) => page.numbers.find((row) => row.number === number)?.display ?? number;
  return (
    <Dialog title={t("contact.consentTitle", { name: page.name })} onClose={onClose}>
      {history.length === 0 && <p class="quiet">{t("contact.consentNothing")}</p>}
      <ol class="consent-history">
        {history.map((row) => (
          <li key={`${row.at} ${row.number} ${row.sender} ${row.state}`}>
            <Icon name={row.state === "allowed" ? "check" : "block"} size={18} />
            <div>
              <strong>{t("contact.textsFrom", { line: nameOf(row.sender) })}</strong>{" "}
              <span>{consentWord(row)}</span>
              <p class="quiet small">
                {[displayOf(row.number), row.note, row.by && t("contact.recordedBy", { name: row.by.name })]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </div>
          </li>
        ))}
      </ol>
      {senders.length > 0 && page.numbers.length > 0 && <Record {...{ open, page, contacts, consents }} />}
    </Dialog>
  );
}

function Record({ open, page, contacts, consents }: Omit<Props, "onClose">) {
  const [said, setSaid] = useState<ConsentInput>({
    number: page.numbers[0]?.number ?? "",
    sender: consents.senders[0]?.sender ?? "",
    state: "allowed",
    source: "spoken",
    note: "",
  });
  const change = (values: Partial<ConsentInput>) => setSaid({ ...said, ...values });
  return (
    <form
      class="consent-form"
      aria-labelledby="consent-form-title"
      onSubmit={(event) => {
        event.preventDefault();
        void contacts.recordConsent(said).then((saved) => saved && change({ note: "" }));
      }}
    >
      <h3 id="consent-form-title">{t("contact.consentRecord")}</h3>
      <div class="device">
        <label for="consent-sender">{t("contact.consentSender")}</label>
        <Select
          id="consent-sender"
          value={said.sender}
          choices={consents.senders.map(({ sender, name, display }) => [sender, `${name} · ${display}`])}
          onChange={(sender) => change({ sender })}
        />
      </div>
      {page.numbers.length > 1 && (
        <div class="device">
          <label for="consent-number">{t("contact.consentNumber")}</label>
          <Select
            id="consent-number"
            value={said.number}
            choices={page.numbers.map(({ number, display }) => [number, display])}
            onChange={(number) => change({ number })}
          />
        </div>
      )}
      <div class="device">
        <label for="consent-state">{t("contact.consentSaid")}</label>
        <Select
          id="consent-state"
          value={said.state}
          choices={[
            ["allowed", t("contact.consentAllowed")],
            ["forbidden", t("contact.consentForbidden")],
          ]}
          onChange={(state) => change({ state: state as ConsentInput["state"] })}
        />
      </div>
      <div class="device">
        <label for="consent-source">{t("contact.consentHow")}</label>
        <Select
          id="consent-source"
          value={said.source}
          choices={[
            ["spoken", t("contact.consentSpoken")],
            ["form", t("contact.consentForm")],
          ]}
          onChange={(source) => change({ source: source as ConsentInput["source"] })}
        />
      </div>
      <div class="device consent-note">
        <label for="consent-note">{t("common.note")}</label>
        <input
          id="consent-note"
          class="field"
          maxLength={255}
          autocomplete="off"
          value={said.note ?? ""}
          onInput={(event) => change({ note: event.currentTarget.value })}
        />
      </div>
      {open.problem && (
        <p class="hint hint-wrong" role="alert">
          <Icon name="alert" size={16} /> <span>{open.problem}</span>
        </p>
      )}
      <button type="submit" class="small-button person-save" aria-disabled={open.saving}>
        {t("contact.consentSave")}
      </button>
    </form>
  );
}
