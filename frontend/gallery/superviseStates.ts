/** Supervision: at the board, at the supervisor's phone, at the agent's, and help that is asked for. */
import { t } from "../src/i18n/i18n";
import type { BoardAgent, HelpAsked, Participant, SuperviseMode } from "../src/messages";
import type { SoftphoneEvent } from "../src/softphone/events";
import { found, inTurn, press } from "./acts";
import { BOARDS } from "./board";
import { ada, grace, hedy } from "./data";
import { ago, hints, LEG, live, maya, now, ready, ringing, ROOT, snapshot, talking } from "./events";
import type { Exhibit, Exhibits } from "./exhibit";
import { customer, me, room, supervisor } from "./rooms";

const iso = (seconds: number) => new Date(ago(seconds)).toISOString();

// The board
const usual = BOARDS.usual.agents;
const talks = (agent: BoardAgent, more: Partial<BoardAgent> = {}): BoardAgent =>
  agent.state === "on-call" && agent.call
    ? { ...agent, talking: true, may_supervise: true, ...more }
    : { ...agent, ...more };
const helping = usual.map((agent, at) => {
  if (at === 0)
    return talks(agent, { supervisors: [{ id: hedy.id, name: hedy.name, mode: "listen" as const }] });
  if (at !== 4) return agent;
  return talks({ ...agent, call: usual[0]!.call }, { help_since: iso(83) });
});
const atBoard = (more: Partial<Exhibit> = {}): Exhibit => ({
  events: ready,
  role: "supervisor",
  board: { ...BOARDS.usual, agents: helping },
  before: () => history.replaceState(null, "", "/board/"),
  ...more,
});
const openMenu = () => found<HTMLElement>('[data-focus="supervise-15"]').click();

// The supervisor's phone
const ID = "supervise-gallery";
const call = (mode: SuperviseMode, state: "calling" | "in") => {
  const mine: Participant = supervisor({ leg: "CA9", agent: ada, name: ada.name, mode, state });
  const theirs: Participant = { ...me, agent: grace, name: grace.name };
  return {
    ...live.call,
    agent: grace,
    status: "in-progress" as const,
    revision: 50,
    participants: [customer(null), theirs, mine],
  };
};
const begins = (mode: SuperviseMode): SoftphoneEvent[] => [
  ...ready,
  { type: "agent.supervised", id: ID, call: ROOT, agent: grace, mode, hints: maya, at: ago(74) },
];
const supervising = (mode: SuperviseMode): SoftphoneEvent[] => [
  ...begins(mode),
  { type: "supervise.taken", id: ID, call: call(mode, "calling") },
  { type: "call.accepted", id: ID, sid: "CA9", at: ago(72) },
  {
    type: "desk.message",
    at: now,
    message: { type: "supervising.changed", supervising: { call: call(mode, "in"), mode, state: "in" } },
  },
];
const asSupervisor = (events: SoftphoneEvent[], more: Partial<Exhibit> = {}): Exhibit => ({
  events,
  role: "supervisor",
  ...more,
});

// The agent's phone
const supervisedBy = (mode: SuperviseMode): SoftphoneEvent[] => [
  ...talking,
  room([customer(null), me, supervisor({ mode })]),
];
const helpAsked: SoftphoneEvent[] = [...talking, room([customer(null), me], null, "active", iso(20))];

const help = (sid: string, who: string, seconds: number): SoftphoneEvent => {
  const asked: HelpAsked = {
    sid,
    since: iso(seconds),
    agent: sid === "CA7001" ? grace : hedy,
    party: { ...live.call.party, name: who },
    line: live.call.line,
  };
  return { type: "desk.message", at: now, message: { type: "help.changed", ...asked } };
};

export const SUPERVISE_STATES: Exhibits = {
  "72-board-help": atBoard(),
  "72-board-supervise": atBoard({ act: inTurn(openMenu) }),
  "72-board-supervise-not": atBoard({ events: talking, act: inTurn(openMenu) }),
  "72-board-take-over": atBoard({
    act: inTurn(openMenu, () => found<HTMLElement>(".board-supervise-menu button:last-child").click()),
  }),
  "72-board-listening": atBoard({ events: supervising("listen") }),
  "73-help-notice": asSupervisor([
    ...ready,
    help("CA7001", "Maya Okonkwo", 83),
    help("CA7002", "Tom Aldous", 20),
  ]),
  "73-help-notice-in-call": asSupervisor([...talking, help("CA7001", "Maya Okonkwo", 83)]),
  "74-supervise-asking": asSupervisor(begins("listen")),
  "74-supervise-listen": asSupervisor(supervising("listen")),
  "74-supervise-whisper": asSupervisor(supervising("whisper")),
  "74-supervise-join": asSupervisor(supervising("join")),
  "74-supervise-changing": asSupervisor([
    ...supervising("listen"),
    { type: "agent.chose-mode", mode: "whisper" },
  ]),
  "74-supervise-refused": asSupervisor([
    ...supervising("listen"),
    { type: "agent.chose-mode", mode: "whisper" },
    {
      type: "supervise.refused",
      id: ID,
      message: "Twilio cannot be reached. You still hear each other.",
      at: now,
    },
  ]),
  "74-supervise-lost": asSupervisor([
    ...supervising("whisper"),
    { type: "call.reconnecting", id: ID, at: ago(3) },
  ]),
  "74-supervise-take-over": asSupervisor(supervising("join"), {
    act: inTurn(() => found<HTMLElement>(".bar .button-accent").click()),
  }),
  "74-supervise-loading": asSupervisor(supervising("listen"), { screens: "never" }),
  "75-supervise-left": asSupervisor([...supervising("listen"), { type: "agent.hung-up", at: now }]),
  "75-supervise-not-begun": asSupervisor([
    ...begins("listen"),
    { type: "supervise.refused", id: ID, message: "Nobody talks on this call any more.", at: now },
  ]),
  "75-supervise-interrupted": asSupervisor([
    ...ready,
    snapshot([], undefined, { call: call("listen", "in"), mode: "listen", state: "in" }),
  ]),
  "76-agent-listened": { events: supervisedBy("listen") },
  "76-agent-whispered": { events: supervisedBy("whisper") },
  "76-agent-joined": { events: supervisedBy("join") },
  "76-agent-help": { events: helpAsked },
  "76-agent-help-pending": { events: talking, act: press(() => t("help.ask")) },
  "77-taken-over": {
    events: [
      ...ringing,
      { type: "agent.answered" },
      { type: "call.accepted", id: LEG, sid: LEG, at: ago(267) },
      {
        type: "desk.message",
        at: now,
        message: {
          type: "call.taken_over",
          sid: ROOT,
          by: hedy,
          message: "Hedy Lamarr has taken over this call.",
        },
      },
      { type: "call.disconnected", id: LEG, at: now },
    ],
  },
  "77-supervise-long": asSupervisor([
    ...ready,
    {
      type: "agent.supervised",
      id: ID,
      call: "CA7003",
      agent: { id: 4, identity: "agent_4", name: "Ludwig Wolfeschlegelsteinhausenbergerdorff" },
      mode: "join",
      hints: hints("Wolfeschlegelsteinhausenbergerdorff Ventures & Sons", "(206) 555-0111"),
      at: ago(74),
    },
    {
      type: "supervise.taken",
      id: ID,
      call: {
        ...call("join", "in"),
        sid: "CA7003",
        party: { ...live.call.party, name: "Wolfeschlegelsteinhausenbergerdorff Ventures & Sons" },
      },
    },
    { type: "call.accepted", id: ID, sid: "CA9", at: ago(72) },
  ]),
};
