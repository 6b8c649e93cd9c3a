/** Threads and texts, and screens that are loaded later. */
import { t } from "../src/i18n/i18n";
import { found, inTurn, press, toView, type } from "./acts";
import { toContacts } from "./contactStates";
import { ready } from "./events";
import type { Exhibits } from "./exhibit";

const toTexts = toView("messages");
const thread = (name: string, ...acts: (() => void)[]) =>
  inTurn(
    toTexts,
    () => found<HTMLElement>("[data-thread]", (row) => row.textContent.includes(name)).click(),
    ...acts,
  );

export const TEXTS: Exhibits = {
  "70-messages": { events: ready, act: toTexts },
  "71-thread": { events: ready, act: thread("Maya Okonkwo") },
  "72-thread-failed": { events: ready, act: thread("Orla Flynn") },
  "72-thread-helped": {
    events: ready,
    act: thread(
      "Orla Flynn",
      press(() => t("call.whatHelps")),
    ),
  },
  "73-thread-stopped": { events: ready, act: thread("Nadia Haddad") },
  "73-thread-note": {
    events: ready,
    act: thread(
      "Nadia Haddad",
      press(() => t("contact.addNote")),
    ),
  },
  "73-thread-landline": { events: ready, act: thread("Harbour") },
  "74-ready-made": {
    events: ready,
    act: thread(
      "Orla Flynn",
      press(() => t("threads.readyMade")),
    ),
  },
  "75-fields-empty": {
    events: ready,
    act: thread(
      "Maya Okonkwo",
      press(() => t("threads.readyMade")),
      () => found<HTMLElement>("[role=option]").click(),
    ),
  },
  "76-thread-long": { events: ready, act: thread("Alexandra") },
  "76-writing-long": {
    events: ready,
    act: thread("Maya Okonkwo", type("#text", "Hello Maya – your sofa arrives on Thursday. ".repeat(6))),
  },
  "77-not-sent": {
    events: ready,
    act: thread(
      "Maya Okonkwo",
      type("#text", "I will ring you at noon."),
      press(() => t("threads.send")),
    ),
  },
  "72-thread-again": {
    events: ready,
    texts: "night",
    act: thread(
      "Orla Flynn",
      press(() => t("common.tryAgain")),
    ),
  },
  "77-forbidden": { events: ready, texts: "night", act: thread("Maya Okonkwo") },
  "77-needs-reason": {
    events: ready,
    act: thread(
      "Maya Okonkwo",
      type("#text", "I will ring you tonight."),
      press(() => t("threads.send")),
    ),
  },
  "77-thread-of-whose": {
    events: ready,
    act: thread(
      "Orla Flynn",
      press(() => t("threads.whose", { name: "Ada Byron, AB" })),
    ),
  },
  "78-messages-empty": { events: ready, texts: "empty", act: toTexts },
  "78-messages-nothing": { events: ready, act: inTurn(toTexts, type("#thread-search", "habour")) },
  "78-messages-people": { events: ready, act: inTurn(toTexts, type("#thread-search", "ma")) },
  "79-messages-loading": { events: ready, texts: "loading", act: toTexts },
  "79-messages-failed": { events: ready, texts: "failed", act: toTexts },
  "79-screen-loading": { events: ready, screens: "never", act: toTexts },
  "79-screen-failed": { events: ready, screens: {}, act: toTexts },
  "79-screen-renewed": { events: ready, screens: { gone: true }, act: toContacts },
};
