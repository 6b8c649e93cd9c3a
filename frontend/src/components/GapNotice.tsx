/** That no call rang here for a while, and why: said until it is read. */
import { clock } from "../format";
import type { ReachGap } from "../messages";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

export function GapNotice({ gap, onClose }: { gap: ReachGap; onClose(): void }) {
  return (
    <div class="inline-notice inline-notice-hold" role="status">
      <Icon name="alert" size={18} />
      <p>{t(`gap.${gap.why}`, { since: clock(gap.since), until: clock(gap.until) })}</p>
      <button type="button" class="icon-button" aria-label={t("ended.close")} onClick={onClose}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
