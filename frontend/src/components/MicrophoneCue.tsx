/** The microphone's cue: before, while and after the browser asks. It leaves by itself when permission arrives. */
import type { ComponentChildren } from "preact";
import type { Browser } from "../browser";
import type { Cue } from "../softphone/selectors";
import { CallLayout } from "./CallLayout";
import { Icon, type IconName } from "./Icon";

interface Props {
  cue: Cue;
  browser: Browser;
  onAllow(): void;
  onCheck(): void;
}

export function MicrophoneCue(props: Props) {
  const { cue } = props;
  const asks = cue === "prompt" || cue === "requesting";
  return (
    <CallLayout
      tone="rest"
      identity={asks ? <Pointer {...props} /> : <Blocked cue={cue} />}
      notice={
        asks ? (
          <>
            <Icon name="lock" size={16} /> Sound is sent only while you are on a call.
          </>
        ) : (
          <>
            <Icon name="check" size={16} /> This page goes on by itself as soon as it can.
          </>
        )
      }
      bar={
        <button type="button" class="button-call" disabled>
          <Icon name="phone" /> Call
        </button>
      }
    >
      <div class="cue">
        {cue === "prompt" && <Before {...props} />}
        {cue === "requesting" && <Asking {...props} />}
        {cue === "denied" && <Denied {...props} />}
        {cue === "missing" && <Missing {...props} />}
      </div>
    </CallLayout>
  );
}

/** Points at where this browser opens its window; on a phone that is not known. */
function Pointer({ cue, browser }: Props) {
  const arrow = browser.promptAt === "top left";
  return (
    <div class={cue === "requesting" ? "pointer pointer-now" : "pointer"}>
      {arrow && <Icon name="arrow-up" size={84} />}
      <div>
        <p class="pointer-title">
          {cue === "requesting"
            ? arrow
              ? "Answer up here"
              : "Answer in the window"
            : arrow
              ? "Your browser will ask up here"
              : "Your browser will ask"}
        </p>
        <p>{cue === "requesting" ? "Your browser is waiting." : "One step before your first call."}</p>
      </div>
    </div>
  );
}

function Blocked({ cue }: { cue: Cue }) {
  const [icon, title]: [IconName, string] =
    cue === "denied" ? ["mic-off", "Microphone blocked"] : ["headset", "No microphone found"];
  return (
    <>
      <p class="state state-rest">
        <Icon name={icon} /> {title}
      </p>
      <p class="rest-text">No calls until this is solved. The call log works.</p>
    </>
  );
}

function Disc({ icon, stop = false }: { icon: IconName; stop?: boolean }) {
  return (
    <span class={stop ? "disc disc-stop" : "disc"}>
      <Icon name={icon} size={26} />
    </span>
  );
}

function Before({ browser, onAllow }: Props) {
  return (
    <>
      <Disc icon="mic" />
      <h2>Let Ringdesk use your microphone</h2>
      <p>
        Callers can hear you only if your browser allows it. After you press the button, your browser asks in
        {browser.promptAt === "top left" ? (
          <>
            {" "}
            a small window at the <strong>top left</strong>.
          </>
        ) : (
          " the window that opens."
        )}
      </p>
      <p>
        Choose <strong>Allow</strong> there. It asks once.
      </p>
      <button type="button" class="button-accent" onClick={onAllow} data-focus="cue">
        <Icon name="mic" /> Allow microphone
      </button>
    </>
  );
}

function Asking({ onAllow }: Props) {
  return (
    <>
      <Disc icon="mic" />
      <h2>Choose “Allow” in your browser’s window</h2>
      <p>No window there? Press the microphone sign in the address bar.</p>
      {/* Never `disabled`: focus, which was just on its button, would be lost. */}
      <button type="button" class="button-accent" aria-disabled data-focus="cue">
        Waiting for your browser…
      </button>
      <p class="aside">
        Nothing happened?{" "}
        <button type="button" class="link" onClick={onAllow}>
          Ask again
        </button>
      </p>
    </>
  );
}

function Denied({ browser, onCheck }: Props) {
  return (
    <>
      <Disc icon="mic-off" stop />
      <h2>Your browser blocks the microphone</h2>
      <p>It will not ask again by itself. In {browser.name}:</p>
      <Steps>
        {browser.unblock.map((step) => (
          <li>{step}</li>
        ))}
        <li>Come back here.</li>
      </Steps>
      <button type="button" class="button-plain" onClick={onCheck} data-focus="cue">
        Check again
      </button>
    </>
  );
}

function Missing({ onCheck }: Props) {
  return (
    <>
      <Disc icon="headset" stop />
      <h2>Plug in a headset or microphone</h2>
      <p>The browser may use a microphone, but this computer has none switched on.</p>
      <Steps>
        <li>Plug in the headset, or switch it on if it is wireless.</li>
        <li>Check its mute switch.</li>
      </Steps>
      <button type="button" class="button-plain" onClick={onCheck} data-focus="cue">
        Look again
      </button>
    </>
  );
}

export function Steps({ children }: { children: ComponentChildren }) {
  return <ol class="steps">{children}</ol>;
}
