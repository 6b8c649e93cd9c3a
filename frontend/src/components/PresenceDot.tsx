import type { ShownPresence } from "../words";

/** A shape of its own for each state: colour alone says nothing. */
export function PresenceDot({ presence }: { presence: ShownPresence }) {
  return <span class={`dot dot-${presence}`} aria-hidden="true" />;
}
