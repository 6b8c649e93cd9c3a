/** The microphone's cue: before, while and after the browser asks. It leaves by itself when permission arrives. */
import type { ComponentChildren } from "preact";
import type { Browser } from "../browser";
import type { Cue } from "../softphone/selectors";
import { CallLayout } from "./CallLayout";
import { Icon, type IconName } from "./Icon";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";

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
            <Icon name="lock" size={16} /> {t("cue.onlyInCalls")}
          </>
        ) : (
          <>
            <Icon name="check" size={16} /> {t("cue.goesOn")}
          </>
        )
      }
      bar={
        <button type="button" class="button-call" disabled>
          <Icon name="phone" /> {t("common.call")}
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
              ? t("cue.answerUpHere")
              : t("cue.answerInWindow")
            : arrow
              ? t("cue.willAskUpHere")
              : t("cue.willAsk")}
        </p>
        <p>{cue === "requesting" ? t("cue.waiting") : t("cue.oneStep")}</p>
      </div>
    </div>
  );
}

function Blocked({ cue }: { cue: Cue }) {
  const [icon, title]: [IconName, string] =
    cue === "denied" ? ["mic-off", t("cue.blocked")] : ["headset", t("cue.missing")];
  return (
    <>
      <p class="state state-rest">
        <Icon name={icon} /> {title}
      </p>
      <p class="rest-text">{t("cue.noCalls")}</p>
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
      <h2>{t("cue.title")}</h2>
      <p>{browser.promptAt === "top left" ? rich("cue.whyTopLeft") : t("cue.whyWindow")}</p>
      <p>{rich("cue.chooseAllow")}</p>
      <button type="button" class="button-accent" onClick={onAllow} data-focus="cue">
        <Icon name="mic" /> {t("cue.allow")}
      </button>
    </>
  );
}

function Asking({ onAllow }: Props) {
  return (
    <>
      <Disc icon="mic" />
      <h2>{t("cue.chooseInWindow")}</h2>
      <p>{t("cue.noWindow")}</p>
      {/* Never `disabled`: focus, which was just on its button, would be lost. */}
      <button type="button" class="button-accent" aria-disabled data-focus="cue">
        {t("cue.waitingForBrowser")}
      </button>
      <p class="aside">
        {t("cue.nothingHappened")}{" "}
        <button type="button" class="link" onClick={onAllow}>
          {t("reach.askAgain")}
        </button>
      </p>
    </>
  );
}

function Denied({ browser, onCheck }: Props) {
  return (
    <>
      <Disc icon="mic-off" stop />
      <h2>{t("cue.blockedTitle")}</h2>
      <p>{t("cue.blockedText", { browser: browser.name })}</p>
      <Steps>
        {browser.unblock.map((step) => (
          <li>{step}</li>
        ))}
        <li>{t("cue.comeBack")}</li>
      </Steps>
      <button type="button" class="button-plain" onClick={onCheck} data-focus="cue">
        {t("cue.checkAgain")}
      </button>
    </>
  );
}

function Missing({ onCheck }: Props) {
  return (
    <>
      <Disc icon="headset" stop />
      <h2>{t("cue.missingTitle")}</h2>
      <p>{t("cue.missingText")}</p>
      <Steps>
        <li>{t("cue.plugIn")}</li>
        <li>{t("cue.checkSwitch")}</li>
      </Steps>
      <button type="button" class="button-plain" onClick={onCheck} data-focus="cue">
        {t("cue.lookAgain")}
      </button>
    </>
  );
}

export function Steps({ children }: { children: ComponentChildren }) {
  return <ol class="steps">{children}</ol>;
}
