/** On the line: keys, panels, hang up, and in words whatever disturbs the sound. */
import type { Api, Levels } from "../ports";
import type { CallAct } from "../softphone/control";
import { minutes } from "../format";
import {
  callKeys,
  type Consultation,
  partnerName,
  consultation,
  heldSince,
  sending,
  shownCall,
  supervisorsIn,
  thirdParties,
  whisperedTo,
} from "../softphone/room";
import type { SoftphoneEvent } from "../softphone/events";
import { secondRing } from "../softphone/secondCall";
import { type CallerFacts } from "../softphone/selectors";
import type { Conversation, Ring, State } from "../softphone/state";
import { CallKeys } from "./CallKeys";
import { CallLayout } from "./CallLayout";
import { noticeOf } from "./CallNotice";
import { ConsultationBar, ConsultedIdentity, WaysOn, WhoHearsWhom } from "./Consultation";
import { Icon } from "./Icon";
import { HelpKey } from "./HelpKey";
import { detailOf, Identity } from "./Identity";
import { AlsoCalling, CallerFactList } from "./IncomingCall";
import { Keypad } from "./Keypad";
import { LevelMeters } from "./LevelMeters";
import { NoiseKey } from "./NoiseKey";
import { NoteButton } from "./NoteButton";
import { OthersInCall } from "./OthersInCall";
import { ProblemNotice } from "./ProblemNotice";
import { ParkedCaller, SecondCall } from "./SecondCall";
import { Supervisors } from "./Supervisors";
import { TransferPanel } from "./TransferPanel";
import type { CallPanel } from "./useCallPanels";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";

interface Props {
  state: State;
  talk: Conversation;
  others: Ring[];
  facts: CallerFacts;
  api: Api;
  levels: Levels;
  panel: CallPanel | null;
  /** Whether noise is to be suppressed. */
  suppresses: boolean;
  onSuppress(on: boolean): void;
  onMute(muted: boolean): void;
  onPanel(panel: CallPanel | null): void;
  onAct(act: CallAct): void;
  onCloseProblem(): void;
  onDigit(digit: string): void;
  onNote(): void;
  onHangUp(): void;
  send(event: SoftphoneEvent): void;
}

export function ActiveCall(props: Props) {
  const { state, talk, facts, panel, onPanel, onAct } = props;
  const lost = talk.state === "reconnecting";
  const asked = consultation(state);
  const held = heldSince(shownCall(state)) !== null;
  const helpOpen = panel === "help";
  const notice = noticeOf({ ...props, helpOpen, onHelp: (open) => onPanel(open ? "help" : null) });
  const waits = state.control?.act != null;
  const them = asked && asked.hears !== "customer" ? partnerName(asked) : facts.shortName;
  return (
    <CallLayout
      tone={lost || (held && !asked) ? "hold" : "call"}
      identity={<Who {...props} asked={lost ? null : asked} held={held && !lost} />}
      notice={notice.content}
      noticeTone={notice.hold ? "hold" : undefined}
      bar={
        asked?.mine ? (
          <ConsultationBar consultation={asked} waits={waits} onAct={onAct} />
        ) : (
          <>
            <button type="button" class="button-hang-up" onClick={props.onHangUp}>
              <Icon name="hang-up" /> {t("call.hangUp")}
            </button>
            <NoteButton onNote={props.onNote} />
          </>
        )
      }
    >
      <CallKeys {...{ state, talk, panel, onPanel, onAct }} onMute={props.onMute} />
      <SecondCall state={state} send={props.send} />
      <ParkedCaller state={state} send={props.send} />
      <Supervisors
        supervisors={supervisorsIn(shownCall(state))}
        customer={facts.shortName}
        agent={whisperedTo(state)}
        {...{ held }}
      />
      <Problem {...props} />
      {asked && <WhoHearsWhom consultation={asked} facts={facts} waits={waits} onAct={onAct} />}
      {asked?.mine && <WaysOn consultation={asked} facts={facts} />}
      {!asked && <OthersInCall others={thirdParties(state)} waits={waits} onAct={onAct} />}
      {held && !asked && !sending(state) && panel === null && <OffHold {...props} />}
      {panel === "transfer" && <Transfer {...props} waits={waits} />}
      {panel === "keypad" && <Tones {...props} />}
      {helpOpen && <WhatHelps onClose={() => onPanel(null)} />}
      {panel !== "transfer" && <Sound {...props} them={them} />}
      {lost && <IfNotBack name={facts.shortName} incoming={talk.incoming} />}
      {panel === null && !asked && <CallerFactList facts={facts} incoming={talk.incoming} />}
      <AlsoCalling state={state} rings={props.others.filter((ring) => ring !== secondRing(state))} />
      {panel !== "transfer" && !asked && (
        <p class="small quiet closing">{t("call.closing", { name: facts.shortName })}</p>
      )}
    </CallLayout>
  );
}

function Who({ state, talk, facts, asked, held }: Props & { asked: Consultation | null; held: boolean }) {
  if (asked && asked.hears !== "customer") return <ConsultedIdentity consultation={asked} facts={facts} />;
  const lost = talk.state === "reconnecting";
  const lineName = facts.lineName || talk.line?.name;
  const way =
    lineName &&
    (talk.incoming
      ? t("call.calledLine", { line: lineName })
      : t("call.theySee", { line: talk.line?.display ?? lineName }));
  const detail = detailOf(way, facts.place, facts.company);
  const music = heldSince(shownCall(state));
  return (
    <Identity
      icon={lost ? "signal" : held ? "pause" : "phone"}
      word={lost ? t("call.reconnecting") : held ? t("hold.onHold") : t("call.onACall")}
      facts={facts}
      detail={
        held ? (
          <>
            <CallLength since={talk.since} /> {detail && `· ${detail}`}
          </>
        ) : (
          detail
        )
      }
      since={held && music ? byOurClock(music) : talk.since}
      tags={talk.muted && <span class="tag tag-identity">{t("call.muted")}</span>}
    />
  );
}

function CallLength({ since }: { since: number }) {
  const now = useNow(true);
  return <>{t("hold.call", { length: minutes((now - since) / 1000) })}</>;
}

/** Below what there is to decide: on a small screen that must be in sight. */
function Sound(props: Props & { them: string }) {
  return (
    <>
      <LevelMeters levels={props.levels} them={props.them} muted={props.talk.muted} />
      <div class="sound-keys">
        <HelpKey state={props.state} onAct={props.onAct} />
        <NoiseKey {...props} />
      </div>
    </>
  );
}

/** Why what was asked for came to nothing. */
function Problem({ state, onCloseProblem }: Props) {
  if (!state.control?.problem) return null;
  return <ProblemNotice text={state.control.problem} onClose={onCloseProblem} />;
}

function OffHold({ state, facts, onAct }: Props) {
  const { hold } = callKeys(state);
  return (
    <button
      type="button"
      class="button-off-hold"
      aria-disabled={!hold}
      onClick={() => hold && onAct({ do: "resume" })}
    >
      <Icon name="play" size={18} /> {t("hold.off", { name: facts.shortName })}
    </button>
  );
}

function Transfer(props: Props & { waits: boolean }) {
  const { api, state, talk, facts, waits } = props;
  return (
    <TransferPanel
      {...{ api, waits }}
      sid={talk.root}
      line={talk.line ?? facts.line}
      name={facts.shortName}
      muted={talk.muted}
      news={state.presence}
      onMute={() => props.onMute(!talk.muted)}
      onAct={props.onAct}
      onClose={() => props.onPanel(null)}
    />
  );
}

function Tones({ talk, onDigit, onPanel }: Props) {
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
          onClick={() => onPanel(null)}
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

function IfNotBack({ name, incoming }: { name: string; incoming: boolean }) {
  return (
    <section class="panel">
      <h3>{t("call.ifNotBack")}</h3>
      <p>{t(incoming ? "call.comesBack" : "call.ifNotBackText", { name })}</p>
    </section>
  );
}
