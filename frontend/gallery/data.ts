/** People and calls of the gallery. Numbers are from the range reserved for fiction. */
import type { Agent, Call, CallResult, Line, PastCall, Presence } from "../src/messages";
import type { ContactFound, TimelineEntry } from "../src/ports";

export const ada: Agent = { id: 1, identity: "agent_1", name: "Ada Byron" };
export const grace: Agent = { id: 2, identity: "agent_2", name: "Grace Hopper" };
export const hedy: Agent = { id: 3, identity: "agent_3", name: "Hedy Lamarr" };
export const support: Line = { id: 1, name: "Support", number: "+12025550100", display: "(202) 555-0100" };
export const sales: Line = { id: 2, name: "Sales", number: "+12025550101", display: "(202) 555-0101" };

type Person = [name: string, number: string, display: string, company: string, place: string];

const maya: Person = [
  "Maya Okonkwo",
  "+12025550142",
  "(202) 555-0142",
  "Okonkwo Interiors",
  "Washington, DC",
];
const tom: Person = ["Tom Aldous", "+12025550143", "(202) 555-0143", "Harbour Dental", "Washington, DC"];
const leila: Person = ["Leïla Benali", "+33199002741", "+33 1 99 00 27 41", "Quayside Bikes", "France"];
const endless: Person = [
  "Wolfeschlegelsteinhausenbergerdorff-Oppenheimerstraße von und zu Hohenlohe-Langenburg",
  "+12025550188",
  "(202) 555-0188",
  "",
  "",
];
const unknown: Person = ["", "+12065550111", "(206) 555-0111", "", "Seattle, WA"];
const withheld: Person = ["", "", "Number withheld", "", ""];

let number = 1000;

function row(
  minutesAgo: number,
  who: Person,
  incoming: boolean,
  result: CallResult,
  seconds: number,
  line = support,
): Call {
  const [name, e164, display, company, place] = who;
  const start = Date.now() - minutesAgo * 60_000;
  const answered = ["answered", "reached", "voicemail"].includes(result);
  const iso = (at: number) => new Date(at).toISOString();
  return {
    sid: `CA${String(++number).padStart(32, "0")}`,
    parent_call_sid: null,
    direction: "inbound",
    caller: incoming ? e164 : "client:agent_1",
    called: incoming ? line.number : e164,
    status: answered ? "completed" : "no-answer",
    start_time: iso(start),
    answer_time: answered ? iso(start + 8000) : null,
    end_time: iso(start + seconds * 1000),
    duration: answered ? seconds : null,
    agent: incoming && result !== "answered" ? null : ada,
    incoming,
    internal: false,
    party: {
      number: e164,
      display,
      name,
      company,
      place,
      withheld: !e164,
      verified: false,
      verification_failed: false,
      spam: false,
    },
    line,
    contact: null,
    result,
    ring_seconds: answered ? null : seconds,
    waited: null,
    help_since: null,
    problem: "",
    note: "",
    outcome: "",
    revision: 1,
    recordings:
      result === "voicemail" ? [{ sid: `RE${number}`, duration: seconds, url: "./sounds/incoming.wav" }] : [],
    legs: [],
    agents: [],
    participants: [],
    held_seconds: 0,
    parked_since: null,
    transfer: null,
  };
}

/** A colleague's call: it has no line. */
function internalRow(
  minutesAgo: number,
  who: Agent,
  incoming: boolean,
  result: CallResult,
  seconds: number,
): Call {
  const called = row(
    minutesAgo,
    [who.name, `client:${who.identity}`, who.name, "", ""],
    incoming,
    result,
    seconds,
  );
  return { ...called, internal: true, line: null };
}

/** Given to a colleague, and given back. */
function handedAround(call: Call): Call {
  const at = (seconds: number) => new Date(Date.parse(call.start_time) + seconds * 1000).toISOString();
  const had = (agent: Agent, since: number, until: number) => ({
    agent,
    since: at(since),
    until: at(until),
  });
  return {
    ...call,
    waited: 72,
    held_seconds: 95,
    agents: [had(ada, 8, 130), had(grace, 150, 260), had(ada, 262, 363)],
  };
}

export const LOG: Call[] = [
  handedAround(row(12, maya, true, "answered", 363, sales)),
  internalRow(19, grace, true, "missed", 30),
  row(26, tom, true, "missed", 24),
  row(41, tom, false, "reached", 168, sales),
  row(58, unknown, true, "voicemail", 37, sales),
  row(73, leila, false, "no-answer", 30, sales),
  row(95, withheld, true, "answered", 75),
  row(1510, maya, true, "answered", 201, sales),
  row(1630, leila, true, "missed", 18, sales),
];

/** A log of several screens. */
export const LONG_LOG: Call[] = Array.from({ length: 60 }, (_, at) =>
  row(
    12 + at * 47,
    [tom, maya, endless, leila][at % 4] ?? tom,
    at % 3 > 0,
    at % 3 ? "answered" : "reached",
    60 + at,
  ),
);

export const HISTORY: PastCall[] = [
  { ...row(4400, maya, true, "answered", 201), agent: ada },
  { ...row(15840, maya, false, "no-answer", 20), agent: ada },
  { ...row(28800, maya, true, "missed", 24), agent: null },
];

export const CONTACTS: ContactFound[] = [
  {
    id: 1,
    name: "Maya Okonkwo",
    company: "Okonkwo Interiors",
    note: "",
    numbers: [
      { number: "+12025550142", extension: "", display: "(202) 555-0142", label: "Mobile" },
      { number: "+12025550178", extension: "", display: "(202) 555-0178", label: "Office" },
    ],
  },
  {
    id: 2,
    name: "Mary Seacole",
    company: "",
    note: "",
    numbers: [{ number: "+12025550155", extension: "", display: "(202) 555-0155", label: "Home" }],
  },
];

const moment = (
  seconds: number,
  title: string,
  detail = "",
  kind: TimelineEntry["kind"] = "webhook",
): TimelineEntry => ({
  at: new Date(Date.now() - 720_000 + seconds * 1000).toISOString(),
  kind,
  title,
  detail,
  of: "root",
  verdict: kind === "webhook" ? "applied" : "",
});

export const HAPPENED: TimelineEntry[] = [
  moment(0, "Twilio asked what to do with the call", "We answered: ring Ada Byron and Grace Hopper."),
  moment(1, "Ada Byron's phone began to ring"),
  moment(
    2,
    "Something of ours failed here: the database did not answer",
    "The caller heard: “One moment please. We are connecting you.”",
    "incident",
  ),
  moment(8, "Ada Byron answered"),
  moment(8, "Grace Hopper's phone stopped ringing"),
  moment(361, "Ada Byron ended the call", "", "action"),
  moment(361, "We asked Twilio to end the call: 503, tried again", "", "rest"),
  moment(363, "We asked Twilio again to end the call: 200", "", "rest"),
  moment(363, "The conversation ended, and Twilio asked what to do next", "We answered: hang up."),
  moment(364, "The call ended"),
];

/** What somebody is now: available, unless `more` says otherwise. */
export const there = (agent: Agent, more: Partial<Presence> = {}): Presence => ({
  agent,
  availability: "available",
  state: "available",
  since: new Date(Date.now() - 760_000).toISOString(),
  reason: "",
  back_at: null,
  set_at: null,
  set_by: null,
  rule: "",
  wrap_up: null,
  trouble: "",
  ...more,
});
const FIRST = ["Amara", "Ben", "Chiara", "Dieter", "Eszter", "Femi", "Grażyna", "Hamza", "Ingrid", "João"];
const LAST = ["Adeyemi", "Brandt", "Wolfeschlegelsteinhausenbergerdorff-Oppenheimer", "Dubois"];
const STATES = ["available", "on-call", "busy", "away", "not-reachable"] as const;

/** As many as sit in a large room. */
export const COLLEAGUES: Presence[] = Array.from({ length: 40 }, (_, at) =>
  there(
    {
      id: 100 + at,
      identity: `agent_${100 + at}`,
      name: `${FIRST[at % FIRST.length]} ${LAST[Math.floor(at / FIRST.length)]}`,
    },
    { state: STATES[at % STATES.length] ?? "available" },
  ),
);
