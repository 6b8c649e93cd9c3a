import type { ComponentChildren } from "preact";

import { hear } from "./hear";
import {
  type Choices,
  type Field,
  type Finding,
  KINDS,
  type Key,
  keysOf,
  promptOf,
  type RouteDocument,
  type Step,
  textOf,
  withField,
  type Words,
} from "./model";

export interface FormProps {
  step: Step;
  route: RouteDocument;
  words: Words;
  choices: Choices;
  findings: Finding[];
  mayChange: boolean;
  onChange: (step: Step) => void;
}

export function fieldId(step: string, field: string): string {
  return `f-${step}-${field.replaceAll(".", "-")}`;
}

export function StepForm(props: FormProps) {
  const { step, words, mayChange } = props;
  return (
    <fieldset class="re-form" disabled={!mayChange}>
      <Row {...props} field="name" label={words["field_name"] ?? ""}>
        {(own) => (
          <input
            {...own}
            type="text"
            maxLength={60}
            value={step.name}
            onInput={(event) => props.onChange({ ...step, name: event.currentTarget.value })}
          />
        )}
      </Row>
      {(KINDS[step.kind] ?? []).map((field) => (
        <OneField key={field.field} {...props} spec={field} />
      ))}
    </fieldset>
  );
}

function OneField(props: FormProps & { spec: Field }) {
  const { spec, step, words, choices, onChange } = props;
  const set = (value: unknown) => onChange(withField(step, spec.field, value));
  const label = words[`${step.kind}_${spec.field}`] ?? words[`field_${spec.field}`] ?? spec.field;
  if (spec.type === "keys") return <Keys {...props} languages={spec.languages ?? false} />;
  if (spec.type === "prompt") return <PromptField {...props} field={spec.field} label={label} />;
  if (spec.type === "flag") {
    return (
      <label class="re-flag">
        <input
          type="checkbox"
          checked={step[spec.field] === true}
          onChange={(event) => set(event.currentTarget.checked)}
        />
        {label}
      </label>
    );
  }
  return (
    <Row {...props} field={spec.field} label={label}>
      {(own) => {
        if (spec.type === "goes")
          return <Goes {...props} own={own} field={spec.field} optional={spec.optional} />;
        if (spec.type === "row") {
          return (
            <Select
              own={own}
              value={String(step[spec.field] ?? "")}
              options={[
                ["", words["choose"] ?? ""],
                ...choices[spec.of].map(([id, name]): [string, string] => [String(id), name]),
              ]}
              onPick={(value) => set(value ? Number(value) : null)}
            />
          );
        }
        if (spec.type === "choice") {
          const options = spec.values.map((one): [string, string] => [
            one,
            words[`${spec.field}_${one}`] ?? one,
          ]);
          return <Select own={own} value={textOf(step, spec.field)} options={options} onPick={set} />;
        }
        if (spec.type === "number") {
          return (
            <input
              {...own}
              type="number"
              min={spec.min}
              max={spec.max}
              value={String(step[spec.field] ?? "")}
              onInput={(event) =>
                set(
                  Number.isNaN(event.currentTarget.valueAsNumber) ? null : event.currentTarget.valueAsNumber,
                )
              }
            />
          );
        }
        return (
          <input
            {...own}
            type="text"
            value={textOf(step, spec.field)}
            onInput={(event) => set(event.currentTarget.value)}
          />
        );
      }}
    </Row>
  );
}

interface Own {
  id: string;
  "aria-invalid": boolean | undefined;
  "aria-describedby": string | undefined;
}

function Row({
  step,
  findings,
  field,
  label,
  hidesLabel = false,
  children,
}: FormProps & {
  field: string;
  label: string;
  hidesLabel?: boolean;
  children: (own: Own) => ComponentChildren;
}) {
  const id = fieldId(step.id, field);
  const wrong = findings.find((one) => one.step === step.id && one.field === field);
  return (
    <div class={`re-row ${wrong ? "wrong" : ""}`}>
      <label for={id} class={hidesLabel ? "for-readers" : ""}>
        {label}
      </label>
      {children({
        id,
        "aria-invalid": wrong ? true : undefined,
        "aria-describedby": wrong ? `${id}-why` : undefined,
      })}
      {wrong && (
        <p class="re-why" id={`${id}-why`}>
          {wrong.text}
        </p>
      )}
    </div>
  );
}

function Select(props: {
  own: Own;
  value: string;
  options: [string, string][];
  onPick: (value: string) => void;
}) {
  return (
    <select {...props.own} value={props.value} onChange={(event) => props.onPick(event.currentTarget.value)}>
      {props.options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  );
}

function Goes(
  props: FormProps & { own: Own; field: string; optional?: boolean | undefined; value?: string },
) {
  const { route, words, step, field } = props;
  const steps = route.steps.map((one, index): [string, string] => [
    one.id,
    `${index + 1} ${one.name || words[`kind_${one.kind}`]}`,
  ]);
  const none = (props.optional ? words["no_way_of_its_own"] : words["choose_step"]) ?? "";
  return (
    <Select
      own={props.own}
      value={props.value ?? textOf(step, field)}
      options={[["", none], ...steps]}
      onPick={(value) => props.onChange(withField(step, field, value))}
    />
  );
}

function PromptField(props: FormProps & { field: string; label: string }) {
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

function Keys(props: FormProps & { languages: boolean }) {
  const { step, words, choices, findings, onChange } = props;
  const keys = keysOf(step);
  const set = (path: string, value: unknown) => onChange(withField(step, path, value));
  const wrong = findings.find((one) => one.step === step.id && one.field === "keys");
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
          <Row {...props} field={`keys.${index}.next`} label={words["goes_to"] ?? ""}>
            {(own) => <Goes {...props} own={own} field={`keys.${index}.next`} value={key.next} />}
          </Row>
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
