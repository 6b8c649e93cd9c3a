/** The call area: which of its panels the state asks for. */
import type { ComponentChildren } from "preact";
import type { Browser } from "../browser";
import type { Config } from "../config";
import type { Call, Line } from "../messages";
import type { Api, Levels } from "../ports";
import type { Screens } from "../screens/screens";
import type { SoftphoneEvent } from "../softphone/events";
import { elsewhere } from "../softphone/moving";
import { wrapUp } from "../softphone/presence";
import { callerFacts, canDial, cue, currentFacts, lastEnding } from "../softphone/selectors";
import { idle } from "../softphone/calls";
import { type Hints, isDialling, isSupervising, type State } from "../softphone/state";
import { ActiveCall } from "./ActiveCall";
import { CallBackOffer } from "./CallBackOffer";
import { CallElsewhere, CallOnItsWay } from "./CallElsewhere";
import { DialPad } from "./DialPad";
import { FailedCall } from "./FailedCall";
import { IncomingCall } from "./IncomingCall";
import { MicrophoneCue } from "./MicrophoneCue";
import { EndedNotice } from "./EndedNotice";
import { GapNotice, LostCallerNotice } from "./GapNotice";
import { Icon } from "./Icon";
import { LaterInterrupted, LaterSupervision } from "./LaterSupervision";
import { OutgoingCall } from "./OutgoingCall";
import { troubleOf, Unreachable } from "./Unreachable";
import type { CallPanel } from "./useCallPanels";
import { WrapUp } from "./WrapUp";
import { t } from "../i18n/i18n";

export interface CallAreaProps {
  state: State;
  config: Config;
  browser: Browser;
  api: Api;
  levels: Levels;
  screens: Screens;
  number: string;
  line: Line | null;
  panel: CallPanel | null;
  suppresses: boolean;
  onSuppress(on: boolean): void;
  /** What stands above the dial pad once. */
  offer: ComponentChildren;
  send(event: SoftphoneEvent): void;
  /** Beside another view than the desk. */
  folded: boolean;
  onUnfold(): void;
  onNumber(text: string): void;
  onLine(line: Line | null): void;
  onPanel(panel: CallPanel | null): void;
  onNote(): void;
  onCallBack(call: Call): void;
  /** What was checked. */
  onDial(hints: Hints, line?: Line | null): void;
  /** What is to be checked first. */
  onCall(hints: Hints, line?: Line | null): void;
}

export function CallArea(props: CallAreaProps) {
  return (
    <section class="call-area" id="call" aria-label={t("app.call")} tabIndex={-1}>
      <Panel {...props} />
      {/* All that is seen of it where there is room for both: on a phone it fills the screen, or is not there. */}
      {props.folded && (
        <button type="button" class="rail-key" onClick={props.onUnfold}>
          <Icon name="phone" /> {t("nav.call")}
        </button>
      )}
    </section>
  );
}

function Panel(props: CallAreaProps) {
  const { state, send } = props;
  const { focus, others } = state.calls;
  const facts = currentFacts(state);
  if (!focus || !facts) return <Idle {...props} />;
  if (focus.state === "pending") {
    return (
      <IncomingCall
        state={state}
        ring={focus}
        others={others}
        facts={facts}
        onAnswer={() => send({ type: "agent.answered" })}
        onReject={() => send({ type: "agent.rejected" })}
      />
    );
  }
  const hangUp = () => send({ type: "agent.hung-up", at: Date.now() });
  if (isSupervising(focus))
    return <LaterSupervision screens={props.screens} supervising={focus} {...{ state, facts, send }} />;
  if (isDialling(focus) && focus.hints.move)
    return (
      <CallOnItsWay
        dialling={focus}
        facts={facts}
        isParked={state.lives[focus.hints.move.root]?.call.parked_since != null}
        onStay={hangUp}
      />
    );
  if (isDialling(focus)) {
    return (
      <OutgoingCall
        state={state}
        dialling={focus}
        others={others}
        facts={facts}
        onCancel={hangUp}
        onNote={props.onNote}
      />
    );
  }
  return (
    <ActiveCall
      {...props}
      talk={focus}
      others={others}
      facts={facts}
      onMute={(muted) => send({ type: "agent.muted", muted })}
      onAct={(act) => send({ type: "agent.acted", act })}
      onCloseProblem={() => send({ type: "agent.closed-problem" })}
      onDigit={(digit) => send({ type: "agent.pressed", digit })}
      onHangUp={hangUp}
    />
  );
}

let calledBack = 0;

function Idle(props: CallAreaProps) {
  const { state, config, send } = props;
  const ending = lastEnding(state);
  const other = elsewhere(state);
  // Somebody waits: that comes before what is told of the last call.
  if (other?.call.parked_since && !cue(state))
    return <CallElsewhere live={other} state={state} send={send} />;
  if (ending?.kind === "failed") {
    return (
      <FailedCall
        ending={ending}
        facts={callerFacts(state, ending.root, ending.hints)}
        canDial={canDial(state)}
        onClose={() => send({ type: "agent.closed" })}
        onEdit={() => {
          props.onNumber(ending.hints.display || ending.hints.number);
          send({ type: "agent.closed" });
        }}
        onRetry={() => props.onCall(ending.hints, ending.line)}
        api={props.api}
        onDial={(hints) => props.onDial(hints, ending.line)}
      />
    );
  }
  const shown = cue(state);
  // Why it did not come here is said first: the microphone, perhaps.
  if (other && (!shown || state.move?.problem))
    return <CallElsewhere live={other} state={state} send={send} />;
  const trouble = troubleOf(state);
  // The microphone comes before the other reasons.
  if (trouble && !shown) return <Unreachable trouble={trouble} state={state} send={send} />;
  if (shown) {
    return (
      <MicrophoneCue
        cue={shown}
        browser={props.browser}
        onAllow={() => send({ type: "microphone.asked" })}
        onCheck={() => send({ type: "microphone.checked" })}
      />
    );
  }
  if (state.interrupted) return <LaterInterrupted screens={props.screens} {...{ state, send }} />;
  if (state.callBack)
    return (
      <CallBackOffer
        callBack={state.callBack}
        state={state}
        onCall={() => send({ type: "agent.called-back", id: `back-${++calledBack}`, at: Date.now() })}
        onDecline={() => send({ type: "agent.declined-call-back" })}
      />
    );
  const wrapping = wrapUp(state);
  if (wrapping)
    return (
      <WrapUp
        {...props}
        wrapUp={wrapping}
        notices={<EndedCalls {...props} state={{ ...state, calls: idle() }} />}
      />
    );
  return (
    <DialPad
      api={props.api}
      text={props.number}
      onText={props.onNumber}
      lines={state.lines}
      line={props.line}
      onLine={props.onLine}
      canDial={canDial(state)}
      mayDial={state.grants.outgoing}
      homeRegionName={config.homeRegionName}
      readySince={state.readySince}
      availability={state.availability}
      notices={
        <>
          {props.offer}
          {state.gap && <GapNotice gap={state.gap} onClose={() => send({ type: "agent.closed-gap" })} />}
          <EndedCalls {...props} />
        </>
      }
      onDial={(hints) => props.onDial(hints)}
      onCall={(hints) => props.onCall(hints)}
    />
  );
}

function EndedCalls({ state, send, onCallBack }: Pick<CallAreaProps, "state" | "send" | "onCallBack">) {
  return (
    <>
      {state.lostCaller && (
        <LostCallerNotice lost={state.lostCaller} onClose={() => send({ type: "agent.read-lost-caller" })} />
      )}
      <EndedNotice
        state={state}
        canDial={canDial(state)}
        onCallBack={(call) => {
          send({ type: "agent.closed-cut-off" });
          onCallBack(call);
        }}
        onCloseCutOff={() => send({ type: "agent.closed-cut-off" })}
        onClose={() => send({ type: "agent.closed" })}
        onEndOrphan={(sid) => send({ type: "agent.ended-orphan", sid })}
      />
    </>
  );
}
