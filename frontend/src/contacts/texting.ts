/** Which of a contact's numbers may be texted, and why others may not. */
import type { Line } from "../messages";
import type { Closed, Correspondent } from "../threads/correspondent";
import type { Consent, Consents, ContactNumber, ContactPage } from "./ports";

/** What a messaging service is called: what somebody told it counts for each of its lines. */
export const SERVICE = /^MG/;

/** Why a number gets no texts from the line, as the server says it when one is sent; "" when it gets them. */
export function whyNoTexts(
  { number, line_type, extension }: Pick<ContactNumber, "number" | "line_type" | "extension">,
  { blocked }: Pick<ContactPage, "blocked">,
  consents: Consents | null,
  line: Line,
): Closed | "extension" {
  // Texts would reach whoever reads those to a company's number, and not the person.
  if (extension) return "extension";
  // For each sender only the newest counts.
  const said = (consents?.history ?? []).filter((row) => row.number === number);
  const senders = [...new Set(said.map(({ sender }) => sender))].filter(
    (sender) => sender === line.number || SERVICE.test(sender),
  );
  const newest = (sender: string, isIt: (row: Consent) => boolean = () => true) =>
    said.find((row) => row.sender === sender && isIt(row));
  const forbidding = senders.filter((sender) => newest(sender)?.state === "forbidden");
  // Who said STOP, too, has to take that back.
  const byThemselves = ({ source }: Consent) => source === "text" || source === "twilio";
  if (forbidding.some((sender) => newest(sender, byThemselves)?.state === "forbidden")) return "stopped";
  if (forbidding.length > 0) return "objected";
  if (blocked.some((row) => row.number === number)) return "blocked";
  return line_type === "landline" ? "landline" : "";
}

/** The contact at one of its numbers, from a line. */
export function correspondent(
  { id, name, company, note }: ContactPage,
  { number, display }: Pick<ContactNumber, "number" | "display">,
  line: Line,
): Correspondent {
  return { line, number, display, contact: { id, name, company, note } };
}
