/** Group sends. */
import { t } from "../src/i18n/i18n";
import type { SendsPlace } from "../src/groupSends/address";
import { found, inTurn, press, type } from "./acts";
import { ready, ringing, talking } from "./events";
import type { Exhibit, Exhibits } from "./exhibit";
import { addressOf, SENDS } from "./sends";

/** A supervisor's, at one of the addresses of group sends. */
const sends = (place: SendsPlace, more: Partial<Exhibit> = {}): Exhibit => ({
  events: ready,
  role: "supervisor",
  before: addressOf(place),
  ...more,
});
const chooseGroup = (at: number) =>
  inTurn(
    () => found<HTMLElement>("#send-to").click(),
    () => found<HTMLElement>(`#choice-group-${at}`).click(),
  );
const writeToGroup = (...acts: (() => void)[]) =>
  inTurn(
    chooseGroup(1),
    type("#send-body", "Hello {first name}, our warehouse is closed 24–28 December."),
    ...acts,
  );

export const SEND_STATES: Exhibits = {
  "80-sends": sends("list"),
  "80-sends-agent": sends("list", { role: "agent" }),
  "80-sends-empty": sends("list", { sends: "empty" }),
  "80-sends-loading": sends("list", { sends: "loading" }),
  "80-sends-failed": sends("list", { sends: "failed" }),
  "81-compose-empty": sends("new"),
  "81-compose-choices": sends("new", { act: () => found<HTMLElement>("#send-to").click() }),
  "81-compose-forbidden": sends("new", { role: "agent" }),
  "81-compose": sends(SENDS.draft),
  "81-compose-written": sends("new", { act: writeToGroup() }),
  "81-compose-nobody": sends("new", { sends: "nobody", act: writeToGroup() }),
  "81-compose-wrong": sends("new", { sends: "wrong", act: writeToGroup() }),
  "81-compose-left-in-to": sends("new", { act: writeToGroup(type("#send-to", "911", true)) }),
  "81-compose-later": sends(SENDS.draft, {
    act: inTurn(
      () => found<HTMLInputElement>(".when .segments label:last-child input").click(),
      press(() => t("sends.changeHours")),
    ),
  }),
  "81-compose-field": sends(SENDS.draft, { act: press(() => t("sends.insertField")) }),
  "81-compose-names": sends(SENDS.draft, { act: press(() => t("sends.seeNames")) }),
  "81-compose-myself": sends(SENDS.draft, { act: press(() => t("sends.toMyself")) }),
  "81-compose-confirm": sends(SENDS.draft, {
    act: inTurn(
      () => found<HTMLElement>(".send-button:not([aria-disabled=true])").click(),
      () => found("dialog"),
    ),
  }),
  "81-compose-ringing": { ...sends(SENDS.draft), events: ringing },
  "81-draft-agent": sends(SENDS.draft, { role: "agent" }),
  "82-progress": sends(SENDS.running),
  "82-progress-agent": sends(SENDS.running, { role: "agent" }),
  "82-progress-paused": sends(SENDS.paused),
  "82-progress-stopped": sends(SENDS.stopped),
  "82-progress-scheduled": sends(SENDS.scheduled),
  "82-progress-stop": sends(SENDS.running, {
    act: inTurn(() => found<HTMLElement>(".stop-button").click()),
  }),
  "82-progress-call": { ...sends(SENDS.running), events: talking },
  "82-progress-gone": sends(99),
  "82-progress-failed": sends(SENDS.running, { sends: "failed" }),
  "83-results": sends(SENDS.finished),
  "83-results-long": sends(SENDS.long),
  "83-results-canceled": sends(SENDS.canceled),
  "83-results-left-out": sends(SENDS.finished, {
    act: inTurn(() => found<HTMLElement>(".figures button").click()),
  }),
  "83-results-help": sends(SENDS.finished, {
    act: inTurn(press(() => t("sends.whatHelpsName", { name: "Orla Flynn" }))),
  }),
  "83-results-again": sends(SENDS.finished, { act: inTurn(press(() => t("sends.tryAgain", { count: 4 }))) }),
  "83-results-ask-failed": sends(SENDS.finished, {
    act: inTurn(press(() => t("sends.askName", { name: "Bartholomew Okafor" }))),
  }),
  "84-renewed-in-a-call": { ...sends("list"), events: talking, screens: { gone: true } },
};
