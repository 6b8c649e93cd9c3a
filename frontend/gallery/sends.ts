/** Group sends of the gallery, and a server of them that only pretends. Numbers are from the range reserved for fiction. */
import type { SendsPlace } from "../src/groupSends/address";
import type {
  ChoosableGroup,
  GroupSend,
  GroupSendsApi,
  Recipient,
  SendProgress,
  SendState,
  SendSummary,
} from "../src/groupSends/ports";
import { clock, fullTime, shortWhen } from "../src/format";
import { ada, grace, sales, support } from "./data";

/** What the server has of group sends. `refused`: whatever is done fails. */
export type SendsMode = "full" | "empty" | "loading" | "failed" | "nobody" | "wrong";

/** The sends of the gallery by what they show. */
export const SENDS = {
  draft: 1,
  running: 2,
  finished: 3,
  stopped: 4,
  scheduled: 5,
  paused: 6,
  canceled: 7,
  long: 8,
};

const MINUTE = 60_000;
const NOW = Date.now();
const at = (minutes: number) => new Date(NOW - minutes * MINUTE).toISOString();
const money = (amount: string) => ({ amount, unit: "GBP" });

const BODY =
  "Hello {first name}, our warehouse is closed 24–28 December. Orders placed before Friday noon leave this week. Reply STOP to opt out";
const TITLE = "Warehouse closed at Christmas";

const SUMMARY: SendSummary = {
  chosen: 441,
  duplicates: 15,
  left_out: 29,
  reasons: [
    { reason: "stopped", count: 17, text: "17 replied STOP" },
    { reason: "landline", count: 8, text: "8 have a landline" },
    { reason: "invalid", count: 4, text: "4 numbers are not valid" },
  ],
  recipients: 412,
  segments: 824,
  segments_each: 2,
  characters: 130,
  characters_left: 4,
  encoding: "UCS-2",
  letters: ["–"],
  people_not_plain: 412,
  plain_body: BODY.replace("–", "-"),
  plain_segments_each: 1,
  price: money("33.00"),
  seconds: 412,
};
const PLAIN: SendSummary = {
  ...SUMMARY,
  segments: 412,
  segments_each: 1,
  encoding: "GSM-7",
  letters: [],
  people_not_plain: 0,
  plain_body: "",
  price: money("16.50"),
};
const NOBODY: SendSummary = {
  ...PLAIN,
  chosen: 29,
  recipients: 0,
  segments: 0,
  price: money("0.00"),
  seconds: 0,
};

const PROGRESS: SendProgress = {
  total: 412,
  handed: 236,
  waiting: 176,
  on_the_way: 15,
  sent: 0,
  delivered: 214,
  not_delivered: 7,
  unknown: 0,
  canceled: 0,
  to_look_at: 7,
  retryable: 2,
  replies: 5,
  replies_unread: 2,
  replied_stop: 0,
  prices_missing: 22,
  seconds_left: 176,
  goes_on_at: null,
  delivered_percent: 51.9,
  spent: money("9.44"),
};
const DONE: SendProgress = {
  ...PROGRESS,
  handed: 412,
  waiting: 0,
  on_the_way: 0,
  sent: 2,
  delivered: 398,
  not_delivered: 10,
  unknown: 2,
  to_look_at: 12,
  retryable: 4,
  replies: 23,
  replies_unread: 6,
  replied_stop: 2,
  prices_missing: 6,
  seconds_left: 0,
  goes_on_at: null,
  delivered_percent: 96.6,
  spent: money("16.42"),
};
const ended = { ...PROGRESS, waiting: 0, seconds_left: 0, canceled: 176 };

function send(state: SendState, change: Partial<GroupSend> = {}): GroupSend {
  return {
    id: SENDS[state as keyof typeof SENDS],
    title: TITLE,
    state,
    problem: "",
    goes_on_by_itself: false,
    started_at: state === "draft" ? null : at(12),
    finished_at: null,
    progress: PROGRESS,
    revision: 3,
    line: sales,
    body: BODY.replace("–", "-"),
    groups: [
      { id: 1, name: "Trade customers" },
      { id: 2, name: "Order open" },
    ],
    contacts: [],
    numbers: [],
    scheduled_for: null,
    keeps_hours: true,
    hours_from: "08:00",
    hours_until: "20:00",
    written_by: ada,
    created_at: at(20),
    started_by: state === "draft" ? null : ada,
    summary: PLAIN,
    ...change,
  };
}

const LONG_TITLE =
  "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung: new opening hours of the warehouse";

const STOPPED = "The account may not send just now. An admin can look at it in the Doctor.";
const ALL: GroupSend[] = [
  send("running"),
  send("draft", { progress: null, body: BODY, summary: SUMMARY }),
  send("scheduled", {
    title: "Delivery on Monday",
    scheduled_for: at(-2600),
    progress: {
      ...PROGRESS,
      handed: 0,
      waiting: 412,
      on_the_way: 0,
      delivered: 0,
      not_delivered: 0,
      spent: null,
    },
  }),
  send("stopped", { title: "New price list", problem: STOPPED, started_at: at(2000), created_at: at(2010) }),
  send("paused", {
    title: "Open evening on Friday",
    started_at: at(60),
    created_at: at(70),
    started_by: grace,
  }),
  send("finished", { progress: DONE, started_at: at(19), finished_at: at(12), created_at: at(80) }),
  send("canceled", {
    title: "Sale of the old stock",
    progress: ended,
    started_at: at(6000),
    finished_at: at(5990),
    created_at: at(6010),
    line: support,
  }),
  send("finished", {
    id: SENDS.long,
    title: LONG_TITLE,
    progress: DONE,
    started_at: at(9000),
    finished_at: at(8900),
    created_at: at(9001),
  }),
];

type Told = [
  name: string,
  number: string,
  outcome: Recipient["outcome"],
  text: string,
  why: string,
  now: Recipient["what_now"],
  nowText: string,
  help?: string,
];

const SPAM =
  "Networks filter what looks like advertising or fraud. Say who you are, leave short links and capitals out, and have an admin register the line’s campaign at Twilio.";
const NEVER_SAID = "We do not know whether it went out. Not sent again, so that nobody gets it twice.";
const PEOPLE: Told[] = [
  [
    "Jon Peake",
    "0171",
    "not-delivered",
    "Not delivered",
    "Phone switched off for too long.",
    "try-again",
    "can be tried",
  ],
  [
    "Fatima al-Rashidi-Worthington",
    "0118",
    "not-delivered",
    "Not delivered",
    "The network was down.",
    "try-again",
    "can be tried",
  ],
  [
    "Orla Flynn",
    "0134",
    "not-delivered",
    "Not delivered",
    "The carrier blocked it as spam.",
    "help",
    "What helps",
    SPAM,
  ],
  [
    "Quayside Bikes",
    "0140",
    "not-delivered",
    "Not delivered",
    "The number is not in service.",
    "left-out",
    "left out from now on",
  ],
  ["Sam Osei", "0102", "not-delivered", "Not delivered", "Replied STOP.", "left-out", "left out from now on"],
  ["Bartholomew Okafor", "0155", "unknown", "Not known", NEVER_SAID, "ask", "Ask Twilio again"],
  ["Maya Okonkwo", "0142", "delivered", "Delivered", "", "", ""],
  ["", "0187", "on-the-way", "On the way", "", "", ""],
  ["Wren Castellanos", "0188", "waiting", "Waiting", "", "", ""],
];
const LEFT_OUT: Told[] = [
  ["Sam Osei", "0102", "left-out", "Left out", "Replied STOP", "", ""],
  ["Quayside Bikes", "0140", "left-out", "Left out", "Landline", "", ""],
];

function recipient([name, end, outcome, text, why, now, nowText, help = ""]: Told, index: number): Recipient {
  const isAnswered = outcome === "delivered";
  return {
    id: index + 1,
    contact: name ? index + 1 : null,
    name,
    number: `+1202555${end}`,
    display: `(202) 555-${end}`,
    outcome,
    outcome_text: text,
    why,
    at: outcome === "waiting" || outcome === "left-out" ? null : at(11),
    what_now: now,
    what_now_text: nowText,
    help,
    body:
      outcome === "left-out" ? "" : BODY.replace("–", "-").replace("{first name}", name.split(" ")[0] ?? ""),
    segments: 1,
    price: null,
    thread: isAnswered ? 1 : null,
    answered: isAnswered,
  };
}

const GROUPS: ChoosableGroup[] = [
  { id: 1, name: "Trade customers", members: 418 },
  { id: 2, name: "Order open", members: 38 },
  { id: 3, name: "Newsletter", members: 1240 },
];
const WRONG = "There is no field {fist name}. What can be filled in: {first name}, {name}, {company}.";
const UNREACHABLE = "The server cannot be reached. Check your connection.";

const never = new Promise<never>(() => {});
const failure = (status: number, message: string, fields = {}) =>
  Object.assign(new Error(message), { status, fields });

export function fakeSendsApi(mode: SendsMode): GroupSendsApi {
  const draft = ALL.find(({ state }) => state === "draft") as GroupSend;
  const written = { ...draft, id: 9, summary: mode === "nobody" ? NOBODY : SUMMARY };
  async function kept(): Promise<GroupSend> {
    if (mode === "wrong") throw failure(400, `body: ${WRONG}`, { body: WRONG });
    return written;
  }
  async function refused(): Promise<never> {
    throw failure(0, UNREACHABLE);
  }
  return {
    async list() {
      if (mode === "loading") return never;
      if (mode === "failed") throw failure(0, UNREACHABLE);
      return { results: mode === "empty" ? [] : ALL, next: mode === "full" ? "?cursor=1" : null };
    },
    listAt: () => never,
    async send(id) {
      if (mode === "loading") return never;
      if (mode === "failed") throw failure(0, UNREACHABLE);
      const found = ALL.find((each) => each.id === id);
      if (!found) throw failure(404, "");
      return found;
    },
    create: kept,
    change: kept,
    remove: async () => {},
    start: async () => ({ ...send("running"), id: 9 }),
    pause: refused,
    resume: refused,
    cancel: refused,
    retry: refused,
    toMyself: async () => {},
    async recipients(_id, { show, search }) {
      if (mode === "empty") return { results: [], next: null };
      const rows = (show === "left-out" ? LEFT_OUT : PEOPLE).map(recipient);
      const wanted = show === "delivered" || show === "replies" ? "delivered" : "";
      const fits = rows.filter(
        ({ name, outcome }) =>
          name.toLowerCase().includes(search.toLowerCase()) &&
          (show === "to-look-at"
            ? ["not-delivered", "unknown"].includes(outcome)
            : !wanted || outcome === wanted),
      );
      return { results: fits, next: show === "to-look-at" ? "?cursor=1" : null };
    },
    recipientsAt: () => never,
    retryOne: refused,
    ask: refused,
    resultsUrl: () => "/",
    groups: async () => GROUPS,
  };
}

/** Where an exhibit begins. */
export function addressOf(place: SendsPlace): () => void {
  return () => history.replaceState(null, "", place === "list" ? "/group-sends/" : `/group-sends/${place}/`);
}

/** What is written here and not by the catalogue. */
export function sendTexts(): string[] {
  const people = [...PEOPLE, ...LEFT_OUT].map(recipient);
  const times = [...ALL, ...people].flatMap((each) => Object.values(each).filter(isTime));
  return [
    ...ALL.flatMap(({ body, title, problem }) => [body, title, problem]),
    ...times.flatMap((time) => [clock(time), shortWhen(time, NOW), fullTime(time)]),
    ...people.flatMap((person) => Object.values(person).map(String)),
    ...SUMMARY.reasons.map(({ text }) => text),
    ...GROUPS.map(({ name }) => name),
    ...["first name", "last name", "name", "company"].map((field) => `{${field}}`),
    WRONG,
    UNREACHABLE,
  ].filter((text) => text.length > 3);
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);
}
