/** What the form of a step is made of: a row with its label and what is wrong with it, and lists to choose from. */
import type { ComponentChildren } from "preact";

import {
  type Choices,
  type Finding,
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

export interface Own {
  id: string;
  "aria-invalid": boolean | undefined;
  "aria-describedby": string | undefined;
}

export function Row({
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

export function Select(props: {
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

export function Goes(
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
