/** A board, as the server tells it. */
import type { Board, BoardAgent, BoardStanding } from "../src/messages";
import { LOG, sales, support, there } from "./data";

const boardNow = Date.now();
const iso = (secondsAgo: number) => new Date(boardNow - secondsAgo * 1000).toISOString();
const SUPPORT = { id: 1, name: "Support" };
const SALES = { id: 2, name: "Sales" };
const party = LOG[0]!.party;
const someone = (name: string, number: string, display: string) => ({
  ...party,
  name,
  number,
  display,
  withheld: !number,
  company: "",
});
const PEOPLE = [
  someone("Harbour Dental", "+12025550143", "(202) 555-0143"),
  someone("Okonkwo Interiors", "+12025550142", "(202) 555-0142"),
  someone("", "", "Number withheld"),
  someone("", "+12065550111", "(206) 555-0111"),
];
const LONG_NAMES = [
  "Wolfeschlegelsteinhausenbergerdorff-Oppenheimerstraße von und zu Hohenlohe-Langenburg",
  "Jonathan Adeyemi-Clarke-Montgomery",
  "Sinéad O’Shaughnessy",
  "Inés Roca de la Fuente",
];

const figures = {
  calls: 151,
  answered: 142,
  answered_in_goal: 114,
  counted: 146,
  service_level: 78.1,
  voicemail: 3,
  missed: 6,
  abandoned: 6,
  abandoned_percent: 4,
  abandoned_waited: 64,
  to_call_back: 3,
};
const goal = { percent: 80, seconds: 20, wait_seconds: 120 };

function standing(waiting: number, longest: number, more: Partial<typeof figures> = {}): BoardStanding {
  return {
    waiting,
    longest_since: waiting ? iso(longest) : null,
    late_at: waiting ? iso(longest - goal.wait_seconds) : null,
    goal,
    figures: { ...figures, ...more },
  };
}

function caller(at: number, seconds: number, team = at % 2 ? SALES : SUPPORT): Board["callers"][number] {
  return {
    sid: `CA${String(5000 + at)}`,
    place: at + 1,
    state: "waiting",
    since: iso(seconds),
    party: PEOPLE[at % 4]!,
    line: at % 2 ? sales : support,
    why: "",
    not_before: null,
    tries: 0,
    rings_at: [],
    team,
    late_at: iso(seconds - goal.wait_seconds),
  };
}

function agent(id: number, name: string, seconds: number, more: Partial<BoardAgent> = {}): BoardAgent {
  const { state, call, calls, ...rest } = more;
  return {
    ...there({ id, identity: `agent_${id}`, name }, rest),
    since: iso(seconds),
    state: state ?? "available",
    call: call ?? null,
    calls: calls ?? 0,
    talking: state === "on-call" && !!call,
    help_since: null,
    supervisors: [],
    may_supervise: !!call,
  };
}
const talk = (at: number) => ({ sid: `CA${6000 + at}`, party: PEOPLE[at % 4]!, line: support });

const AGENTS = [
  agent(11, "Ama Reyes", 267, { state: "on-call", call: talk(1), calls: 18 }),
  agent(12, "Ben Otis", 12, { state: "ringing", call: talk(3), calls: 11 }),
  agent(13, "Dana Lis", 2900, {
    state: "away",
    availability: "away",
    reason: "Lunch",
    back_at: iso(-1200),
    calls: 0,
  }),
  agent(14, "Grace Hopper", 480, { calls: 21 }),
  agent(15, "Inés Roca de la Fuente", 243, { state: "on-call", call: null, calls: 14 }),
  agent(16, "Kofi Mensah", 92, {
    state: "wrap-up",
    wrap_up: { until: iso(-28), stays: false },
    calls: 19,
  }),
  agent(17, "Mei Tanaka", 151, { state: "not-reachable", trouble: "microphone-blocked", calls: 9 }),
  agent(18, "Tom Reed", 4000, { state: "offline", availability: "offline", calls: 7 }),
];

function board(more: Partial<Board> = {}): Board {
  const callers = [caller(0, 192), caller(1, 100), caller(2, 51), caller(3, 22)];
  return {
    now: iso(0),
    day: "2026-11-24",
    team: null,
    teams: [SALES, SUPPORT],
    all: standing(4, 192),
    by_team: [
      { team: SALES, ...standing(2, 100, { service_level: 86.4, abandoned: 2 }) },
      { team: SUPPORT, ...standing(2, 192, { service_level: 61.2, abandoned: 4 }) },
    ],
    by_line: [
      { line: sales, ...standing(2, 100, { service_level: 86.4, abandoned: 2 }) },
      { line: support, ...standing(2, 192, { service_level: 61.2, abandoned: 4 }) },
    ],
    callers,
    call_backs: 0,
    notices: [],
    agents: AGENTS,
    ...more,
  };
}

const NOTHING = {
  calls: 0,
  answered: 0,
  answered_in_goal: 0,
  counted: 0,
  service_level: null,
  voicemail: 0,
  missed: 0,
  abandoned: 0,
  abandoned_percent: null,
  abandoned_waited: null,
  to_call_back: 0,
};
const quiet = { waiting: 0, longest_since: null, late_at: null, goal, figures: NOTHING };
const WORST = { service_level: 41.7, abandoned: 31, abandoned_percent: 21.2, to_call_back: 17 };

const callBacks: Board["callers"] = [
  { ...caller(4, 372), state: "call-back" },
  {
    ...caller(5, 301),
    state: "call-back",
    rings_at: [{ id: 14, identity: "agent_14", name: "Grace Hopper", since: iso(4) }],
  },
  { ...caller(7, 230), state: "call-back", tries: 1, not_before: iso(-540) },
];

export const BOARDS = {
  usual: board(),
  limits: board({
    notices: [
      {
        text: "100 % of today's spend limit. Texts to groups are paused. Raise the limit, and they go on where they stopped.",
        urgent: true,
      },
      { text: "72 % of this month's spend limit. At the limit texts to groups pause.", urgent: false },
    ],
  }),
  callBacks: board({
    all: standing(2, 192),
    callers: [...callBacks, caller(0, 192), caller(3, 22)],
    call_backs: 2,
  }),
  calm: board({
    all: standing(1, 22, { service_level: 91.3 }),
    by_team: [
      { team: SALES, ...standing(1, 22, { service_level: 91.3 }) },
      { team: SUPPORT, ...standing(0, 0, { service_level: 92.1 }) },
    ],
    callers: [caller(3, 22)],
  }),
  empty: board({
    teams: [SUPPORT],
    all: quiet,
    by_team: [{ team: SUPPORT, ...quiet }],
    by_line: [{ line: support, ...quiet }],
    callers: [],
    agents: AGENTS.slice(3, 4),
  }),
  noTeam: board({
    teams: [],
    all: { ...quiet, goal: null },
    by_team: [],
    by_line: [],
    callers: [],
    agents: [],
  }),
  past: board({
    all: { ...standing(4, 192, WORST), goal: { percent: 84, seconds: null, wait_seconds: null } },
  }),
  full: board({
    teams: [SALES, SUPPORT, ...LONG_NAMES.map((name, at) => ({ id: 30 + at, name }))],
    all: standing(57, 512, WORST),
    by_team: [
      { team: SALES, ...standing(28, 502, { service_level: 44.9, abandoned: 17 }) },
      { team: SUPPORT, ...standing(29, 512, { service_level: 39.2, abandoned: 14 }) },
      ...LONG_NAMES.map((name, at) => ({ team: { id: 30 + at, name }, ...quiet })),
    ],
    by_line: [
      { line: sales, ...standing(28, 502, { service_level: 44.9, abandoned: 17 }) },
      { line: support, ...standing(29, 512, { service_level: 39.2, abandoned: 14 }) },
    ],
    callers: Array.from({ length: 50 }, (_, at) => caller(at, 512 - at * 10)),
    agents: Array.from({ length: 40 }, (_, at) => ({
      ...AGENTS[at % AGENTS.length]!,
      agent: { id: 200 + at, identity: `agent_${200 + at}`, name: `${LONG_NAMES[at % 4]} ${at + 1}` },
    })),
  }),
} as const satisfies Record<string, Board>;
