/** The fields of which a contact's form consists. */
import type { ComponentChildren } from "preact";
import type { Draft } from "../../contacts/draft";
import { Icon } from "../Icon";

export interface Part {
  draft: Draft;
  wrong: Record<string, string>;
  write(change: Partial<Draft>): void;
}

interface FieldProps {
  id: string;
  label: string;
  wrong?: string | undefined;
  hint?: string;
  children: ComponentChildren;
}

export function Field({ id, label, wrong, hint, children }: FieldProps) {
  return (
    <div class="device">
      <label for={`contact-${id}`}>{label}</label>
      {children}
      {hint && (
        <p class="small quiet" id={`contact-${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="small hint-wrong" id={`contact-${id}-wrong`}>
          <Icon name="alert" size={16} /> {wrong}
        </p>
      )}
    </div>
  );
}

interface TextProps extends Part {
  id: "name" | "company" | "email";
  label: string;
  longest: number;
  needed?: boolean;
}

export function Text({ id, label, draft, wrong, write, longest, needed = false }: TextProps) {
  return (
    <Field id={id} label={label} wrong={wrong[id]}>
      <input
        id={`contact-${id}`}
        class="field"
        type="text"
        inputMode={id === "email" ? "email" : "text"}
        autocomplete="off"
        maxLength={longest}
        required={needed}
        aria-invalid={Boolean(wrong[id])}
        aria-describedby={wrong[id] ? `contact-${id}-wrong` : undefined}
        value={draft[id]}
        onInput={(event) => write({ [id]: event.currentTarget.value })}
      />
    </Field>
  );
}

interface SelectProps {
  id: string;
  value: string;
  choices: [string, string][];
  onChange(value: string): void;
}

export function Select({ id, value, choices, onChange }: SelectProps) {
  return (
    <span class="select select-field">
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {choices.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" size={16} />
    </span>
  );
}
