/** The address of a contact's page, which can be shared: `/contacts/12/`. The page itself is never left. */

const CONTACT = /^(.*?)\/contacts\/(?:(\d{1,18})\/)?$/;

export type Place = "elsewhere" | "contacts" | number;

/** What an address is about. */
export function placeOf(path: string): Place {
  const found = CONTACT.exec(path);
  if (!found) return "elsewhere";
  return found[2] ? Number(found[2]) : "contacts";
}

/** The address of a place, beside that which the page was loaded from. */
export function pathOf(place: Place, here: string): string {
  const root = CONTACT.exec(here)?.[1] ?? here.replace(/\/$/, "");
  if (place === "elsewhere") return `${root}/`;
  return place === "contacts" ? `${root}/contacts/` : `${root}/contacts/${place}/`;
}
