/** What the desk knows of contacts, and what it asks the server for. */
import type { Page } from "../lists/pagedList";
import type { Call } from "../messages";
import type { components } from "../generated/api";

type Schemas = components["schemas"];

export type ContactRow = Schemas["ContactDetail"];
export type ContactPage = Schemas["ContactPage"];
export type ContactNumber = Schemas["ContactNumber"];
export type LineType = ContactNumber["line_type"];
export type Consents = Schemas["Consents"];
export type Consent = Consents["history"][number];
export type ConsentInput = Schemas["ConsentInput"];
export type OwnField = Schemas["OwnField"];
export type Group = Pick<Schemas["Group"], "id" | "name">;
export type ImportPreview = Schemas["ImportPreview"];
export type ImportResult = Schemas["ImportResult"];
export type Note = Schemas["Note"];

export type EntryKind = "call" | "text" | "voicemail" | "note";

/** A text of the time line. */
export interface TextFacts {
  incoming: boolean;
  body: string;
  /** How it is with a text of ours, as a word; and whether that is bad. */
  state: string;
  failed: boolean;
  author: string | null;
  line: string;
  media: number;
}

interface EntryPlace {
  at: string;
  id: string;
}

export type Entry = EntryPlace &
  (
    | { kind: "call" | "voicemail"; call: Call }
    | { kind: "note"; note: Note }
    | { kind: "text"; text: TextFacts }
  );

export interface TimelinePage extends Page<Entry> {
  counts: Partial<Record<EntryKind, number>>;
}

/** A contact with the version of it that a change is made to. */
export interface Versioned {
  page: ContactPage;
  etag: string;
}

/** What is sent to change a contact: only what is named. */
export interface ContactChange {
  name?: string;
  company?: string;
  email?: string;
  note?: string;
  owner?: number | null;
  language?: string;
  time_zone?: string;
  own?: Record<string, string>;
  groups?: number[];
  numbers?: Pick<ContactNumber, "number" | "extension" | "label" | "line_type">[];
}

/** Every failure has a sentence for the agent; that of a change also one for each field that is wrong. */
export interface ContactFailure {
  message?: string;
  status?: number;
  fields?: Record<string, string>;
}

export interface ContactsApi {
  list(search: string): Promise<Page<ContactRow>>;
  listAt(url: string): Promise<Page<ContactRow>>;
  page(id: number): Promise<Versioned>;
  create(values: ContactChange): Promise<Versioned>;
  /** Fails with status 412 when the contact changed since it was read, with 409 when a number is somebody else's. */
  change(id: number, values: ContactChange, etag: string): Promise<Versioned>;
  remove(id: number, etag: string): Promise<void>;
  timeline(id: number, kind: EntryKind | null): Promise<TimelinePage>;
  timelineAt(id: number, url: string): Promise<TimelinePage>;
  addNote(id: number, text: string): Promise<void>;
  changeNote(id: number, note: number, text: string): Promise<void>;
  removeNote(id: number, note: number): Promise<void>;
  consents(id: number): Promise<Consents>;
  recordConsent(id: number, said: ConsentInput): Promise<Consents>;
  block(id: number, reason: string): Promise<void>;
  unblock(id: number): Promise<void>;
  merge(id: number, other: number, etag: string): Promise<Versioned>;
  undoMerge(id: number, merge: number): Promise<Versioned>;
  ownFields(): Promise<OwnField[]>;
  groups(): Promise<Group[]>;
  openImport(file: File): Promise<ImportPreview>;
  chooseImport(id: string, choices: { columns?: string[]; groups?: number[] }): Promise<ImportPreview>;
  confirmImport(id: string): Promise<ImportResult>;
  /** Where files are got from. */
  exportUrl(id: number, as: "json" | "vcard"): string;
  importErrorsUrl(id: string): string;
}
