/** What the desk knows of group sends, and what it asks the server for. */
import type { Page } from "../lists/pagedList";
import type { components } from "../generated/api";

type Schemas = components["schemas"];

export type GroupSend = Schemas["GroupSend"];
/** Of the list: without the contacts and numbers that were chosen. */
export type SendRow = Schemas["GroupSendRow"];
export type SendState = GroupSend["state"];
export type SendProgress = NonNullable<GroupSend["progress"]>;
export type SendSummary = NonNullable<GroupSend["summary"]>;
/** What a push tells of a send. */
export type SendPart = Schemas["SendProgressPart"];
export type Recipient = Schemas["GroupRecipient"];
export type Money = Schemas["Money"];
export type SendInput = Schemas["GroupSendInput"];

/** A group of contacts, and how many belong to it now. */
export type ChoosableGroup = Pick<Schemas["Group"], "id" | "name"> & { members: number };

/** Which people of a send are shown. */
export type Shown =
  | "all"
  | "to-look-at"
  | "delivered"
  | "sent"
  | "not-delivered"
  | "unknown"
  | "waiting"
  | "replies"
  | "left-out";

export interface GroupSendsApi {
  list(): Promise<Page<SendRow>>;
  listAt(url: string): Promise<Page<SendRow>>;
  send(id: number): Promise<GroupSend>;
  create(values: SendInput): Promise<GroupSend>;
  /** Fails with status 409 when it was started, or changed by somebody else meanwhile. */
  change(id: number, values: Partial<SendInput>, revision: number): Promise<GroupSend>;
  remove(id: number): Promise<void>;
  /** Fails with status 409 when it is not the draft of that revision any more. */
  start(id: number, revision: number): Promise<GroupSend>;
  pause(id: number): Promise<GroupSend>;
  resume(id: number): Promise<GroupSend>;
  cancel(id: number): Promise<GroupSend>;
  /** To all whose phone or network was away. */
  retry(id: number): Promise<GroupSend>;
  toMyself(id: number, number: string): Promise<void>;
  recipients(id: number, query: { show: Shown; search: string }): Promise<Page<Recipient>>;
  recipientsAt(id: number, url: string): Promise<Page<Recipient>>;
  retryOne(id: number, recipient: number): Promise<Recipient>;
  /** Whether Twilio has the text. Sends nothing. */
  ask(id: number, recipient: number): Promise<Recipient>;
  /** Where the table of results is got from. */
  resultsUrl(id: number): string;
  groups(): Promise<ChoosableGroup[]>;
}
