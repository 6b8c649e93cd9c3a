import type { PresenceState } from "../messages";

/** A shape of its own for each state: colour alone says nothing. */
export function PresenceDot({ presence }: { presence: PresenceState }) {
  return <span class={`dot dot-${presence}`} aria-hidden="true" />;
}
