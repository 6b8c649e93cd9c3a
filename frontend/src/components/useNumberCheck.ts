/** What a typed text means: a number that can be called, a name to look up, or neither. */
import { useEffect, useState } from "preact/hooks";
import type { Api, Colleague, ContactFound, NumberCheck } from "../ports";
import type { Hints } from "../softphone/state";
import { t } from "../i18n/i18n";

export type Entry =
  | { kind: "empty" }
  | { kind: "checking" }
  | { kind: "valid"; check: NumberCheck }
  | { kind: "invalid"; message: string; check: NumberCheck }
  /** A number that must not be called now; whether it may all the same, with a reason, the check says. */
  | { kind: "refused"; message: string; check: NumberCheck }
  /** The check itself failed: nothing is known about the number. */
  | { kind: "unknown"; message: string }
  | { kind: "names"; found: ContactFound[]; colleagues: Colleague[] };

const PAUSE = 300;

/** Words in front of an extension. The server knows the same (`_EXTENSION` in `telephony/phone.py`). */
export const EXTENSION_WORDS = "(?:extension|extn|ext|xtn|x|durchwahl|dw)[.:]?";

/** What a number with an extension ends with: "x12", "ext. 12", ";ext=12", "Durchwahl 12". */
const EXTENSION = new RegExp(`(?<=\\d)\\s*(?:;\\s*ext\\s*=|${EXTENSION_WORDS})\\s*\\d*\\s*$`, "i");

export function hasLetters(text: string): boolean {
  return /\p{L}/u.test(text.replace(EXTENSION, ""));
}

export async function understand(
  api: Pick<Api, "checkNumber" | "colleagues" | "contacts">,
  text: string,
  line: number | null,
): Promise<Entry> {
  const typed = text.trim();
  if (!typed) return { kind: "empty" };
  try {
    if (hasLetters(typed)) {
      // Without the colleagues, contacts are found all the same.
      const [found, colleagues] = await Promise.all([
        api.contacts(typed),
        api.colleagues(typed).catch(() => []),
      ]);
      return { kind: "names", found, colleagues };
    }
    const check = await api.checkNumber(typed, line);
    if (check.valid) return { kind: "valid", check };
    if (check.e164) return { kind: "refused", message: check.message, check };
    const message = check.message || t("dial.noNumber");
    return { kind: "invalid", message, check: { ...check, message } };
  } catch (error) {
    return {
      kind: "unknown",
      message: error instanceof Error ? error.message : t("dial.notChecked"),
    };
  }
}

/** What is known of this very text: never an answer about an earlier one, which would call a wrong number. */
export function useNumberCheck(
  api: Pick<Api, "checkNumber" | "colleagues" | "contacts">,
  text: string,
  line: number | null,
): Entry {
  const [known, setKnown] = useState<{ of: string; entry: Entry }>({ of: "", entry: { kind: "empty" } });
  // Which numbers may be called may depend on the line.
  const of = `${line} ${text}`;
  useEffect(() => {
    if (!text.trim()) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      void understand(api, text, line).then((entry) => {
        if (current) setKnown({ of, entry });
      });
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [api, text, line, of]);
  if (!text.trim()) return { kind: "empty" };
  return known.of === of ? known.entry : { kind: "checking" };
}

/** What is shown of a call to that number, and whom it goes to. */
export function hintsOf(check: NumberCheck): Hints {
  const number = check.e164 ?? check.input;
  return {
    number: check.extension ? `${number};ext=${check.extension}` : number,
    display: check.display ?? number,
    name: check.contact?.name ?? "",
    place: check.place ?? check.country ?? "",
    line: "",
  };
}
