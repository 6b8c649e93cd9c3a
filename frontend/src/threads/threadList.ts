/** The threads: what is shown of them, loaded by pages and kept fresh by pushes; and how many wait to be read. */
import { pagedList, type PagedList } from "../lists/pagedList";
import type { Thread, UnreadThread } from "../messages";
import type { Api, ThreadScope } from "../ports";

interface ThreadQuery {
  scope: ThreadScope;
  search: string;
}

/** Of threads, not of texts. */
export interface UnreadCounts {
  mine: number;
  nobody: number;
}

export interface ThreadListStore extends PagedList<Thread, ThreadQuery> {
  filter(scope: ThreadScope): void;
  search(text: string): void;
  unread(): UnreadCounts;
  /** All that are unread, as the server counts them. */
  recount(unread: UnreadThread[]): void;
}

const TYPING_PAUSE = 250;

/** The newest text first. */
function byLast(one: Thread, other: Thread): number {
  return other.last_at.localeCompare(one.last_at) || other.id - one.id;
}

export function createThreadList(
  api: Pick<Api, "threads" | "threadsAt">,
  agentId: number,
): ThreadListStore {
  const unread = new Map<number, UnreadThread>();
  const counted = new Set<() => void>();
  const list = pagedList<Thread, ThreadQuery>(
    { scope: "all", search: "" },
    {
      first: ({ search, scope }) => api.threads({ search: search.trim(), scope }),
      at: (next) => api.threadsAt(next),
      key: (thread) => String(thread.id),
      compare: byLast,
      revision: (thread) => thread.revision,
      shows: (thread, { scope, search }) => passes(scope, thread, agentId) && (search.trim() ? "ask" : true),
    },
  );

  function note({ id, assigned_to, unread: count }: UnreadThread): void {
    if (count > 0) unread.set(id, { id, assigned_to, unread: count });
    else unread.delete(id);
  }

  return {
    ...list,
    subscribe(listener) {
      counted.add(listener);
      const leave = list.subscribe(listener);
      return () => {
        counted.delete(listener);
        leave();
      };
    },
    filter(scope) {
      if (scope !== list.get().query.scope) list.ask({ scope });
    },
    search: (search) => list.ask({ search }, TYPING_PAUSE),
    merge(thread) {
      note({ id: thread.id, assigned_to: thread.assigned_to?.id ?? null, unread: thread.unread });
      list.merge(thread);
      counted.forEach((listener) => listener());
    },
    unread() {
      const of = (whose: number | null) => [...unread.values()].filter((each) => each.assigned_to === whose);
      return { mine: of(agentId).length, nobody: of(null).length };
    },
    recount(all) {
      unread.clear();
      all.forEach(note);
      counted.forEach((listener) => listener());
    },
    clear() {
      unread.clear();
      list.clear();
    },
  };
}

function passes(scope: ThreadScope, thread: Thread, agentId: number): boolean {
  if (scope === "mine") return thread.assigned_to?.id === agentId;
  return scope === "all" || thread.assigned_to === null;
}
