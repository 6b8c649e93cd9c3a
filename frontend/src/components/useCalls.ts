/** Calls out: from the dial pad, and from everywhere else that names somebody, which asks first what the pad asks. */
import { useRef } from "preact/hooks";
import type { ContactNumber } from "../contacts/ports";
import type { Call, Line } from "../messages";
import type { Api } from "../ports";
import { isColleague } from "../softphone/colleague";
import { canDial } from "../softphone/selectors";
import type { Hints } from "../softphone/state";
import type { Store } from "../softphone/store";
import type { Correspondent } from "../threads/correspondent";
import { focusOn } from "./useFocusRules";
import { understand } from "./useNumberCheck";

interface Where {
  store: Store;
  api: Pick<Api, "checkNumber" | "colleagues" | "contacts">;
  /** The one that is called from. */
  line: Line | null;
  /** Shows the call area. */
  onShow(): void;
  /** A call was dialled: what was typed on the pad is done with. */
  onDialled(): void;
}

let dialled = 0;

export function useCalls({ store, api, line, onShow, onDialled }: Where) {
  const asking = useRef(false);

  /** A number that was checked, or of which the server could not say anything. */
  function dial(hints: Hints, from: Line | null = line): void {
    store.send({ type: "agent.dialled", id: `dial-${++dialled}`, hints, line: from, at: Date.now() });
    onDialled();
    onShow();
  }

  async function call(hints: Hints, from: Line | null = line): Promise<void> {
    if (asking.current || !canDial(store.get())) return;
    // Whether a colleague's phone rings is decided as it is called. No line is seen there.
    if (isColleague(hints.number)) return dial(hints, null);
    asking.current = true;
    const entry = await understand(api, hints.number, from?.id ?? null);
    asking.current = false;
    // Somebody may have called meanwhile.
    if (!canDial(store.get())) return;
    if (entry.kind !== "refused" && entry.kind !== "invalid") return dial(hints, from);
    store.send({ type: "agent.refused", hints, line: from, check: entry.check, at: Date.now() });
    onShow();
    setTimeout(() => focusOn("failed"));
  }

  return {
    dial,
    call: (hints: Hints, from?: Line | null) => void call(hints, from),
    callPartyOf({ party: { number, display, name, place } }: Call): void {
      void call({ number, display, name, place, line: "" });
    },
    callCorrespondent({ number, display, contact, line: from }: Correspondent): void {
      void call({ number, display, name: contact?.name ?? "", place: "", line: "" }, from);
    },
    callContact(row: Pick<ContactNumber, "number" | "extension" | "display">, name: string): void {
      const number = row.extension ? `${row.number};ext=${row.extension}` : row.number;
      void call({ number, display: row.display, name, place: "", line: "" });
    },
  };
}
