/** Contacts: the list, a page, its editing, import. */
import { t } from "../src/i18n/i18n";
import { found, inTurn, press, toLog, toView, type } from "./acts";
import { ready } from "./events";
import type { Exhibits } from "./exhibit";

export const toContacts = toView("contacts");
const person = (...acts: (() => void)[]) => inTurn(toContacts, press("AMAlexandra"), ...acts);
const editing = (...acts: (() => void)[]) =>
  person(
    press(() => t("contact.editThis")),
    ...acts,
  );
const choosing = (choice: () => string) =>
  person(
    press(() => t("contact.more", { name: "Alexandra Montgomery-Fitzwilliam" })),
    () =>
      found<HTMLElement>("[role=menuitem]", (item) => item.textContent.trim().startsWith(choice())).click(),
  );
const importing = inTurn(
  toContacts,
  press(() => t("contact.import")),
  () => {
    const input = found<HTMLInputElement>("#import-file");
    const files = new DataTransfer();
    files.items.add(new File(["name"], "customers-2026.csv"));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  },
);

export const CONTACT_STATES: Exhibits = {
  "70-contacts": { events: ready, role: "supervisor", act: toContacts },
  "70-contacts-empty": { events: ready, contacts: "empty", act: toContacts },
  "70-contacts-failed": { events: ready, contacts: "failed", act: toContacts },
  "71-contact": { events: ready, act: person() },
  "71-contact-long": { events: ready, contacts: "long", role: "supervisor", act: person() },
  "71-contact-loading": { events: ready, contacts: "gone", act: person() },
  "71-contact-no-calls": { events: ready, act: person(press(() => t("contact.addNote"))) },
  "72-contact-menu": {
    events: ready,
    role: "supervisor",
    act: person(press(() => t("contact.more", { name: "Alexandra Montgomery-Fitzwilliam" }))),
  },
  "72-contact-blocked": { events: ready, contacts: "blocked", role: "supervisor", act: person() },
  "72-contact-block": { events: ready, act: choosing(() => t("contact.block")) },
  "72-contact-merge-search": {
    events: ready,
    role: "supervisor",
    act: inTurn(
      choosing(() => t("contact.merge")),
      type("#merge-search", "chiara"),
    ),
  },
  "72-contact-merge": {
    events: ready,
    role: "supervisor",
    act: inTurn(
      choosing(() => t("contact.merge")),
      type("#merge-search", "chiara"),
      press("Chiara"),
    ),
  },
  "73-contact-consent": {
    events: ready,
    act: person(
      () => found<HTMLDetailsElement>(".person-folded, .side").toggleAttribute("open", true),
      press(() => t("contact.history")),
      press(() => t("contact.consentSave")),
    ),
  },
  "74-contact-edit": { events: ready, act: editing() },
  "74-contact-edit-wrong": {
    events: ready,
    contacts: "wrong",
    act: editing(
      type("#contact-name", ""),
      press(() => t("contact.save")),
    ),
  },
  "74-contact-edit-theirs": {
    events: ready,
    contacts: "theirs",
    act: editing(
      type("#contact-company", "Fitzwilliam & Sons"),
      press(() => t("contact.save")),
    ),
  },
  "75-contact-add": {
    events: ready,
    act: inTurn(
      toLog,
      press("(206) 555-0111"),
      press(() => t("contact.addCaller")),
    ),
  },
  "76-import": { events: ready, role: "supervisor", act: importing },
  "76-import-begun": {
    events: ready,
    role: "supervisor",
    act: inTurn(
      toContacts,
      press(() => t("contact.import")),
    ),
  },
  "76-import-done": {
    events: ready,
    role: "supervisor",
    act: inTurn(
      importing,
      press(() => t("contact.importRest")),
    ),
  },
};
