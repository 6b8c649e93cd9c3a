/** The key under a list that has further pages. */
import { t } from "../i18n/i18n";

interface Props {
  more: "idle" | "loading" | "failed";
  /** What it says while nothing is asked for. */
  text: string;
  onMore(): void;
}

export function LoadMore({ more, text, onMore }: Props) {
  return (
    <div class="log-more">
      <button type="button" class="small-button" aria-disabled={more === "loading"} onClick={onMore}>
        {more === "loading" ? t("log.loadingMore") : more === "failed" ? t("log.moreFailed") : text}
      </button>
    </div>
  );
}
