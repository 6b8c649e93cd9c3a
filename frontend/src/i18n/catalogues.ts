/** The words of every language at once, for the gallery and for tests: a page of the desk loads those of its own alone. */
import { de as boardDe } from "./board/de";
import { en as boardEn } from "./board/en";
import { de as contactsDe } from "./contacts/de";
import { en as contactsEn } from "./contacts/en";
import { de as pageDe } from "./de";
import { en as pageEn } from "./en";
import { type Language, setLanguage } from "./i18n";
import type { Catalogue } from "./messages";
import { de as messagesDe } from "./messages/de";
import { en as messagesEn } from "./messages/en";
import { de as sendsDe } from "./sends/de";
import { en as sendsEn } from "./sends/en";
import { de as settingsDe } from "./settings/de";
import { en as settingsEn } from "./settings/en";

export const en = { ...pageEn, ...boardEn, ...contactsEn, ...messagesEn, ...sendsEn, ...settingsEn };
export const de: Catalogue = {
  ...pageDe,
  ...boardDe,
  ...contactsDe,
  ...messagesDe,
  ...sendsDe,
  ...settingsDe,
};

const CATALOGUES: Record<Language, Catalogue> = { en, de };

export function speakIn(language: Language): void {
  setLanguage(language, CATALOGUES[language]);
}
