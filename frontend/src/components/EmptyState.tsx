/** What stands where a list would be: nothing yet, nothing found, or not loaded. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon, type IconName } from "./Icon";
import { t } from "../i18n/i18n";

interface EmptyStateProps {
  icon: IconName;
  title: string;
  text: string;
  children?: ComponentChildren;
}

export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <div class="card empty-state">
      <Icon name={icon} size={28} />
      <p class="empty-state-title">{title}</p>
      <p>{text}</p>
      {children}
    </div>
  );
}

/** Nothing for 300 ms, then grey bars; after 8 s a word. */
export function Loading() {
  const [late, setLate] = useState<"" | "bars" | "still">("");
  useEffect(() => {
    const bars = setTimeout(() => setLate("bars"), 300);
    const still = setTimeout(() => setLate("still"), 8000);
    return () => {
      clearTimeout(bars);
      clearTimeout(still);
    };
  }, []);
  if (!late) return null;
  return (
    <div class="card loading" aria-busy="true">
      <p class={late === "still" ? "small quiet" : "visually-hidden"} role="status">
        {late === "still" ? t("common.stillLoading") : t("common.loading")}
      </p>
      {[1, 2, 3, 4].map((row) => (
        <div class="bones" key={row}>
          <span class="bone bone-dot" />
          <span class="bone" />
          <span class="bone bone-short" />
        </div>
      ))}
    </div>
  );
}
