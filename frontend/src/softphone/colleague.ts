/** Calls within the house: a colleague is called by the name of their phone, as Twilio writes it. */
import type { Agent } from "../messages";
import type { Hints } from "./state";

export function isColleague(number: string): boolean {
  return number.startsWith("client:");
}

/** Whether a telephone can call it: not who kept the number back, and no address of a telephone system. */
export function canBeCalled(number: string): boolean {
  return number.startsWith("+") || isColleague(number);
}

export function hintsOfColleague({ identity, name }: Agent): Hints {
  return { number: `client:${identity}`, display: name, name, place: "", line: "" };
}
