/** Calls do not ring here: why, and what to do. The call log stays. */
import type { ComponentChildren } from "preact";
import { clock } from "../format";
import type { SoftphoneEvent } from "../softphone/events";
import { ELSEWHERE } from "../softphone/reach";
import type { State } from "../softphone/state";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { Steps } from "./MicrophoneCue";

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
  const [title, text, note]: [string, string, string] = {
    offline: [
      "You are offline",
      `The desk lost its connection${lostAt === null ? "" : ` at ${clock(lostAt)}`}. ${ELSEWHERE}`,
      "You can still read the call log. It may be old.",
    ] as [string, string, string],
    elsewhere: [
      "Open in another tab",
      "Your phone rings in the other tab of this browser.",
      "The call log works here too.",
    ] as [string, string, string],
    phone: [
      "Your phone is not ready",
      state.device.problem ||
        (state.late === "server" ? "The server does not confirm it." : "It does not connect."),
      ELSEWHERE,
    ] as [string, string, string],
  }[trouble];
  return (
    <CallLayout
      tone="rest"
      identity={
        <>
          <p class="state state-stop">
            <Icon name="alert" /> Calls do not ring here
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
          <Icon name="phone" /> {trouble === "elsewhere" ? "Call" : "Call, when connected"}
        </button>
      }
    >
      {trouble === "offline" && (
        <WhatToDo>
          <li>Check that other web pages open.</li>
          <li>On a VPN? Leave it and press Try now, above.</li>
          <li>Still offline after a minute? Tell your admin.</li>
        </WhatToDo>
      )}
      {trouble === "phone" && (
        <WhatToDo>
          <li>
            On a VPN, or behind a company’s firewall? Leave it, or ask your admin to let Ringdesk through.
          </li>
          <li>Press Try again, above.</li>
          <li>Still not ready? Load the page again, then tell your admin what stands above.</li>
        </WhatToDo>
      )}
      {trouble === "elsewhere" && (
        <>
          <h3 class="failed-title">Take calls here instead?</h3>
          {state.leader.refused ? (
            <p>The other tab is on a call. Use this tab when the call is over.</p>
          ) : (
            <p>The other tab stops ringing as soon as this one does.</p>
          )}
          <button type="button" class="button-accent" onClick={() => send({ type: "leader.wanted" })}>
            Use this tab
          </button>
        </>
      )}
    </CallLayout>
  );
}

function WhatToDo({ children }: { children: ComponentChildren }) {
  return (
    <>
      <h3 class="failed-title">What to do</h3>
      <Steps>{children}</Steps>
    </>
  );
}
