/** Contacts whose name was typed: the choices of the number entry, one for each number. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Colleague, ContactFound } from "../ports";
import { hintsOfColleague } from "../softphone/colleague";
import type { Hints } from "../softphone/state";
import { presenceWord } from "../words";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

export const FOUND_ID = "found";

export interface FoundNumber extends Hints {
  /** Of its element. */
  id: string;
  company: string;
  label: string;
  /** Why it cannot be called now, as a sentence. */
  problem: string;
}

/** Of many of one name, these few: contacts are not to be pushed out of sight. */
const MOST_COLLEAGUES = 5;

export function phonesOf(colleagues: Colleague[]): FoundNumber[] {
  return colleagues.slice(0, MOST_COLLEAGUES).map(({ presence: { agent, state }, may, why }) => ({
    ...hintsOfColleague(agent),
    display: "",
    id: `found-${agent.identity}`,
    company: may ? why || presenceWord(state) : "",
    label: t("party.colleague"),
    problem: may ? "" : why,
  }));
}

export function numbersOf(contacts: ContactFound[]): FoundNumber[] {
  return contacts.flatMap(({ id, name, company, numbers }) =>
    numbers.map(({ number, display, label }) => ({
      id: `found-${id}-${number.replace(/\W/g, "")}`,
      number,
      display,
      name,
      place: "",
      line: "",
      company,
      label,
      problem: "",
    })),
  );
}

interface Props {
  text: string;
  found: FoundNumber[];
  /** The one that Enter calls. */
  active: string | null;
  canDial: boolean;
  onCall(hints: Hints): void;
}

export function FoundContacts({ text, found, active, canDial, onCall }: Props) {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  }, [active]);
  if (found.length === 0) {
    return (
      <div class="empty-state" role="status">
        <Icon name="search" size={26} />
        <p class="empty-state-title">{t("found.nobody", { text: text.trim() })}</p>
        <p>{t("found.checkSpelling")}</p>
      </div>
    );
  }
  return (
    <ul class="found" id={FOUND_ID} role="listbox" aria-label={t("found.list")} ref={list}>
      {found.map((each) => (
        <li
          key={each.id}
          id={each.id}
          role="option"
          aria-selected={each.id === active}
          aria-disabled={!canDial || each.problem !== ""}
          // The field keeps focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => canDial && !each.problem && onCall(hintsOf(each))}
        >
          <div>
            <strong>{each.name}</strong>
            <span class="quiet">
              {[each.label, each.display].filter(Boolean).join(" ")}
              {each.company && ` · ${each.company}`}
            </span>
            {each.problem && (
              <>
                {" "}
                <span class="transfer-why">{each.problem}</span>
              </>
            )}
          </div>
          <Icon name="phone" size={18} />
        </li>
      ))}
    </ul>
  );
}

export function hintsOf({ number, display, name, place, line }: FoundNumber): Hints {
  return { number, display, name, place, line };
}
