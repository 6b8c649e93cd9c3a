/** Calls do not ring here: why, and what to do. The call log stays. */
import type { ComponentChildren } from "preact";
import { clock } from "../format";
import type { State } from "../softphone/state";
import { Bands } from "./Bands";
import { Icon } from "./Icon";
import { Steps } from "./MicrophoneCue";

export type Trouble = "offline" | "elsewhere" | "signed-out";

export function troubleOf(state: State): Trouble | null {
  if (state.desk.state === "ended") return "signed-out";
  if (state.leader.state === "elsewhere") return "elsewhere";
  if (state.desk.state === "lost") return "offline";
  if (state.desk.state === "connecting" && state.desk.lostAt !== null) return "offline";
  return null;
}

interface Props {
  trouble: Trouble;
  state: State;
  loginUrl: string;
  onUseThisTab(): void;
}

export function Unreachable({ trouble, state, loginUrl, onUseThisTab }: Props) {
  const { desk } = state;
  const lostAt = "lostAt" in desk ? desk.lostAt : null;
  const [title, text, note]: [string, string, string] = {
    offline: [
      "You are offline",
      `The desk lost its connection${lostAt === null ? "" : ` at ${clock(lostAt)}`}. Callers go to your colleagues.`,
      "You can still read the call log. It may be old.",
    ] as [string, string, string],
    elsewhere: [
      "Open in another tab",
      "Your phone rings in the other tab of this browser.",
      "The call log works here too.",
    ] as [string, string, string],
    "signed-out": [
      "You were signed out",
      desk.state === "ended" && !desk.message.startsWith("You were")
        ? desk.message
        : "Sign in again to take calls.",
      "Callers go to your colleagues.",
    ] as [string, string, string],
  }[trouble];
  return (
    <Bands
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
      bar={<BarOf trouble={trouble} loginUrl={loginUrl} />}
    >
      {trouble === "offline" && (
        <WhatToDo>
          <li>Check that other web pages open.</li>
          <li>On a VPN? Leave it and press Try now.</li>
          <li>Still offline after a minute? Tell your admin.</li>
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
          <button type="button" class="key-accent" onClick={onUseThisTab}>
            Use this tab
          </button>
        </>
      )}
    </Bands>
  );
}

function BarOf({ trouble, loginUrl }: { trouble: Trouble; loginUrl: string }) {
  if (trouble === "signed-out") {
    return (
      <a class="key-accent" href={loginUrl}>
        Sign in
      </a>
    );
  }
  return (
    <button type="button" class="key-call" disabled>
      <Icon name="phone" /> {trouble === "offline" ? "Call, when connected" : "Call"}
    </button>
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
