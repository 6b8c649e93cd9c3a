/** The call area's one line about a call: the gravest first. */
import type { ComponentChildren } from "preact";
import { minutes } from "../format";
import {
  consultation,
  heldSince,
  isMutedByOthers,
  isOnHold,
  isUnderWay,
  sending,
  shownCall,
  targetName,
} from "../softphone/room";
import { silent, weak, type CallerFacts } from "../softphone/selectors";
import type { Conversation, State } from "../softphone/state";
import { Icon, type IconName } from "./Icon";
import { useNow } from "./useNow";
import { t } from "../i18n/i18n";
import { rich } from "../i18n/rich";
import { byOurClock } from "../serverClock";

/** How long the SDK tries to take up a call again: `maxCallSignalingTimeoutMs`. */
const RECONNECT_SECONDS = 30;

interface Props {
  state: State;
  talk: Conversation;
  facts: CallerFacts;
  helpOpen: boolean;
  onHelp(open: boolean): void;
}

interface Notice {
  content: ComponentChildren;
  hold: boolean;
}

export function noticeOf(props: Props): Notice {
  return soundNotice(props) ?? roomNotice(props) ?? microphoneNotice(props) ?? wayNotice(props);
}

function notice(icon: IconName, children: ComponentChildren): Notice {
  return {
    hold: true,
    content: (
      <>
        <Icon name={icon} size={18} />
        <span>{children}</span>
      </>
    ),
  };
}

function told(icon: IconName, title: string, text: string): Notice {
  return notice(
    icon,
    <>
      <strong>{title}</strong> {text}
    </>,
  );
}

/** What disturbs the sound. */
function soundNotice({ state, talk, facts, helpOpen, onHelp }: Props): Notice | null {
  const name = facts.shortName;
  if (talk.state === "reconnecting")
    return { hold: true, content: <StillThere name={name} lostAt={talk.lostAt} /> };
  if (state.hearing?.state === "lost")
    return told("mic-off", t("call.microphoneGone"), t("call.plugOneIn", { name }));
  if (!weak(talk)) return null;
  const { content } = told("signal", t("call.weak"), t("call.gaps", { name }));
  return {
    hold: true,
    content: (
      <>
        {content}
        <button type="button" class="text-button" aria-expanded={helpOpen} onClick={() => onHelp(!helpOpen)}>
          {t("call.whatHelps")}
        </button>
      </>
    ),
  };
}

/** Who hears music, and what has been asked for and is not there yet. */
function roomNotice({ state, facts }: Props): Notice | null {
  const name = facts.shortName;
  const act = state.control?.act;
  if (isOnHold(state)) return notice("music", t("hold.you"));
  const sent = sending(state);
  if (sent) return notice("transfer", t("transfer.sending", { name, to: targetName(sent.to) }));
  if (act?.do === "hold" || act?.do === "park") return notice("pause", t("hold.putting", { name }));
  if (act?.do === "resume") return notice("pause", t("hold.taking", { name }));
  const held = heldSince(shownCall(state));
  if (held === null) return null;
  if (consultation(state)) return { hold: true, content: <OnHold name={name} since={byOurClock(held)} /> };
  return notice("music", rich("hold.music", { name }));
}

function OnHold({ name, since }: { name: string; since: number }) {
  const now = useNow(true);
  return (
    <>
      <Icon name="music" size={18} />
      <span>{rich("consult.onHold", { name, length: minutes((now - since) / 1000) })}</span>
    </>
  );
}

function microphoneNotice({ state, talk, facts }: Props): Notice | null {
  const { hearing, noise } = state;
  const name = facts.shortName;
  if (isMutedByOthers(state)) return told("mic-off", t("call.wasMuted"), t("call.nobodyHears"));
  if (talk.muted) return told("mic-off", t("call.youAreMuted"), t("call.cannotHear", { name }));
  // Where noise is suppressed, whoever only listens gives no sound at all.
  if (noise !== "on" && silent(talk)) return told("mic-off", t("call.silent"), t("call.silentText"));
  if (hearing?.state !== "live" || !hearing.missed) return null;
  const device = hearing.label || t("call.anotherMicrophone");
  return told("mic", t("common.notThere", { device: hearing.missed }), t("call.hears", { name, device }));
}

/** How the call came. */
function wayNotice({ state, talk, facts }: Props): Notice {
  const name = facts.shortName;
  const transfer = shownCall(state)?.transfer;
  // Who asks is the one who is talked to.
  const asked = isUnderWay(transfer) && transfer.mode === "warm";
  const way = talk.incoming ? t("call.theyCalled", { name }) : t("call.youCalled", { name });
  return {
    hold: false,
    content: (
      <>
        <Icon name={asked ? "people" : talk.incoming ? "in" : "out"} size={18} />{" "}
        {asked ? t("consult.about", { name: facts.title }) : way}
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
