/** The call log, an opened call, and what stands over the desk. */
import { t } from "../src/i18n/i18n";
import { presenceWord } from "../src/words";
import { found, inTurn, press, toLog, type } from "./acts";
import { COLLEAGUES } from "./data";
import { ready, snapshot, talking } from "./events";
import type { Exhibits } from "./exhibit";

const opened = (...acts: (() => void)[]) => inTurn(toLog, press("Maya Okonkwo"), ...acts);
const seen = (selector: string) => () => found(selector).scrollIntoView();
const noteTyped = type("#note", "Wants the date in writing.\nCall before noon.");

export const LOG_STATES: Exhibits = {
  "19-log": { events: ready, act: toLog },
  "19-log-long": { events: [...ready, snapshot([], [...COLLEAGUES])], log: "long", act: toLog },
  "19-message": {
    events: ready,
    act: inTurn(
      toLog,
      press(() => t("message.play")),
    ),
  },
  "19-log-menu": {
    events: ready,
    act: inTurn(
      toLog,
      press(() => t("log.more", { name: "Maya Okonkwo" })),
    ),
  },
  "19-team": {
    events: ready,
    act: inTurn(toLog, () => document.querySelector<HTMLElement>("#tab-team")?.click()),
  },
  "60-details": { events: ready, act: opened() },
  "61-details-not-saved": { events: ready, act: opened(noteTyped) },
  "62-details-conflict": {
    events: ready,
    details: "theirs",
    act: opened(
      noteTyped,
      press(() => t("note.save")),
      seen(".note"),
    ),
  },
  "63-details-loading": { events: ready, details: "loading", act: opened() },
  "64-details-failed": { events: ready, details: "failed", act: opened(seen(".happened")) },
  "65-details-empty": { events: ready, details: "empty", act: opened() },
  "66-details-save-failed": {
    events: ready,
    details: "unsaved",
    act: opened(
      noteTyped,
      press(() => t("note.save")),
    ),
  },
  "67-details-of-another": { events: ready, act: inTurn(toLog, press("Tom Aldous")) },
  "68-details-in-a-call": {
    events: talking,
    act: inTurn(
      press(() => t("tab.log")),
      toLog,
      press("Maya Okonkwo"),
    ),
  },
  "69-details-sound": { events: ready, act: opened(seen(".sound")) },
  "69-details-sound-poor": { events: ready, details: "poor", act: opened(seen(".sound")) },
  "69-details-happened": { events: ready, act: opened(seen(".happened")) },
  "90-log-empty": { events: ready, log: "empty", act: toLog },
  "91-log-nothing": { events: ready, log: "nothing", act: inTurn(toLog, type("#search", "habour")) },
  "92-log-loading": { events: ready, log: "loading", act: toLog },
  "93-log-failed": { events: ready, log: "failed", act: toLog },
  "94-availability": {
    events: ready,
    act: press(() => t("top.availability", { state: presenceWord("available") })),
  },
  "95-shortcuts": {
    events: ready,
    act: inTurn(
      press(() => t("top.account", { initials: "AB", name: "Ada Byron" })),
      press(() => t("top.shortcuts")),
    ),
  },
  "96-settings": {
    events: ready,
    act: inTurn(
      press(() => t("top.account", { initials: "AB", name: "Ada Byron" })),
      press(() => t("top.settings")),
    ),
  },
  "97-account": { events: ready, act: press(() => t("top.account", { initials: "AB", name: "Ada Byron" })) },
};
