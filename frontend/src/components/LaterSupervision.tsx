/** A supervisor's card is loaded with the board. The way out of the call is there before it. */
import type { SoftphoneEvent } from "../softphone/events";
import type { Screens } from "../screens/screens";
import type { CallerFacts } from "../softphone/selectors";
import type { State, Supervising } from "../softphone/state";
import { isolated } from "../names";
import { CallLayout } from "./CallLayout";
import { Identity } from "./Identity";
import { Later } from "./Later";
import { useStore } from "./useStore";
import { t } from "../i18n/i18n";

interface Props {
  screens: Screens;
  state: State;
  send(event: SoftphoneEvent): void;
}

export function LaterSupervision(props: Props & { supervising: Supervising; facts: CallerFacts }) {
  const { screens, supervising, send } = props;
  const screen = useStore(screens).board;
  if (screen.state === "ready") {
    const { SupervisorCard } = screen.module;
    return <SupervisorCard {...props} />;
  }
  return (
    <CallLayout
      tone="call"
      identity={
        <Identity
          icon="headset"
          word={t("call.onACall")}
          facts={{ title: isolated(supervising.agent.name), display: "" }}
          detail=""
          since={supervising.since}
        />
      }
      bar={
        <button
          type="button"
          class="button-plain"
          onClick={() => send({ type: "agent.hung-up", at: Date.now() })}
        >
          {t("supervised.leave")}
        </button>
      }
    >
      <Later screens={screens} name="board" inCall>
        {() => null}
      </Later>
    </CallLayout>
  );
}

/** A call in which the page before this one was. */
export function LaterInterrupted({ screens, ...props }: Props) {
  return (
    <Later screens={screens} name="board" inCall={false}>
      {({ InterruptedCard }) => <InterruptedCard {...props} />}
    </Later>
  );
}
