/** The address of a contact's page, which can be shared: `/contacts/12/`. The page itself is never left. */
import { deskRoot } from "../address";

const CONTACT = /\/contacts\/(?:(\d{1,18})\/)?$/;

export type Place = "elsewhere" | "contacts" | number;

/** What an address is about. */
export function placeOf(path: string): Place {
  const found = CONTACT.exec(path);
  if (!found) return "elsewhere";
  return found[1] ? Number(found[1]) : "contacts";
}

/** The address of a place. */
export function pathOf(place: Place, here: string): string {
  const root = deskRoot(here);
  if (place === "elsewhere") return `${root}/`;
  return place === "contacts" ? `${root}/contacts/` : `${root}/contacts/${place}/`;
}
