/** Contacts of the gallery, and a server of them that only pretends. Numbers are from the range reserved for fiction. */
import type {
  Consents,
  ContactPage,
  ContactRow,
  ContactsApi,
  Entry,
  EntryKind,
  ImportPreview,
} from "../src/contacts/ports";
import { LANGUAGES } from "../src/components/contact/MoreFields";
import { languageName } from "../src/i18n/i18n";
import { ada, grace, LOG, LONG_LOG, sales, support } from "./data";

/** `theirs`: somebody else changes the contact whenever it is saved. */
export type ContactsMode =
  "full" | "long" | "blocked" | "empty" | "loading" | "failed" | "gone" | "theirs" | "wrong";

const AT = new Date(Date.now() - 3 * 86_400_000).toISOString();
const SINCE = "2023-03-02T08:00:00Z";
const by = { id: ada.id, name: ada.name };

const numbers: ContactRow["numbers"] = [
  {
    number: "+12025550142",
    extension: "",
    display: "(202) 555-0142",
    label: "Mobile",
    line_type: "mobile",
    region: "US",
  },
  {
    number: "+12025550178",
    extension: "",
    display: "(202) 555-0178",
    label: "Office",
    line_type: "landline",
    region: "US",
  },
];

const ALEXANDRA: ContactPage = {
  id: 1,
  name: "Alexandra Montgomery-Fitzwilliam",
  company: "Fitzwilliam & Daughters Upholstery Ltd",
  email: "alexandra@fitzwilliam.example",
  note: "Prefers to be rung after 14:00. Speak with Mr Fitzwilliam about invoices, not with her.",
  owner: { id: grace.id, name: grace.name },
  language: "en",
  time_zone: "",
  guessed: { language: "en", time_zone: "America/New_York" },
  own: { customer_no: "TR-20418", delivery_area: "M14, ground floor" },
  created_at: SINCE,
  updated_at: AT,
  numbers,
  groups: [
    { id: 1, name: "Trade customers", by_rule: false },
    { id: 2, name: "Order open", by_rule: true },
  ],
  blocked: [],
  merges: [],
};

const LONG: ContactPage = {
  ...ALEXANDRA,
  name: "Wolfeschlegelsteinhausenbergerdorff-Oppenheimerstraße von und zu Hohenlohe-Langenburg",
  company:
    "Gesellschaft für Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamte mbH & Co. KG",
  numbers: numbers.map((row) => ({ ...row, label: "Donaudampfschifffahrtselektrizitätenbüro" })),
  merges: [{ id: 4, name: "W. Oppenheimer", by, at: AT }],
};

const BLOCKED: ContactPage = {
  ...ALEXANDRA,
  blocked: numbers.map((row, at) => ({
    id: at + 1,
    number: row.number,
    display: row.display,
    reason: "Shouts at everybody",
    by,
    at: AT,
  })),
};

const FIRST = ["Amara", "Ben", "Chiara", "Dieter", "Eszter", "Femi", "Grażyna", "Hamza", "Ingrid", "João"];
const LAST = ["Adeyemi", "Brandt", "Costa", "Dubois", "Eriksen", "Fitzgerald", "García", "Haddad", "Ivanova"];

/** Three hundred, by name. */
const ROWS: ContactRow[] = Array.from({ length: 300 }, (_, at): ContactRow => {
  const name = `${FIRST[at % FIRST.length]} ${LAST[Math.floor(at / FIRST.length) % LAST.length]}`;
  const end = String(100 + (at % 100)).padStart(4, "0");
  const { groups: _groups, blocked: _blocked, merges: _merges, ...row } = ALEXANDRA;
  return {
    ...row,
    id: at + 10,
    name,
    company: at % 3 ? "" : "Quayside Bikes",
    numbers: numbers
      .slice(0, at % 4 ? 1 : 2)
      .map((each) => ({ ...each, number: `+1202555${end}`, display: `(202) 555-${end}` })),
  };
}).toSorted((one, other) => one.name.localeCompare(other.name));

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const TEXTS: [number, boolean, string, string, boolean][] = [
  [4, true, "Thank you! The 28th works, in the morning if you can.", "", false],
  [
    2900,
    false,
    "As agreed: new delivery date 28 Nov, morning. Reply if it does not suit.",
    "Delivered",
    false,
  ],
  [2950, false, "Is your number still this one?", "Not delivered. The phone was off for too long.", true],
];

function entries(): Entry[] {
  const calls = LOG.filter((call) => call.party.name === "Maya Okonkwo" || call.result === "voicemail").map(
    (call): Entry => ({
      at: call.start_time,
      id: call.sid,
      kind: call.result === "voicemail" ? "voicemail" : "call",
      call: { ...call, note: call.result === "answered" ? "Carrier says 28 Nov, wants a discount." : "" },
    }),
  );
  const texts = TEXTS.map(([minutes, incoming, body, state, failed], at): Entry => ({
    at: minutesAgo(minutes),
    id: String(at),
    kind: "text",
    text: { incoming, body, state, failed, author: incoming ? null : ada.name, line: sales.name, media: 0 },
  }));
  const note: Entry = {
    at: minutesAgo(3000),
    id: "31",
    kind: "note",
    note: {
      id: 31,
      text: "Prefers to be rung after 14:00. Speak with Mr Fitzwilliam about invoices, not with her.",
      author: { id: grace.id, name: grace.name },
      at: minutesAgo(3000),
      edited_at: minutesAgo(2900),
      may_edit: true,
    },
  };
  return [...calls, ...texts, note].toSorted((one, other) => other.at.localeCompare(one.at));
}

const ENTRIES = entries();

/** When something was with a contact. */
export const ENTRY_TIMES = ENTRIES.map((entry) => entry.at);

/** Sixty, over many days. */
function manyEntries(): Entry[] {
  return LONG_LOG.map((call): Entry => ({ at: call.start_time, id: call.sid, kind: "call", call }));
}

const CONSENTS: Consents = {
  senders: [support, sales].map(({ number, name, display }) => ({ sender: number, name, display })),
  history: [
    {
      number: "+12025550142",
      sender: sales.number,
      state: "forbidden",
      source: "text",
      note: "STOP",
      by: null,
      at: "2026-10-12T09:00:00Z",
    },
    {
      number: "+12025550142",
      sender: support.number,
      state: "allowed",
      source: "form",
      note: "Order form",
      by,
      at: "2026-03-03T09:00:00Z",
    },
  ],
};

const LONG_NOTE =
  "…with his brother on Saturdays. Invoices by post, to the yard. The gate is locked after 17:00: ring twice, and wait.\nSpeaks French and some Arabic. His accountant has asked for copies of all delivery notes since…";

/** More than are shown. A wrong number renames somebody, an extension ends texts, a note is another one. */
const CHANGES: ImportPreview["changes"] = [
  {
    row: 4,
    contact: "Alexandra Montgomery-Fitzwilliam",
    number: "+12025550142",
    display: "(202) 555-0142",
    fields: [
      { name: "name", label: "Name", was: "Alexandra Montgomery-Fitzwilliam", becomes: "Tom Aldous" },
      { name: "company", label: "Company", was: "", becomes: "Aldous & Sons" },
    ],
  },
  {
    row: 6,
    contact: "Quayside Bikes",
    number: "+12025550178",
    display: "(202) 555-0178",
    fields: [
      { name: "extension", label: "Extension", was: "", becomes: "12" },
      { name: "group", label: "Group", was: "", becomes: "Trade customers" },
    ],
  },
  {
    row: 7,
    contact: LONG.name,
    number: "+33199002741",
    display: "+33 1 99 00 27 41",
    fields: [
      { name: "note", label: "Note", was: "Prefers to be rung after 14:00.", becomes: LONG_NOTE },
      {
        name: "own.delivery_area",
        label: "Delivery area",
        was: "M14, ground floor",
        becomes: "M15, by the yard",
      },
    ],
  },
  ...ROWS.slice(0, 97).map((row, at) => ({
    row: at + 10,
    contact: row.name,
    number: row.numbers[0]?.number ?? "",
    display: row.numbers[0]?.display ?? "",
    fields: [{ name: "label", label: "Label", was: "Mobile", becomes: "Office" }],
  })),
];

const PREVIEW: ImportPreview = {
  id: "preview",
  name: "customers-2026.csv",
  problem: "",
  columns: [
    { header: "Full name", target: "name", samples: ["Maya Okonkwo", "Tom Aldous", "Leïla Benali"] },
    { header: "Phone", target: "number", samples: ["(202) 555-0142", "12", "+33 1 99 00 27 41"] },
    { header: "Shoe size", target: "", samples: ["44", "41"] },
  ],
  targets: [
    { key: "name", name: "Name" },
    { key: "number", name: "Number" },
    { key: "own.customer_no", name: "Customer no." },
  ],
  groups: [1],
  created: 212,
  updated: 118,
  skipped: 3,
  changes_total: 112,
  changes: CHANGES,
  errors: [
    { row: 3, detail: "number: Too short for the United States: 8 digits are missing." },
    { row: 9, detail: "Row 4 has this number already." },
  ],
};

const SAID = {
  stop: "They wrote STOP. Only they can change that, by writing START to this number.",
  blank: "This field may not be blank.",
  short: "Too short for the United States: 4 digits are missing.",
};
const OWN_FIELDS = [
  { key: "customer_no", name: "Customer no." },
  { key: "delivery_area", name: "Delivery area" },
];
const GROUPS = [
  { id: 1, name: "Trade customers" },
  { id: 2, name: "Order open" },
  { id: 3, name: "Newsletter" },
];

/** Every text here, and the names of zones and languages, which browsers know. */
export function contactTexts(): string[] {
  const all = [
    ALEXANDRA,
    LONG,
    BLOCKED,
    ROWS.slice(0, 60),
    ROWS.map(({ name }) => name),
    entries(),
    CONSENTS,
    PREVIEW,
    SAID,
    OWN_FIELDS,
    GROUPS,
  ];
  return [...textsIn(all), ...Intl.supportedValuesOf("timeZone"), ...LANGUAGES.map(languageName)].filter(
    (text) => text.length > 3,
  );
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const never = new Promise<never>(() => {});
const failure = (status: number, message: string, fields = {}) =>
  Object.assign(new Error(message), { status, fields });

export function fakeContactsApi(mode: ContactsMode): ContactsApi {
  const page = mode === "long" ? LONG : mode === "blocked" ? BLOCKED : ALEXANDRA;
  const all = mode === "empty" ? [] : mode === "long" ? manyEntries() : ENTRIES;
  const kinds: EntryKind[] = ["call", "text", "voicemail", "note"];
  const counts = Object.fromEntries(
    kinds.map((kind) => [kind, all.filter((each) => each.kind === kind).length]),
  );
  const versioned = async () => {
    if (mode === "loading") return never;
    if (mode === "failed") throw failure(0, "down");
    if (mode === "gone") throw failure(404, "gone");
    return { page, etag: "" };
  };
  const timeline: ContactsApi["timeline"] = async (_, kind) => ({
    results: all.filter((each) => !kind || each.kind === kind),
    next: mode === "long" ? "?cursor=1" : null,
    counts,
  });
  return {
    async list(search) {
      if (mode === "loading") return never;
      if (mode === "failed") throw failure(0, "down");
      if (mode === "empty") return { results: [], next: null };
      const found = [ALEXANDRA, ...ROWS].filter((row) =>
        row.name.toLowerCase().includes(search.toLowerCase()),
      );
      return { results: found.slice(0, 20), next: found.length > 20 ? "?cursor=1" : null };
    },
    listAt: () => never,
    page: versioned,
    create: versioned,
    async change() {
      if (mode === "theirs") throw failure(412, "changed");
      if (mode === "wrong") {
        throw failure(400, "Some fields.", {
          name: SAID.blank,
          "numbers.1.number": SAID.short,
        });
      }
      return versioned();
    },
    remove: async () => {},
    timeline,
    timelineAt: () => never,
    addNote: async () => {},
    changeNote: async () => {},
    removeNote: async () => {},
    consents: async () => CONSENTS,
    recordConsent: async () => {
      throw failure(409, SAID.stop);
    },
    block: async () => {},
    unblock: async () => {},
    merge: versioned,
    undoMerge: versioned,
    ownFields: async () => OWN_FIELDS,
    groups: async () => GROUPS,
    openImport: async () => PREVIEW,
    chooseImport: async () => PREVIEW,
    confirmImport: async () => ({ dry_run: false, created: 212, updated: 118, skipped: 3, errors: [] }),
    exportUrl: () => "#",
    importErrorsUrl: () => "#",
  };
}
