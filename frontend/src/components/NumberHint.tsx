/** Under the number: whose it is, or what is wrong with it. */
import { isolated } from "../names";
import { Icon } from "./Icon";
import type { Entry } from "./useNumberCheck";
import { t } from "../i18n/i18n";

export function NumberHint({
  entry,
  wrong,
  active,
  homeRegionName,
}: {
  entry: Entry;
  wrong: boolean;
  active: boolean;
  homeRegionName: string;
}) {
  if (entry.kind === "valid") {
    const { check } = entry;
    const known = check.contact ? isolated(check.contact.name) : t("dial.notInContacts");
    const calls = t("dial.earlierCalls", { count: check.known_calls });
    const facts = [check.place ?? check.country, known, check.known_calls > 0 && calls].filter(Boolean);
    return (
      <p class="hint" id="number-hint">
        <Icon name="check" size={16} /> <span>{facts.join(" · ")}</span>
      </p>
    );
  }
  // A whole number that must not be called now is no typing mistake: it is said at once.
  if (wrong || entry.kind === "unknown" || entry.kind === "refused") {
    const message = "message" in entry ? entry.message : "";
    return (
      <p class="hint hint-wrong" id="number-hint" role="alert">
        <Icon name="alert" size={16} /> <span>{message}</span>
      </p>
    );
  }
  return (
    <p class="hint" id="number-hint">
      {entry.kind === "names"
        ? active
          ? t("dial.enterCalls")
          : t("dial.choose")
        : t("dial.withoutPlus", { country: homeRegionName })}
    </p>
  );
}
