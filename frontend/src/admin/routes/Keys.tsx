import { useState } from "preact/hooks";

import { fieldId, type FormProps, Goes, Row, Select } from "./fields";
import { type Key, keysOf, withField } from "./model";

/** The keys of a menu: what each is called, what is said for it, and where it leads. */
export function Keys(props: FormProps & { languages: boolean }) {
  const { step, words, choices, findings, onChange } = props;
  const keys = keysOf(step);
  const set = (path: string, value: unknown) => onChange(withField(step, path, value));
  const wrong = findings.find((one) => one.step === step.id && one.field === "keys");
  const asksWords = step["speech"] === true;
  const add = () => {
    const free = [..."1234567890*#"].find((digit) => !keys.some((key) => key.digit === digit)) ?? "";
    const made: Key = { digit: free, meaning: "", next: "" };
    onChange({ ...step, keys: [...keys, made] });
  };
  return (
    <div class="re-keys" role="group" aria-label={words["field_keys"]}>
      {keys.map((key, index) => (
        <div class="re-one-key" key={index}>
          <Row {...props} field={`keys.${index}.digit`} label={words["key"] ?? ""}>
            {(own) => (
              <input
                {...own}
                type="text"
                maxLength={1}
                value={key.digit}
                onInput={(event) => set(`keys.${index}.digit`, event.currentTarget.value)}
              />
            )}
          </Row>
          <Row {...props} field={`keys.${index}.meaning`} label={words["meaning"] ?? ""}>
            {(own) => (
              <input
                {...own}
                type="text"
                maxLength={60}
                value={key.meaning}
                onInput={(event) => set(`keys.${index}.meaning`, event.currentTarget.value)}
              />
            )}
          </Row>
          <Row {...props} field={`keys.${index}.next`} label={words["goes_to"] ?? ""}>
            {(own) => <Goes {...props} own={own} field={`keys.${index}.next`} value={key.next} />}
          </Row>
          {(asksWords || props.languages) && (
            <div class="re-key-more">
              {props.languages && (
                <Row {...props} field={`keys.${index}.language`} label={words["prompt_language"] ?? ""}>
                  {(own) => (
                    <Select
                      own={own}
                      value={key.language ?? ""}
                      options={[["", words["choose"] ?? ""], ...choices.languages]}
                      onPick={(value) => set(`keys.${index}.language`, value)}
                    />
                  )}
                </Row>
              )}
              {asksWords && <KeyWords {...props} index={index} value={key.words ?? []} />}
            </div>
          )}
          <button
            type="button"
            class="re-key icon"
            aria-label={`${words["remove_key"]} ${key.digit}`}
            onClick={() => onChange({ ...step, keys: keys.filter((_, at) => at !== index) })}
          >
            ×
          </button>
        </div>
      ))}
      {wrong && (
        <p class="re-why" role="note">
          {wrong.text}
        </p>
      )}
      <button type="button" class="re-key" id={fieldId(step.id, "keys")} onClick={add}>
        + {words["add_key"]}
      </button>
    </div>
  );
}

/** The words that are understood for a key. As typed until the field is left: a comma is a letter on the way. */
function KeyWords(props: FormProps & { index: number; value: string[] }) {
  const { step, words, index, value, onChange } = props;
  const [typed, setTyped] = useState("");
  const field = `keys.${index}.words`;
  // What was typed counts while it says what is kept: of another key, or of changes that were discarded, it does not.
  const text = spokenIn(typed).join() === value.join() ? typed : value.join(", ");
  return (
    <Row {...props} field={field} label={words["key_words"] ?? ""}>
      {(own) => (
        <input
          {...own}
          type="text"
          value={text}
          placeholder={words["key_words_help"]}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            onChange(withField(step, field, spokenIn(event.currentTarget.value)));
          }}
          onBlur={() => setTyped("")}
        />
      )}
    </Row>
  );
}

function spokenIn(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}
