/** To whom: groups, people and numbers as chips, and a field that finds more of them. */
import { useEffect, useRef, useState } from "preact/hooks";
import { isNumber, type SendDraft } from "../../groupSends/draft";
import type { ChoosableGroup } from "../../groupSends/ports";
import { t } from "../../i18n/i18n";
import { isolated } from "../../names";
import type { Api, ContactFound } from "../../ports";
import { Icon } from "../Icon";

interface Props {
  draft: SendDraft;
  groups: ChoosableGroup[] | null;
  api: Pick<Api, "contacts">;
  typed: Typed;
  onType(typed: Typed): void;
  /** Focus has gone elsewhere while something stands in the field. */
  onLeave(): void;
  onWrite(change: Partial<SendDraft>): void;
}

/** What stands in the field and is not chosen; `refused`: it was left there, and cannot be added as it is. */
export interface Typed {
  text: string;
  refused: boolean;
}

interface Choice {
  id: string;
  title: string;
  note: string;
  icon: "people" | "person" | "phone";
  change: Partial<SendDraft>;
}

const PAUSE = 250;
const MOST = 8;

export function ToField({ draft, groups, api, typed, onType, onLeave, onWrite }: Props) {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [found, setFound] = useState<ContactFound[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const { text, refused } = typed;
  const setText = (value: string) => onType({ text: value, refused: false });
  const wanted = text.trim();

  useEffect(() => {
    setFound([]);
    if (!/\p{L}{2}/u.test(wanted)) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      api.contacts(wanted).then(
        (contacts) => current && setFound(contacts),
        () => undefined,
      );
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [api, wanted]);

  const choices = choicesOf(draft, groups ?? [], found, wanted).slice(0, MOST);
  const active = open ? choices[Math.min(at, choices.length - 1)] : undefined;

  function take(choice: Choice): void {
    onWrite(choice.change);
    setText("");
    setAt(0);
    input.current?.focus();
  }

  function onBlur(): void {
    setOpen(false);
    // Another window is looked at, and this is gone on with afterwards.
    if (document.activeElement === input.current) return;
    if (wanted) onLeave();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (open) setAt(Math.max(0, Math.min(choices.length - 1, at + step)));
    } else if (event.key === "Enter") {
      if (active) take(active);
    } else if (event.key === "Escape" && open) {
      setOpen(false);
      event.stopPropagation();
    } else if (event.key === "Backspace" && text === "") {
      removeLast(draft, onWrite);
      return;
    } else return;
    event.preventDefault();
  }

  /** A list that is pasted becomes as many numbers; what is none of it stays in the field, to be looked at. */
  function onPaste(event: ClipboardEvent): void {
    const pasted = (event.clipboardData?.getData("text") ?? "")
      .split(/[\n\r,;\t]+/)
      .map((part) => part.trim());
    const numbers = pasted.filter((part) => isNumber(part));
    if (numbers.length < 2) return;
    event.preventDefault();
    const others = pasted.filter((part) => part && !isNumber(part));
    setText([wanted, ...others].filter(Boolean).join(", "));
    onWrite({ numbers: [...new Set([...draft.numbers, ...numbers])] });
  }

  return (
    <div class="device to-field">
      <label for="send-to">{t("sends.to")}</label>
      <div class="to-box" onClick={(event) => event.target === event.currentTarget && input.current?.focus()}>
        {draft.groups.map((group) => {
          const members = groups?.find(({ id }) => id === group.id)?.members;
          const name = t("sends.group", { name: isolated(group.name) });
          return (
            <Chip
              key={`group-${group.id}`}
              text={members === undefined ? name : t("sends.counted", { name, count: members })}
              onRemove={() => onWrite({ groups: draft.groups.filter(({ id }) => id !== group.id) })}
            />
          );
        })}
        {draft.contacts.map((contact) => (
          <Chip
            key={`contact-${contact.id}`}
            text={isolated(contact.name)}
            onRemove={() => onWrite({ contacts: draft.contacts.filter(({ id }) => id !== contact.id) })}
          />
        ))}
        {draft.numbers.map((number) => (
          <Chip
            key={`number-${number}`}
            text={number}
            onRemove={() => onWrite({ numbers: draft.numbers.filter((each) => each !== number) })}
          />
        ))}
        <input
          id="send-to"
          ref={input}
          type="text"
          role="combobox"
          autocomplete="off"
          aria-expanded={open && choices.length > 0}
          aria-controls="send-choices"
          aria-autocomplete="list"
          aria-activedescendant={active ? `choice-${active.id}` : undefined}
          aria-invalid={refused ? true : undefined}
          aria-describedby={refused ? "send-to-wrong" : undefined}
          placeholder={t("sends.toHint")}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setOpen(true);
            setAt(0);
          }}
          onClick={() => setOpen(true)}
          onBlur={onBlur}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
      </div>
      {open && choices.length > 0 && (
        <div class="to-choices card" role="listbox" id="send-choices" aria-label={t("sends.choices")}>
          {choices.map((choice) => (
            <div
              key={choice.id}
              id={`choice-${choice.id}`}
              role="option"
              aria-selected={choice === active}
              // The field keeps focus.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(choice)}
            >
              <Icon name={choice.icon} size={18} />
              <strong>{choice.title}</strong>
              <span class="quiet small">{choice.note}</span>
            </div>
          ))}
        </div>
      )}
      {refused && (
        <p class="field-error" id="send-to-wrong" role="alert">
          {t("sends.notAdded", { text: wanted })}
        </p>
      )}
      {open && !refused && choices.length === 0 && (
        <p class="small quiet" role="status">
          {wanted
            ? t("found.nobody", { text: wanted })
            : groups === null
              ? t("common.loading")
              : t("sends.noGroups")}
        </p>
      )}
    </div>
  );
}

function Chip({ text, onRemove }: { text: string; onRemove(): void }) {
  return (
    <span class="chip">
      <span title={text}>{text}</span>
      <button
        type="button"
        aria-label={t("sends.takeOut", { name: text })}
        onClick={() => {
          onRemove();
          document.getElementById("send-to")?.focus();
        }}
      >
        <Icon name="close" size={14} />
      </button>
    </span>
  );
}

function choicesOf(
  draft: SendDraft,
  groups: ChoosableGroup[],
  found: ContactFound[],
  text: string,
): Choice[] {
  const chosenGroups = new Set(draft.groups.map(({ id }) => id));
  const chosenContacts = new Set(draft.contacts.map(({ id }) => id));
  const fits = groups.filter(
    ({ id, name }) => !chosenGroups.has(id) && name.toLowerCase().includes(text.toLowerCase()),
  );
  const ofGroups = fits.map(({ id, name, members }): Choice => ({
    id: `group-${id}`,
    title: isolated(name),
    note: t("sends.people", { count: members }),
    icon: "people",
    change: { groups: [...draft.groups, { id, name }] },
  }));
  const people = found.filter(({ id }) => !chosenContacts.has(id));
  const ofPeople = people.map(({ id, name, company, numbers }): Choice => ({
    id: `contact-${id}`,
    title: isolated(name),
    note: [numbers[0]?.display, isolated(company)].filter(Boolean).join(" · "),
    icon: "person",
    change: { contacts: [...draft.contacts, { id, name }] },
  }));
  const isNew = isNumber(text) && !draft.numbers.includes(text);
  const number: Choice = {
    id: "number",
    title: text,
    note: t("sends.addNumber"),
    icon: "phone",
    change: { numbers: [...draft.numbers, text] },
  };
  return [...(isNew ? [number] : []), ...ofGroups, ...ofPeople];
}

function removeLast(draft: SendDraft, onWrite: Props["onWrite"]): void {
  if (draft.numbers.length) onWrite({ numbers: draft.numbers.slice(0, -1) });
  else if (draft.contacts.length) onWrite({ contacts: draft.contacts.slice(0, -1) });
  else if (draft.groups.length) onWrite({ groups: draft.groups.slice(0, -1) });
}
