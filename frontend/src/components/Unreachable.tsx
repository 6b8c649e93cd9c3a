/** Calls do not ring here: why, and what to do. The call log stays. */
import type { ComponentChildren } from "preact";
import { clock } from "../format";
import type { SoftphoneEvent } from "../softphone/events";
import type { State } from "../softphone/state";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { Steps } from "./MicrophoneCue";
import { t } from "../i18n/i18n";

export type Trouble = "offline" | "elsewhere" | "phone";

export function troubleOf(state: State): Trouble | null {
  if (state.leader.state === "elsewhere") return "elsewhere";
  if (state.desk.state === "lost") return "offline";
  if (state.desk.state === "connecting" && state.desk.lostAt !== null) return "offline";
  if (state.device.problem || state.late === "phone" || state.late === "server") return "phone";
  return null;
}

interface Props {
  trouble: Trouble;
  state: State;
  send(event: SoftphoneEvent): void;
}

export function Unreachable({ trouble, state, send }: Props) {
  const { desk } = state;
  const lostAt = "lostAt" in desk ? desk.lostAt : null;
  const texts: Record<Trouble, [title: string, text: string, note: string]> = {
    offline: [
      t("trouble.offline"),
      lostAt === null ? t("trouble.offlineText") : t("trouble.offlineSince", { time: clock(lostAt) }),
      t("trouble.offlineNote"),
    ],
    elsewhere: [t("trouble.elsewhere"), t("trouble.elsewhereText"), t("trouble.elsewhereNote")],
    phone: [
      t("trouble.phone"),
      state.device.problem ||
        (state.late === "server" ? t("trouble.notConfirmed") : t("trouble.notConnected")),
      t("reach.elsewhere"),
    ],
  };
  const [title, text, note] = texts[trouble];
  return (
    <CallLayout
      tone="rest"
      identity={
        <>
          <p class="state state-stop">
            <Icon name="alert" /> {t("trouble.title")}
          </p>
          <h2 class="who">{title}</h2>
          <p class="rest-text">{text}</p>
        </>
      }
      notice={
        <>
          <Icon name="list" size={18} /> {note}
        </>
      }
      bar={
        <button type="button" class="button-call" disabled>
          <Icon name="phone" /> {trouble === "elsewhere" ? t("common.call") : t("common.callWhenConnected")}
        </button>
      }
    >
      {trouble === "offline" && (
        <WhatToDo>
          <li>{t("trouble.checkPages")}</li>
          <li>{t("trouble.leaveVpn")}</li>
          <li>{t("trouble.tellAdmin")}</li>
        </WhatToDo>
      )}
      {trouble === "phone" && (
        <WhatToDo>
          <li>{t("trouble.firewall")}</li>
          <li>{t("trouble.pressTryAgain")}</li>
          <li>{t("trouble.loadAgain")}</li>
        </WhatToDo>
      )}
      {trouble === "elsewhere" && (
        <>
          <h3 class="failed-title">{t("trouble.takeOver")}</h3>
          {state.leader.refused ? <p>{t("trouble.otherInCall")}</p> : <p>{t("trouble.otherStops")}</p>}
          <button type="button" class="button-accent" onClick={() => send({ type: "leader.wanted" })}>
            {t("reach.useThisTab")}
          </button>
        </>
      )}
    </CallLayout>
  );
}

function WhatToDo({ children }: { children: ComponentChildren }) {
  return (
    <>
      <h3 class="failed-title">{t("trouble.whatToDo")}</h3>
      <Steps>{children}</Steps>
    </>
  );
}
