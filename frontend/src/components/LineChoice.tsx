/** Which of our lines is called from. */
import type { DialPadProps } from "./DialPad";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";

export function LineChoice({ lines, line, onLine }: Pick<DialPadProps, "lines" | "line" | "onLine">) {
  if (lines.length === 0) return <p class="call-from" />;
  if (lines.length === 1 && lines[0]) {
    return (
      <p class="call-from">
        {rich("dial.fromLine", {
          line: (
            <strong>
              {lines[0].name} · {lines[0].display}
            </strong>
          ),
        })}
      </p>
    );
  }
  return (
    <p class="call-from">
      <label for="line">{t("dial.from")}</label>
      <span class="select">
        <select
          id="line"
          value={line?.id ?? ""}
          onChange={(event) => {
            const id = Number(event.currentTarget.value);
            onLine(lines.find((each) => each.id === id) ?? null);
          }}
        >
          {lines.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name} · {each.display}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" size={16} />
      </span>
    </p>
  );
}
