/** What happened while the agent was not there, or not to be reached: said until it is read. */
import { clock } from "../format";
import type { LostCaller, ReachGap } from "../messages";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

/** That no call rang here for a while, and why. */
export function GapNotice({ gap, onClose }: { gap: ReachGap; onClose(): void }) {
  const said = t(`gap.${gap.why}`, { since: clock(gap.since), until: clock(gap.until) });
  return <Notice said={said} role="status" onClose={onClose} />;
}

/** That a caller waited for this agent in vain. It is spoken with what else the softphone says (`announcements`). */
export function LostCallerNotice({ lost, onClose }: { lost: LostCaller; onClose(): void }) {
  return <Notice said={lost.message} onClose={onClose} />;
}

function Notice({ said, role, onClose }: { said: string; role?: "status"; onClose(): void }) {
  return (
    <div class="inline-notice inline-notice-hold" role={role}>
      <Icon name="alert" size={18} />
      <p>{said}</p>
      <button type="button" class="icon-button" aria-label={t("ended.close")} onClick={onClose}>
        <Icon name="close" size={16} />
      </button>
    </div>
  );
}
