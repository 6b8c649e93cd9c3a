/** The view Group sends: the list, a text that is written, or one send. */
import "../../styles/sends.css";
import type { OwnField } from "../../contacts/ports";
import type { GroupSendsStore } from "../../groupSends/groupSends";
import type { GroupSendsApi } from "../../groupSends/ports";
import { reasonOf } from "../../groupSends/writing";
import type { Line } from "../../messages";
import type { Api } from "../../ports";
import type { Correspondent } from "../../threads/correspondent";
import { t } from "../../i18n/i18n";
import { EmptyState, Loading } from "../EmptyState";
import { useStore } from "../useStore";
import { Compose } from "./Compose";
import { SendList } from "./SendList";
import { SendPage } from "./SendPage";

export interface SendsProps {
  groupSends: GroupSendsStore;
  api: Api;
  sendsApi: GroupSendsApi;
  ownFields: OwnField[];
  /** Those that the agent may write to groups from; none for who may not. */
  lines: Line[];
  mayWrite: boolean;
  onText(whom: Correspondent): void;
}

export function GroupSends(props: SendsProps) {
  const { groupSends, mayWrite } = props;
  const { place, open, problem, said, writing } = useStore(groupSends);
  const isDraft = place === "new" || open?.send?.state === "draft";
  /** With a heading of its own. */
  const hasPage = (isDraft && mayWrite) || open?.send != null;
  return (
    <section class="work sends" aria-label={t("sends.title")} tabIndex={-1}>
      {/* Always there, so that what is said in it is heard. */}
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {place === "list" && <SendList groupSends={groupSends} mayWrite={mayWrite} />}
      {place !== "list" && (
        <div class="sends-page">
          {!hasPage && <h1 class="visually-hidden">{t("sends.title")}</h1>}
          {problem && !(isDraft && problem === reasonOf(writing)) && (
            <p class="view-problem" role="alert">
              {problem}
            </p>
          )}
          {open?.loading === "loading" && <Loading />}
          {open?.loading === "failed" && (
            <EmptyState icon="alert" title={t("sends.notLoaded")} text={t("common.callsUnaffected")}>
              <button type="button" class="small-button" onClick={groupSends.reload}>
                {t("common.tryAgain")}
              </button>
            </EmptyState>
          )}
          {open?.loading === "gone" && (
            <EmptyState icon="message" title={t("sends.gone")} text={t("sends.goneText")}>
              <button type="button" class="small-button" onClick={() => groupSends.go("list")}>
                {t("sends.all")}
              </button>
            </EmptyState>
          )}
          {isDraft && mayWrite && <Compose {...props} />}
          {place === "new" && !mayWrite && (
            <EmptyState icon="lock" title={t("sends.notAllowed")} text={t("sends.notAllowedText")}>
              <button type="button" class="small-button" onClick={() => groupSends.go("list")}>
                {t("sends.all")}
              </button>
            </EmptyState>
          )}
          {open?.send && !(isDraft && mayWrite) && <SendPage {...props} send={open.send} />}
        </div>
      )}
    </section>
  );
}
