import { announcement } from "../softphone/announcements";
import type { SoftphoneEvent } from "../softphone/events";
import type { State } from "../softphone/state";
import { after } from "./samples";

/** Everything that is said while these events happen one after the other. */
export function said(state: State, ...events: SoftphoneEvent[]): string[] {
  const all: string[] = [];
  events.reduce((before, event) => {
    const next = after(before, event);
    const { polite, assertive } = announcement(before, next, false) ?? {};
    all.push(...[polite, assertive].filter((text) => text !== undefined));
    return next;
  }, state);
  return all;
}
