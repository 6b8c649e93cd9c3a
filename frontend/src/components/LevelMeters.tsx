/** Who is heard: two bars that move with the sound. Drawn past the machine, which does not care. */
import { useEffect, useRef } from "preact/hooks";
import type { Levels } from "../ports";
import { t } from "../i18n/i18n";

export function LevelMeters({ levels, them, muted }: { levels: Levels; them: string; muted: boolean }) {
  const mine = useRef<HTMLSpanElement>(null);
  const theirs = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      levels.onLevels((input, output) => {
        mine.current?.style.setProperty("--level", String(muted ? 0 : input));
        theirs.current?.style.setProperty("--level", String(output));
      }),
    [levels, muted],
  );
  return (
    <div class="levels" aria-hidden="true">
      <span>{t("call.you")}</span>
      <span class="meter" ref={mine} />
      <span class="levels-them">{them}</span>
      <span class="meter" ref={theirs} />
    </div>
  );
}
