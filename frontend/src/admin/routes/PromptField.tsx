import { type FormProps, Row, Select } from "./fields";
import { hear } from "./hear";
import { promptOf, withField } from "./model";

/** What a caller hears: a text, or a greeting that is kept. */
export function PromptField(props: FormProps & { field: string; label: string }) {
  const { step, words, choices, field, label, onChange } = props;
  const prompt = promptOf(step, field);
  const isKept = prompt.greeting !== undefined;
  const set = (value: unknown) => onChange(withField(step, field, value));
  return (
    <div class="re-prompt">
      <Row {...props} field={`${field}.of`} label={label}>
        {(own) => (
          <Select
            own={own}
            value={isKept ? "greeting" : "text"}
            options={[
              ["text", words["prompt_text"] ?? ""],
              ["greeting", words["prompt_greeting"] ?? ""],
            ]}
            onPick={(value) =>
              set(value === "text" ? { text: "", language: "", voice: "" } : { greeting: null })
            }
          />
        )}
      </Row>
      {isKept ? (
        <Row {...props} field={field} label={words["prompt_greeting"] ?? ""} hidesLabel>
          {(own) => (
            <Select
              own={own}
              value={String(prompt.greeting ?? "")}
              options={[
                ["", words["choose"] ?? ""],
                ...choices.greetings.map(([id, name]): [string, string] => [String(id), name]),
              ]}
              onPick={(value) => set({ greeting: value ? Number(value) : null })}
            />
          )}
        </Row>
      ) : (
        <>
          <Row {...props} field={field} label={words["prompt_words"] ?? ""} hidesLabel>
            {(own) => (
              <textarea
                {...own}
                rows={3}
                maxLength={1000}
                value={prompt.text ?? ""}
                onInput={(event) => set({ ...prompt, text: event.currentTarget.value })}
              />
            )}
          </Row>
          <div class="re-pair">
            <Row {...props} field={`${field}.language`} label={words["prompt_language"] ?? ""}>
              {(own) => (
                <Select
                  own={own}
                  value={prompt.language ?? ""}
                  options={[["", words["language_of_line"] ?? ""], ...choices.languages]}
                  onPick={(value) => set({ ...prompt, language: value })}
                />
              )}
            </Row>
            <button
              type="button"
              class="re-key"
              disabled={!prompt.text}
              onClick={() => hear(prompt.text ?? "", prompt.language || document.documentElement.lang)}
            >
              {words["hear_it"]}
            </button>
          </div>
        </>
      )}
    </div>
  );
}
