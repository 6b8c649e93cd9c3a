import { type FormProps, Goes, type Own, Row, Select } from "./fields";
import { Keys } from "./Keys";
import { type Field, KINDS, textOf, withField } from "./model";
import { PromptField } from "./PromptField";

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
      {(KINDS[step.kind] ?? [])
        .filter(({ onlyWith }) => onlyWith === undefined || Boolean(step[onlyWith]))
        .map((field) => (
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
                ["", (spec.onlyWith ? words["any_time"] : words["choose"]) ?? ""],
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
        if (spec.type === "skill") return <Skill {...props} own={own} field={spec.field} onPick={set} />;
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

function Skill(props: FormProps & { own: Own; field: string; onPick: (value: string) => void }) {
  const asked = textOf(props.step, props.field);
  const names = props.choices.teams.map(([, name]) => name);
  // Routes know it by its letters, great or small; and one that is no team's name is shown, for it is complained of.
  const known = names.find((name) => name.toLowerCase() === asked.trim().toLowerCase());
  const shown = known === undefined && asked ? [...names, asked] : names;
  return (
    <Select
      own={props.own}
      value={known ?? asked}
      options={[["", props.words["no_skill"] ?? ""], ...shown.map((name): [string, string] => [name, name])]}
      onPick={props.onPick}
    />
  );
}
