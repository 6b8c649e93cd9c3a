/** The reach line: one sentence about whether the agent can be reached, and its remedy. */
import type { IconName } from "../components/Icon";
import type { SoftphoneEvent } from "./events";
import { clock } from "../format";
import type { Availability } from "../messages";
import { isolated } from "../names";
import { awaySentence } from "../words";
import { elsewhere } from "./moving";
import { isFinished, mine, wrapUp } from "./presence";
import { inCall, isRung, type State } from "./state";
import { startStep } from "./waits";
import { afterColon, t } from "../i18n/i18n";

export interface Reach {
  tone: "ok" | "call" | "plain" | "amber" | "red";
  icon: IconName;
  title: string;
  text: string;
  /** What is said instead of the text, which counts. */
  spoken?: string;
  remedy:
    { label: string; event: SoftphoneEvent } | { label: string; link: "sign-in" } | { label: string } | null;
}

export function reach(state: State, now: number, microphoneLabel = ""): Reach {
  const refused = choiceRefused(state);
  if (refused) return refused;
  if (inCall(state)) return reachInCall(state);
  return obstacle(state, now) ?? reachElsewhere(state) ?? reachable(state, microphoneLabel);
}

/** What the agent chose is not so: who relies on it would let calls ring at an empty chair. */
function choiceRefused({ choiceRefused: why, desk }: State): Reach | null {
  if (!why || desk.state !== "open") return null;
  const remedy = { label: t("common.close"), event: { type: "agent.closed-choice-refused" } } as const;
  return red("alert", t("reach.choiceRefused"), why, remedy);
}

function reachInCall(state: State): Reach {
  const amber = { tone: "amber", remedy: null } as const;
  if (state.desk.state === "ended") {
    return { ...amber, icon: "alert", title: t("reach.signedOutInCall"), text: t("reach.callGoesOn") };
  }
  if (state.calls.focus?.state === "reconnecting") {
    return {
      ...amber,
      icon: "signal",
      title: t("reach.connectionLost"),
      text: t("reach.newElsewhere"),
    };
  }
  if (state.desk.state !== "open") {
    return {
      ...amber,
      icon: "alert",
      title: t("reach.old"),
      text: t("reach.oldInCall"),
    };
  }
  const { availability } = state;
  // Chosen in a call, it counts from its end: the availability button goes on saying "On a call".
  if (availability !== "available") {
    const title = t(`reach.onACallThen.${availability}`);
    return { tone: "call", icon: "phone", title, text: t("reach.willNotRing"), remedy: null };
  }
  const after = t("reach.newElsewhere");
  const { hearing } = state;
  const text =
    hearing?.state === "live" && hearing.label
      ? `${after} · ${t("reach.microphone", { device: hearing.label })}`
      : after;
  return { tone: "call", icon: "phone", title: t("reach.onACall"), text, remedy: null };
}

/** Talks, though not here: nobody is put through. */
function reachElsewhere(state: State): Reach | null {
  if (elsewhere(state) === null) return null;
  return {
    tone: "call",
    icon: "phone",
    title: t("reach.onACall"),
    text: t("reach.newElsewhere"),
    remedy: null,
  };
}

function red(icon: IconName, title: string, text: string, remedy: Reach["remedy"] = null): Reach {
  return { tone: "red", icon, title, text, remedy };
}

/** Cannot be reached: for this reason, and with this way out. */
function because(icon: IconName, reason: string, remedy: Reach["remedy"] = null): Reach {
  return red(icon, t("reach.cannotBecause"), reason, remedy);
}

function obstacle(state: State, now: number): Reach | null {
  const { desk, device, leader, microphone } = state;
  if (desk.state === "ended") {
    return because("alert", afterColon(desk.message), { label: t("common.signIn"), link: "sign-in" });
  }
  // Whoever has finished for today needs no microphone.
  if (desk.state === "open" && isFinished(state)) return null;
  if (microphone === "denied") return because("mic-off", t("reach.blocked"));
  if (microphone === "missing") return because("headset", t("reach.noMicrophone"));
  if (leader.state === "elsewhere") {
    if (leader.refused) return because("alert", t("reach.otherTabInCall"));
    const remedy = { label: t("reach.useThisTab"), event: { type: "leader.wanted" } } as const;
    return because("alert", t("reach.otherTab"), remedy);
  }
  if (desk.state === "lost") {
    const seconds = Math.max(0, Math.ceil((desk.retryAt - now) / 1000));
    return reconnecting(t("reach.reconnectingIn", { seconds }));
  }
  if (desk.state === "connecting" && desk.lostAt !== null) {
    // The same button as before and after: an attempt may hang for as long as the socket has patience.
    return reconnecting(t("reach.reconnecting"));
  }
  return overdue(state) ?? starting(state) ?? (device.problem ? phoneProblem(device.problem) : null);
}

function reconnecting(text: string): Reach {
  const remedy = { label: t("reach.tryNow"), event: { type: "desk.retried" } } as const;
  return { ...red("alert", t("reach.cannot"), text, remedy), spoken: t("say.reconnecting") };
}

function phoneProblem(problem: string): Reach {
  const remedy = { label: t("common.tryAgain"), event: { type: "device.retried" } } as const;
  return red("alert", t("reach.cannot"), problem, remedy);
}

/** Waited for too long: what is missing, and a button. */
function overdue({ late }: State): Reach | null {
  if (late === null) return null;
  const remedy = {
    label: late === "prompt" ? t("reach.askAgain") : t("common.tryAgain"),
    event: { type: "start.retried" },
  } as const;
  return because(late === "prompt" ? "mic-off" : "alert", t(`reach.late.${late}`), remedy);
}

/** On the way there: amber, nothing is wrong yet. */
function starting(state: State): Reach | null {
  const amber = { tone: "amber", icon: "alert", remedy: null } as const;
  if (state.microphone === "prompt" || state.microphone === "requesting") {
    return { ...amber, title: t("reach.cannotBecause"), text: t("reach.notAllowed") };
  }
  if (state.device.problem) return null;
  if (state.device.state === "ready" && state.desk.state === "open") return callsOutOnly(state);
  if (startStep(state) !== null || state.desk.state !== "open") {
    return {
      ...amber,
      icon: "clock",
      title: state.woken ? t("reach.woken") : t("reach.starting"),
      text: state.woken ? t("reach.wokenText") : t("reach.startingText"),
    };
  }
  if (state.sound === "blocked") {
    const remedy = { label: t("reach.turnSoundOn") };
    return { ...amber, icon: "speaker", title: t("reach.silent"), text: "", remedy };
  }
  return null;
}

function callsOutOnly({ grants }: State): Reach {
  const title = grants.outgoing ? t("reach.onlyOut") : t("reach.neither");
  return { tone: "plain", icon: "phone", title, text: t("reach.adminDecides"), remedy: null };
}

/** Of who does not want calls: which, who said so, and the way back. */
function unavailable(state: State, availability: Exclude<Availability, "available">): Reach {
  const remedy = {
    label: t("reach.beAvailable"),
    event: { type: "agent.chose", availability: "available" },
  } as const;
  const why = whyUnavailable(state);
  if (isRung(state)) {
    // What rings at this moment may be answered: that calls do not ring here is true after it.
    const text = [why, t("reach.willNotRing")].filter(Boolean).join(" ");
    return { tone: "call", icon: "phone", title: t(`reach.ringsThen.${availability}`), text, remedy: null };
  }
  const text = [why, t("reach.doNotRing")].filter(Boolean).join(" ");
  return { tone: "plain", icon: "clock", title: t(`reach.${availability}`), text, remedy };
}

function whyUnavailable(state: State): string {
  const now = mine(state);
  if (!now || now.availability !== state.availability) return "";
  const time = now.set_at ? clock(now.set_at) : "";
  if (now.set_by) {
    const [name, why] = [isolated(now.set_by.name), awaySentence(now)];
    return why ? t("reach.setByWhy", { name, time, why }) : t("reach.setBy", { name, time });
  }
  if (now.rule === "missed") return t("reach.missed", { time });
  return awaySentence(now);
}

function reachable(state: State, microphoneLabel: string): Reach {
  if (wrapUp(state)) {
    return {
      tone: "plain",
      icon: "pencil",
      title: t("reach.afterCall"),
      text: t("reach.untilDone"),
      remedy: null,
    };
  }
  if (state.availability !== "available") return unavailable(state, state.availability);
  const [line] = state.lines;
  const lines =
    state.lines.length === 1 && line
      ? t("reach.line", { name: line.name, number: line.display })
      : state.lines.length > 1
        ? t("reach.lines", { names: state.lines.map((each) => each.name).join(", ") })
        : "";
  const microphone = microphoneLabel && t("reach.microphone", { device: microphoneLabel });
  const text = [lines, microphone].filter(Boolean).join(" · ");
  return { tone: "ok", icon: "check", title: t("reach.can"), text, remedy: null };
}
