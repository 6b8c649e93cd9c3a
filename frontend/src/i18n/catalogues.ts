/** The words of every language at once, for the gallery and for tests: a page of the desk loads those of its own alone. */
import { de } from "./de";
import { en } from "./en";
import { type Language, setLanguage } from "./i18n";
import type { Catalogue } from "./messages";

const CATALOGUES: Record<Language, Catalogue> = { en, de };

export function speakIn(language: Language): void {
  setLanguage(language, CATALOGUES[language]);
}
