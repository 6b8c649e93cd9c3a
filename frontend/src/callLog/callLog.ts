/** The call log: what is shown of it, loaded by pages and kept fresh by pushes. */
import { pagedList, type PagedList } from "../lists/pagedList";
import type { Call } from "../messages";
import type { Api, LogScope } from "../ports";

interface LogQuery {
  scope: LogScope;
  search: string;
}

export interface CallLogStore extends PagedList<Call, LogQuery> {
  filter(scope: LogScope): void;
  search(text: string): void;
}

const TYPING_PAUSE = 250;

/** Newest first. */
export function byStart(one: Call, other: Call): number {
  return other.start_time.localeCompare(one.start_time) || other.sid.localeCompare(one.sid);
}

export function createCallLog(api: Pick<Api, "calls" | "callsAt">, agentId: number): CallLogStore {
  const list = pagedList<Call, LogQuery>(
    { scope: "all", search: "" },
    {
      first: ({ search, scope }) => api.calls({ search: search.trim(), scope }),
      at: (next) => api.callsAt(next),
      key: (call) => call.sid,
      compare: byStart,
      revision: (call) => call.revision,
      // While somebody is called back, the first call is a leg of that call; afterwards it may be the other way round.
      holds: (call) => call.legs.map((leg) => leg.sid),
      shows: (call, { scope, search }) => passes(scope, call, agentId) && (search.trim() ? "ask" : true),
    },
  );
  return {
    ...list,
    filter(scope) {
      if (scope !== list.get().query.scope) list.ask({ scope });
    },
    search: (search) => list.ask({ search }, TYPING_PAUSE),
  };
}

function passes(scope: LogScope, call: Call, agentId: number): boolean {
  // A colleague's call that came here is one's own, also when nobody answered it.
  if (scope === "mine") return call.agent?.id === agentId || (call.internal && call.incoming);
  return scope === "all" || call.result === scope;
}
