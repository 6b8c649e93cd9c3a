/** Threads and texts of the gallery. Numbers are from the range reserved for fiction. */
import type { Contact, ReadyText, Text, Thread, ThreadEntry, UnreadThread } from "../src/messages";
import { ada, grace, LOG, sales, support } from "./data";

const MINUTE = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE).toISOString();

let ids = 100;

function text(minutes: number, body: string, change: Partial<Text> = {}): Text {
  const ours = change.by !== undefined || change.origin !== undefined;
  return {
    id: ++ids,
    thread: 1,
    sid: `SM${String(ids).padStart(32, "0")}`,
    direction: ours ? "outbound" : "inbound",
    body,
    media: [],
    state: ours ? "delivered" : "received",
    problem: "",
    help: "",
    may_retry: false,
    error_code: "",
    segments: 1,
    by: null,
    origin: ours ? "agent" : "",
    group_send: null,
    at: ago(minutes),
    ...change,
  };
}

const entry = (message: Text): ThreadEntry => ({
  kind: "message",
  at: message.at,
  id: `message-${message.id}`,
  message,
  call: null,
  consent: null,
});

function consent(minutes: number, state: "forbidden" | "allowed", note: string): ThreadEntry {
  const said = { state, source: "text" as const, note, by: null };
  return {
    kind: "consent",
    at: ago(minutes),
    id: `consent-${++ids}`,
    message: null,
    call: null,
    consent: said,
  };
}

function called(minutes: number, at: number): ThreadEntry[] {
  const row = LOG[at];
  if (!row) return [];
  const call = { ...row, start_time: ago(minutes), note: at === 0 ? "Order 4471: carrier says 28 Nov" : "" };
  return [{ kind: "call", at: call.start_time, id: `call-${call.sid}`, message: null, call, consent: null }];
}

/** A table with a broken leg, more or less. */
const PHOTO =
  "data:image/svg+xml," +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="144"><rect width="240" height="144" fill="#c9bfb0"/><path fill="#6b4a2b" d="M32 52h176v20H32zM56 72h14v56H56zM170 72h14v56h-14z"/></svg>',
  );
const photo = (state: "kept" | "refused" | "waiting" = "kept") => ({
  id: ++ids,
  content_type: "image/png",
  size: state === "kept" ? 214_000 : null,
  state,
  url: state === "kept" ? PHOTO : null,
});

const SPAM = {
  state: "failed" as const,
  error_code: "30007",
  problem: "The network filtered this text as spam.",
  help: "Write it in other words, without links and offers, and try again. Your admin can register the number.",
  may_retry: true,
};
const LONG =
  "Dear Alexandra, the carrier tells us that the wardrobe left the warehouse this morning and is expected at your " +
  "address on Thursday between eight and noon. Please make sure that somebody is there to open the gate, because " +
  "the lorry cannot wait for longer than ten minutes and a second delivery costs £45.";

/** The oldest first; the server answers the other way round. */
export const TIMELINES: Record<number, ThreadEntry[]> = {
  1: [
    entry(text(1100, "Any news on the delivery date?")),
    entry(text(1090, "Hello Maya, I will ring you tomorrow before noon.", { by: ada })),
    ...called(22, 0),
    entry(text(14, "As agreed: new delivery date 28 Nov, morning. Reply if it does not suit.", { by: ada })),
    entry(text(12, "Thank you! 28 Nov works.")),
  ],
  2: [
    consent(24_000, "forbidden", "STOP"),
    consent(12_000, "allowed", "Start"),
    entry(text(28, "The leg is cracked, see photo", { media: [photo()] })),
    entry(text(26, "And the receipt", { media: [photo("refused"), photo("waiting")] })),
    entry(
      text(17, "Sorry about that! See www.fix-leg.example/offer and reply with a date that suits.", {
        by: ada,
        ...SPAM,
      }),
    ),
  ],
  4: [
    entry(
      text(4000, "Hello Nadia, your order 4502 leaves on Thursday. Reply STOP to opt out", {
        origin: "group",
        group_send: { id: 1, title: "Autumn round" },
      }),
    ),
    entry(text(120, "STOP")),
    consent(119, "forbidden", "STOP"),
    ...called(100, 2),
  ],
  5: [
    entry(text(5000, "We tried to ring you. When may we call again?", { origin: "rule" })),
    entry(
      text(
        4900,
        "Tomorrow after nine, please. https://example.com/a/very/long/address/that-never-ends-".concat(
          "x".repeat(90),
        ),
      ),
    ),
    ...Array.from({ length: 12 }, (_, at) =>
      at % 2
        ? entry(
            text(4000 - at * 60, LONG, {
              by: at % 4 === 1 ? ada : grace,
              state: at === 11 ? "sent" : "delivered",
            }),
          )
        : entry(text(4000 - at * 60, "Yes.\nAnd please bring the lamp, too 🙂")),
    ),
    entry(text(60, "", { media: [photo()] })),
    entry(
      text(50, "Is it there?", {
        by: ada,
        state: "unknown",
        problem: "We do not know whether it went out. Not sent again, so that nobody gets it twice.",
      }),
    ),
    entry(text(2, "On its way", { by: ada, state: "waiting" })),
  ],
};

function thread(
  id: number,
  name: string,
  number: string,
  display: string,
  last: Text,
  change: Partial<Thread> = {},
): Thread {
  const contact: Contact | null = name ? { id, name, company: "", note: "" } : null;
  return {
    id,
    line: sales,
    number,
    display,
    contact,
    assigned_to: null,
    last,
    last_at: last.at,
    unread: 0,
    closed: "",
    revision: 1,
    ...change,
  };
}

const lastOf = (id: number): Text =>
  TIMELINES[id]?.findLast(({ message }) => message !== null)?.message ?? text(900, "Hello");

const NAMES =
  "Tom Aldous,Quayside Bikes,Leïla Benali,Mary Seacole,Grace Murray,Alan Kay,Barbara Liskov,Niklaus Wirth".split(
    ",",
  );
const SAID = [
  "Quote 210 is on its way",
  "I will ring at 11:30",
  "Can you send the invoice once more? Ours got lost in the move.",
  "Thanks!",
  "👍",
];

export const THREADS: Thread[] = [
  thread(1, "Maya Okonkwo", "+12025550142", "(202) 555-0142", lastOf(1)),
  thread(2, "Orla Flynn", "+12025550134", "(202) 555-0134", lastOf(2), { assigned_to: ada }),
  thread(3, "", "+12065550111", "(206) 555-0111", text(44, "Are you open on Saturday?"), { unread: 1 }),
  thread(
    5,
    "Alexandra Montgomery-Fitzwilliam of the Upper Harbour",
    "+12025550118",
    "(202) 555-0118",
    lastOf(5),
    {
      unread: 2,
      assigned_to: ada,
    },
  ),
  thread(4, "Nadia Haddad", "+12025550118", "(202) 555-0119", lastOf(4), { closed: "stopped" }),
  thread(
    6,
    "Harbour Dental",
    "+12025550143",
    "(202) 555-0143",
    text(800, "We tried to ring you.", { origin: "rule" }),
    {
      closed: "landline",
      line: support,
    },
  ),
  ...Array.from({ length: 54 }, (_, at) => {
    const said = SAID[at % SAID.length] ?? "";
    const change = at % 3 ? {} : { by: at % 2 ? ada : grace };
    return thread(
      10 + at,
      `${NAMES[at % NAMES.length]}`,
      `+120255501${String(20 + at).padStart(2, "0")}`,
      `(202) 555-01${String(20 + at).padStart(2, "0")}`,
      text(1400 + at * 200, said, change),
    );
  }),
].toSorted((one, other) => other.last_at.localeCompare(one.last_at));

export const UNREAD: UnreadThread[] = THREADS.filter(({ unread }) => unread > 0).map((each) => ({
  id: each.id,
  assigned_to: each.assigned_to?.id ?? null,
  unread: each.unread,
}));

export const READY_TEXTS: ReadyText[] = [
  {
    id: 1,
    name: "Spare part on its way",
    body: "Hello {first name}, a new {part} is on its way to you.",
    line: null,
  },
  {
    id: 2,
    name: "Delivery date",
    body: "As agreed: new delivery date {date}. Reply if it does not suit.",
    line: 2,
  },
  { id: 3, name: "Missed you", body: "We tried to ring you. When may we call again?", line: null },
];

export const entriesOf = (id: number): ThreadEntry[] => (TIMELINES[id] ?? [entry(lastOf(id))]).toReversed();
