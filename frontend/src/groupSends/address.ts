/** The addresses of group sends, which can be shared: `/group-sends/`, `/group-sends/new/`, `/group-sends/12/`. */
import { deskRoot } from "../address";

const SENDS = /\/group-sends\/(?:(new|\d{1,18})\/)?$/;

/** `elsewhere`: the desk, or another of its views. A number is that of a send. */
export type SendsPlace = "elsewhere" | "list" | "new" | number;

/** What an address is about. */
export function sendsPlaceOf(path: string): SendsPlace {
  const found = SENDS.exec(path);
  if (!found) return "elsewhere";
  if (found[1] === undefined) return "list";
  return found[1] === "new" ? "new" : Number(found[1]);
}

/** The address of a place. */
export function sendsPathOf(place: SendsPlace, here: string): string {
  const root = deskRoot(here);
  if (place === "elsewhere") return `${root}/`;
  return place === "list" ? `${root}/group-sends/` : `${root}/group-sends/${place}/`;
}
