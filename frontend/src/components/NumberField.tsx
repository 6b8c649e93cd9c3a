/** Where a number or a name is typed or pasted. */
import type { DialPadProps } from "./DialPad";
import { FOUND_ID } from "./FoundContacts";
import { Icon } from "./Icon";
import { EXTENSION_WORDS } from "./useNumberCheck";
import { t } from "../i18n/i18n";

interface FieldProps extends Pick<DialPadProps, "text" | "onText"> {
  wrong: boolean;
  /** Whether choices stand under it, and the one that Enter calls. */
  expanded: boolean;
  active: string | undefined;
  onKeyDown(event: KeyboardEvent): void;
  onLeave(): void;
}

export function NumberField({ text, onText, wrong, expanded, active, onKeyDown, onLeave }: FieldProps) {
  async function paste(): Promise<void> {
    const pasted = await navigator.clipboard.readText().catch(() => "");
    if (pasted) onText(cleaned(pasted));
    document.querySelector<HTMLInputElement>("#number")?.focus();
  }
  return (
    <div class={wrong ? "number-field number-wrong" : "number-field"}>
      <label class="visually-hidden" for="number">
        {t("dial.field")}
      </label>
      <input
        id="number"
        type="text"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={expanded}
        aria-controls={FOUND_ID}
        aria-activedescendant={active}
        // Names are typed here, too: a telephone has letters for it, and its digits stand below.
        inputMode="text"
        autocapitalize="words"
        autocomplete="off"
        spellcheck={false}
        placeholder={t("dial.field")}
        value={text}
        aria-invalid={wrong}
        aria-describedby="number-hint"
        onInput={(event) => onText(event.currentTarget.value)}
        onPaste={(event) => {
          const pasted = event.clipboardData?.getData("text") ?? "";
          if (!text && pasted) {
            event.preventDefault();
            onText(cleaned(pasted));
          }
        }}
        onKeyDown={onKeyDown}
        onBlur={onLeave}
      />
      {text ? (
        <button
          type="button"
          class="icon-button"
          aria-label={t("dial.delete")}
          onClick={() => {
            onText(text.slice(0, -1));
            // The button goes with the last character.
            if (text.length === 1) document.getElementById("number")?.focus();
          }}
        >
          <Icon name="backspace" />
        </button>
      ) : (
        "clipboard" in navigator && (
          <button type="button" class="text-button" onClick={() => void paste()}>
            <Icon name="paste" size={16} /> {t("dial.paste")}
          </button>
        )
      )}
    </div>
  );
}

const PASTED = new RegExp(
  `\\+?[\\d(][\\d\\s()./-]{4,}\\d(?:(?:;ext=|,+|\\s*${EXTENSION_WORDS}\\s*)\\d{1,9}\\b)?`,
  "i",
);

/** A number out of a mail or a web page: without "Tel.", line breaks and invisible signs. */
export function cleaned(pasted: string): string {
  const line = pasted
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .replace(/\s+/g, " ")
    .trim();
  const number = PASTED.exec(line.replace(/^tel:/i, ""))?.[0];
  return (number ?? line).slice(0, 60);
}
