/** The reach line: one sentence about whether the agent can be reached, and its remedy. */
import type { IconName } from "../components/Icon";
import type { SoftphoneEvent } from "./events";
import { PRESENCE_WORDS } from "../words";
import { inCall, type State } from "./state";
import { type StartStep, startStep } from "./waits";

export interface Reach {
  tone: "ok" | "call" | "plain" | "amber" | "red";
  icon: IconName;
  title: string;
  text: string;
  remedy:
    { label: string; event: SoftphoneEvent } | { label: string; link: "sign-in" } | { label: string } | null;
}

/** Nobody waits in line: who is not answered by a free colleague is asked for a message. */
export const ELSEWHERE = "Callers ring a free colleague or get voicemail.";

export function reach(state: State, now: number, microphoneLabel = ""): Reach {
  return inCall(state) ? reachInCall(state) : (obstacle(state, now) ?? reachable(state, microphoneLabel));
}

function reachInCall(state: State): Reach {
  const amber = { tone: "amber", remedy: null } as const;
  if (state.desk.state === "ended") {
    return { ...amber, icon: "alert", title: "You were signed out.", text: "Your call goes on." };
  }
  if (state.calls.focus?.state === "reconnecting") {
    return {
      ...amber,
      icon: "signal",
      title: "On a call, connection lost.",
      text: `New ${lower(ELSEWHERE)}`,
    };
  }
  if (state.desk.state !== "open") {
    return {
      ...amber,
      icon: "alert",
      title: "The list may be old.",
      text: "Your call goes on. Reconnecting…",
    };
  }
  const { availability } = state;
  // Chosen in a call, it counts from its end: the availability button goes on saying "On a call".
  if (availability !== "available") {
    const title = `On a call, then ${PRESENCE_WORDS[availability]}.`;
    return { tone: "call", icon: "phone", title, text: "Calls will not ring here.", remedy: null };
  }
  const after = `New ${lower(ELSEWHERE)}`;
  const { hearing } = state;
  const text = hearing?.state === "live" && hearing.label ? `${after} · microphone: ${hearing.label}` : after;
  return { tone: "call", icon: "phone", title: "On a call.", text, remedy: null };
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function red(icon: IconName, title: string, text: string, remedy: Reach["remedy"] = null): Reach {
  return { tone: "red", icon, title, text, remedy };
}

const CANNOT = "You cannot be reached:";

function obstacle(state: State, now: number): Reach | null {
  const { desk, device, leader, microphone } = state;
  if (desk.state === "ended") {
    return red("alert", CANNOT, lower(desk.message), { label: "Sign in", link: "sign-in" });
  }
  if (microphone === "denied")
    return red("mic-off", CANNOT, `the browser blocks the microphone. ${ELSEWHERE}`);
  if (microphone === "missing") return red("headset", CANNOT, `no microphone found. ${ELSEWHERE}`);
  if (leader.state === "elsewhere") {
    if (leader.refused)
      return red("alert", CANNOT, "the other tab is on a call. Use it until the call is over.");
    const remedy = { label: "Use this tab", event: { type: "leader.wanted" } } as const;
    return red("alert", CANNOT, "Ringdesk is open in another tab.", remedy);
  }
  if (desk.state === "lost") {
    const seconds = Math.max(0, Math.ceil((desk.retryAt - now) / 1000));
    const remedy = { label: "Try now", event: { type: "desk.retried" } } as const;
    return red("alert", "You cannot be reached.", `Reconnecting in ${seconds} s.`, remedy);
  }
  if (desk.state === "connecting" && desk.lostAt !== null) {
    // The same button as before and after: an attempt may hang for as long as the socket has patience.
    const remedy = { label: "Try now", event: { type: "desk.retried" } } as const;
    return red("alert", "You cannot be reached.", "Reconnecting…", remedy);
  }
  return overdue(state) ?? starting(state) ?? (device.problem ? phoneProblem(device.problem) : null);
}

function phoneProblem(problem: string): Reach {
  const remedy = { label: "Try again", event: { type: "device.retried" } } as const;
  return red("alert", "You cannot be reached.", problem, remedy);
}

const OVERDUE: Record<StartStep, string> = {
  permission: "the browser does not say whether it allows the microphone.",
  prompt: "the browser still asks for the microphone.",
  leader: "the browser does not say which of its tabs holds the phone.",
  phone: "the phone does not connect. A firewall or VPN may block it.",
  server: "the server does not confirm your phone.",
};

/** Waited for too long: what is missing, and a button. */
function overdue({ late }: State): Reach | null {
  if (late === null) return null;
  const remedy = {
    label: late === "prompt" ? "Ask again" : "Try again",
    event: { type: "start.retried" },
  } as const;
  return red(late === "prompt" ? "mic-off" : "alert", CANNOT, OVERDUE[late], remedy);
}

/** On the way there: amber, nothing is wrong yet. */
function starting(state: State): Reach | null {
  const amber = { tone: "amber", icon: "alert", remedy: null } as const;
  if (state.microphone === "prompt" || state.microphone === "requesting") {
    return { ...amber, title: CANNOT, text: `microphone not allowed yet. ${ELSEWHERE}` };
  }
  if (state.device.problem) return null;
  if (state.device.state === "ready" && state.desk.state === "open") return callsOutOnly(state);
  if (startStep(state) !== null || state.desk.state !== "open") {
    return {
      ...amber,
      icon: "clock",
      title: "Getting your phone ready…",
      text: "Calls do not ring here yet.",
    };
  }
  if (state.sound === "blocked") {
    const remedy = { label: "Turn sound on" };
    return { ...amber, icon: "speaker", title: "You will not hear calls ring.", text: "", remedy };
  }
  return null;
}

function callsOutOnly({ grants }: State): Reach {
  const title = grants.outgoing
    ? "You can make calls, but not receive them."
    : "You can neither make nor receive calls.";
  return { tone: "plain", icon: "phone", title, text: "Your admin decides this.", remedy: null };
}

function reachable(state: State, microphoneLabel: string): Reach {
  const plain = { tone: "plain", remedy: null, text: "Calls do not ring here." } as const;
  if (state.availability === "away") return { ...plain, icon: "clock", title: "You are away." };
  if (state.availability === "busy") return { ...plain, icon: "clock", title: "You are busy." };
  const [line] = state.lines;
  const lines =
    state.lines.length === 1 && line
      ? `Line ${line.name} ${line.display}`
      : state.lines.length > 1
        ? `Lines ${state.lines.map((each) => each.name).join(", ")}`
        : "";
  const microphone = microphoneLabel && `microphone: ${microphoneLabel}`;
  const text = [lines, microphone].filter(Boolean).join(" · ");
  return { tone: "ok", icon: "check", title: "You can be reached.", text, remedy: null };
}
