/** A field that searches a list as one types. */
import type { ComponentChildren } from "preact";
import { Icon } from "./Icon";

interface Props {
  id: string;
  /** For whoever does not see the field. */
  label: string;
  hint?: string;
  class?: string;
  text: string;
  onSearch(text: string): void;
  /** What stands behind the field. */
  children?: ComponentChildren;
}

export function SearchBox({ id, label, hint = label, class: name = "", text, onSearch, children }: Props) {
  return (
    <div class={`search ${name}`}>
      <Icon name="search" />
      <label class="visually-hidden" for={id}>
        {label}
      </label>
      <input
        id={id}
        type="search"
        placeholder={hint}
        autocomplete="off"
        value={text}
        onInput={(event) => onSearch(event.currentTarget.value)}
      />
      {children}
    </div>
  );
}
