/** An agent asks for help, at the desk of a supervisor who looks at something else than the board. */
import { useState } from "preact/hooks";
import { minutes } from "../../format";
import { t } from "../../i18n/i18n";
import { firstName } from "../../names";
import type { SoftphoneEvent } from "../../softphone/events";
import { obstacle } from "../../softphone/supervision";
import type { State } from "../../softphone/state";
import { partyTitle } from "../../words";
import { Icon } from "../Icon";
import { useNow } from "../useNow";
import { superviseEvent } from "./supervise";
import { byOurClock } from "../../serverClock";

interface Props {
  state: State;
  send(event: SoftphoneEvent): void;
  onBoard(): void;
  onListen(): void;
}

export function HelpNotice({ state, send, onBoard, onListen }: Props) {
  const [closed, setClosed] = useState<string[]>([]);
  const now = useNow(true);
  const keyOf = ({ sid, since }: State["helps"][number]) => `${sid} ${since}`;
  const helps = state.helps.filter((help) => help.agent && !closed.includes(keyOf(help)));
  const [first, ...more] = helps;
  if (!first?.agent || !first.since) return null;
  const { agent, sid, party, line, since } = first;
  const name = firstName(agent.name);
  const mayListen = obstacle(state) === null;
  return (
    <section class="help-notice" aria-label={t("supervise.helpTitle", { name })}>
      <Icon name="help" />
      <div>
        <strong>{t("supervise.helpTitle", { name })}</strong>
        <span>
          {t("supervise.helpWith", {
            who: partyTitle({ party }),
            length: minutes((now - byOurClock(since)) / 1000),
          })}
        </span>
        {more.length > 0 && <span>{t("supervise.helpMore", { count: more.length })}</span>}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={t("supervise.closeHelp")}
        onClick={() => setClosed([...closed, keyOf(first)])}
      >
        <Icon name="close" size={16} />
      </button>
      <div class="help-acts">
        <button type="button" class="small-button" onClick={onBoard}>
          {t("supervise.openBoard")}
        </button>
        {mayListen && (
          <button
            type="button"
            class="small-button"
            aria-label={t("supervise.name.listen", { name })}
            onClick={() => {
              send(superviseEvent(agent, { sid, party, line }, "listen"));
              onListen();
            }}
          >
            {t("supervise.listen")}
          </button>
        )}
      </div>
    </section>
  );
}
