/** On the line: mute, tones, hang up, and in words whatever disturbs the sound. */
import type { ComponentChildren } from "preact";
import type { Levels } from "../ports";
import { silent, weak, type CallerFacts } from "../softphone/selectors";
import type { Conversation, Ring, State } from "../softphone/state";
import { CallLayout } from "./CallLayout";
import { Icon } from "./Icon";
import { detailOf, Identity } from "./Identity";
import { AlsoCalling, CallerFactList } from "./IncomingCall";
import { Keypad } from "./Keypad";
import { LevelMeters } from "./LevelMeters";
import { NoteButton } from "./NoteButton";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";

/** How long the SDK tries to take up a call again: `maxCallSignalingTimeoutMs`. */
const RECONNECT_SECONDS = 30;

interface Props {
  state: State;
  talk: Conversation;
  others: Ring[];
  facts: CallerFacts;
  levels: Levels;
  keypadOpen: boolean;
  helpOpen: boolean;
  onMute(muted: boolean): void;
  onKeypad(open: boolean): void;
  onHelp(open: boolean): void;
  onDigit(digit: string): void;
  onNote(): void;
  onHangUp(): void;
}

export function ActiveCall(props: Props) {
  const { state, talk, facts, keypadOpen, helpOpen } = props;
  const lost = talk.state === "reconnecting";
  const notice = noticeOf(props);
  const lineName = facts.lineName || talk.line?.name;
  const way =
    lineName &&
    (talk.incoming
      ? t("call.calledLine", { line: lineName })
      : t("call.theySee", { line: talk.line?.display ?? lineName }));
  return (
    <CallLayout
      tone={lost ? "hold" : "call"}
      identity={
        <Identity
          icon={lost ? "signal" : "phone"}
          word={lost ? t("call.reconnecting") : t("call.onACall")}
          facts={facts}
          detail={detailOf(way, facts.place, facts.company)}
          since={talk.since}
          tags={talk.muted && <span class="tag tag-identity">{t("call.muted")}</span>}
        />
      }
      notice={notice.content}
      noticeTone={notice.hold ? "hold" : undefined}
      bar={
        <>
          <button type="button" class="button-hang-up" onClick={props.onHangUp}>
            <Icon name="hang-up" /> {t("call.hangUp")}
          </button>
          <NoteButton onNote={props.onNote} />
        </>
      }
    >
      <div class="call-buttons">
        <button
          type="button"
          class="call-button"
          aria-pressed={talk.muted}
          onClick={() => props.onMute(!talk.muted)}
          data-focus="mute"
        >
          <Icon name={talk.muted ? "mic-off" : "mic"} /> {t("call.mute")}
        </button>
        <button
          type="button"
          class="call-button"
          aria-expanded={keypadOpen}
          aria-controls="tones"
          aria-disabled={lost}
          onClick={() => !lost && props.onKeypad(!keypadOpen)}
          data-focus="keypad"
        >
          <Icon name="keypad" /> {t("common.keypad")}
        </button>
        <LevelMeters levels={props.levels} them={facts.shortName} muted={talk.muted} />
      </div>
      {keypadOpen && <Tones {...props} />}
      {helpOpen && <WhatHelps onClose={() => props.onHelp(false)} />}
      {lost && <IfNotBack name={facts.shortName} />}
      {!keypadOpen && !helpOpen && <CallerFactList facts={facts} incoming={talk.incoming} />}
      <AlsoCalling state={state} rings={props.others} />
      <p class="small quiet closing">{t("call.closing", { name: facts.shortName })}</p>
    </CallLayout>
  );
}

/** One line, the gravest first. */
function noticeOf(props: Props): { content: ComponentChildren; hold: boolean } {
  const { talk, facts, helpOpen } = props;
  const name = facts.shortName;
  if (talk.state === "reconnecting") {
    return { hold: true, content: <StillThere name={name} lostAt={talk.lostAt} /> };
  }
  const { hearing } = props.state;
  if (hearing?.state === "lost") {
    return {
      hold: true,
      content: (
        <>
          <Icon name="mic-off" size={18} />
          <span>
            <strong>{t("call.microphoneGone")}</strong> {t("call.plugOneIn", { name })}
          </span>
        </>
      ),
    };
  }
  if (weak(talk)) {
    const content = (
      <>
        <Icon name="signal" size={18} />
        <span>
          <strong>{t("call.weak")}</strong> {t("call.gaps", { name })}
        </span>
        <button
          type="button"
          class="text-button"
          aria-expanded={helpOpen}
          onClick={() => props.onHelp(!helpOpen)}
        >
          {t("call.whatHelps")}
        </button>
      </>
    );
    return { hold: true, content };
  }
  if (talk.muted) {
    return {
      hold: true,
      content: (
        <>
          <Icon name="mic-off" size={18} />
          <span>
            <strong>{t("call.youAreMuted")}</strong> {t("call.cannotHear", { name })}
          </span>
        </>
      ),
    };
  }
  if (silent(talk)) {
    return {
      hold: true,
      content: (
        <>
          <Icon name="mic-off" size={18} />
          <span>
            <strong>{t("call.silent")}</strong> {t("call.silentText")}
          </span>
        </>
      ),
    };
  }
  if (hearing?.missed) {
    return {
      hold: true,
      content: (
        <>
          <Icon name="mic" size={18} />
          <span>
            <strong>{t("common.notThere", { device: hearing.missed })}</strong>{" "}
            {t("call.hears", { name, device: hearing.label || t("call.anotherMicrophone") })}
          </span>
        </>
      ),
    };
  }
  return {
    hold: false,
    content: (
      <>
        <Icon name={talk.incoming ? "in" : "out"} size={18} />{" "}
        {talk.incoming ? t("call.theyCalled", { name }) : t("call.youCalled", { name })}
      </>
    ),
  };
}

function StillThere({ name, lostAt }: { name: string; lostAt: number }) {
  const now = useNow(true);
  const left = Math.max(0, Math.ceil(RECONNECT_SECONDS - (now - lostAt) / 1000));
  return (
    <>
      <Icon name="alert" size={18} />
      <span>
        <strong>{t("call.stillThere", { name })}</strong> {t("call.secondsLeft", { seconds: left })}
      </span>
    </>
  );
}

function Tones({ talk, onDigit, onKeypad }: Props) {
  return (
    <section class="panel" id="tones" aria-labelledby="tones-title">
      <div class="panel-head">
        <h3 id="tones-title" tabIndex={-1} data-focus="tones">
          {t("common.keypad")}
        </h3>
        <output class="digits" aria-label={t("call.tonesSent")}>
          {talk.digits}
        </output>
        <button
          type="button"
          class="icon-button"
          aria-label={t("call.closeKeypad")}
          onClick={() => onKeypad(false)}
        >
          <Icon name="close" size={18} />
        </button>
      </div>
      <Keypad tones onPress={onDigit} />
    </section>
  );
}

function WhatHelps({ onClose }: { onClose(): void }) {
  return (
    <section class="panel" aria-labelledby="helps-title">
      <div class="panel-head">
        <h3 id="helps-title">{t("call.whatHelps")}</h3>
        <button type="button" class="icon-button" aria-label={t("common.close")} onClick={onClose}>
          <Icon name="close" size={18} />
        </button>
      </div>
      <ol class="steps">
        <li>{t("call.helpCable")}</li>
        <li>{t("call.helpDownloads")}</li>
        <li>{t("call.helpVpn")}</li>
      </ol>
    </section>
  );
}

function IfNotBack({ name }: { name: string }) {
  return (
    <section class="panel">
      <h3>{t("call.ifNotBack")}</h3>
      <p>{t("call.ifNotBackText", { name })}</p>
    </section>
  );
}
