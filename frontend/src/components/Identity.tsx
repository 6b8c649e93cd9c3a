/** Who is on the line: state word, timer, name, number, place. Always in the same place. */
import type { ComponentChildren } from "preact";
import { minutes } from "../format";
import type { CallerFacts } from "../softphone/selectors";
import { Icon, type IconName } from "./Icon";
import { useNow } from "./useNow";

interface Props {
  icon: IconName;
  word: string;
  facts: Pick<CallerFacts, "title" | "display">;
  /** One line under the number. */
  detail: ComponentChildren;
  since?: number | undefined;
  tags?: ComponentChildren;
}

export function Identity({ icon, word, facts, detail, since, tags }: Props) {
  return (
    <>
      <div class="state-line">
        <p class="state">
          <Icon name={icon} /> {word}
        </p>
        {tags}
        {since !== undefined && <Timer since={since} />}
      </div>
      <h2 class="who" title={facts.title} tabIndex={-1} data-focus="call-area" data-home>
        {facts.title}
      </h2>
      {facts.display && <p class="who-number">{facts.display}</p>}
      <p class="who-detail">{detail}</p>
    </>
  );
}

export function Timer({ since, class: name = "timer" }: { since: number; class?: string }) {
  const now = useNow(true);
  return (
    <span class={name} role="timer" aria-live="off">
      {minutes((now - since) / 1000)}
    </span>
  );
}

/** Place, company and line in one line, leaving out what is not known. */
export function detailOf(...parts: (string | undefined | null | false)[]): string {
  return parts.filter(Boolean).join(" · ");
}
