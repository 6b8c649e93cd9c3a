/** Contacts whose name was typed, each number with its key. */
import type { ContactFound } from "../ports";
import type { Hints } from "../softphone/state";
import { Icon } from "./Icon";

interface Props {
  text: string;
  found: ContactFound[];
  canDial: boolean;
  onDial(hints: Hints): void;
}

export function FoundContacts({ text, found, canDial, onDial }: Props) {
  if (found.length === 0) {
    return (
      <div class="blank">
        <Icon name="search" size={26} />
        <p class="blank-title">Nobody found for “{text.trim()}”</p>
        <p>Check the spelling, or type the number.</p>
      </div>
    );
  }
  return (
    <ul class="found" aria-label="Contacts found">
      {found.flatMap((contact) =>
        contact.numbers.map((number) => (
          <li key={`${contact.id}/${number.number}`}>
            <div>
              <strong>{contact.name}</strong>
              <span class="quiet">
                {[number.label, number.display].filter(Boolean).join(" ")}
                {contact.company && ` · ${contact.company}`}
              </span>
            </div>
            <button
              type="button"
              class="square-key"
              disabled={!canDial}
              aria-label={`Call ${contact.name}, ${number.display}`}
              onClick={() =>
                onDial({
                  number: number.number,
                  display: number.display,
                  name: contact.name,
                  place: "",
                  line: "",
                })
              }
            >
              <Icon name="phone" size={18} />
            </button>
          </li>
        )),
      )}
    </ul>
  );
}
