/** The text as each person gets it, one after the other. */
import { useEffect, useState } from "preact/hooks";
import type { GroupSendsApi, Recipient } from "../../groupSends/ports";
import { t } from "../../i18n/i18n";
import { isolated } from "../../names";
import { Icon } from "../Icon";

interface Props {
  id: number;
  api: Pick<GroupSendsApi, "recipients">;
}

export function Preview({ id, api }: Props) {
  const [people, setPeople] = useState<Recipient[] | null>(null);
  const [at, setAt] = useState(0);
  useEffect(() => {
    let current = true;
    api.recipients(id, { show: "all", search: "" }).then(
      ({ results }) => current && setPeople(results),
      () => current && setPeople([]),
    );
    return () => {
      current = false;
    };
  }, [api, id]);
  const person = people?.[Math.min(at, people.length - 1)];
  if (!people || !person) return null;
  const name = isolated(person.name) || person.display;
  return (
    <section class="preview" aria-label={t("sends.preview")}>
      <div class="preview-head">
        <h2 class="small">{t("sends.asTheyGetIt", { name })}</h2>
        {people.length > 1 && (
          <span class="preview-steps">
            <button
              type="button"
              class="icon-button preview-back"
              aria-label={t("sends.previousPerson")}
              aria-disabled={at === 0}
              onClick={() => setAt(Math.max(0, at - 1))}
            >
              <Icon name="chevron-down" size={18} />
            </button>
            <span class="small quiet">{t("sends.nth", { at: at + 1, all: people.length })}</span>
            <button
              type="button"
              class="icon-button preview-on"
              aria-label={t("sends.nextPerson")}
              aria-disabled={at >= people.length - 1}
              onClick={() => setAt(Math.min(people.length - 1, at + 1))}
            >
              <Icon name="chevron-down" size={18} />
            </button>
          </span>
        )}
      </div>
      <p class="bubble" dir="auto" role="status">
        {person.body}
      </p>
    </section>
  );
}
