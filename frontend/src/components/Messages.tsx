/** Texts: the threads at the left, the one that is open beside them; on a phone one after the other. */
import { useEffect, useRef, useState } from "preact/hooks";
import { shortWhen, fullTime } from "../format";
import type { NoteDrafts } from "../contacts/noteDrafts";
import type { Agent, Line, Presence, Thread } from "../messages";
import type { Api, ContactFound, ThreadScope } from "../ports";
import type { ConversationStore } from "../threads/conversation";
import type { Correspondent } from "../threads/correspondent";
import type { ThreadListStore } from "../threads/threadList";
import { previewOf } from "../threads/threadWords";
import { titleOf } from "../threads/words";
import { isolated } from "../names";
import { EmptyState, Loading } from "./EmptyState";
import { ThreadView } from "./ThreadView";
import { useStore } from "./useStore";
import { t } from "../i18n/i18n";
import { LoadMore } from "./LoadMore";
import { serverNow } from "../serverClock";
import { SearchBox } from "./SearchBox";

const SCOPES: ThreadScope[] = ["all", "mine", "nobody"];
const PAUSE = 250;

export interface MessagesProps {
  threads: ThreadListStore;
  conversation: ConversationStore;
  api: Pick<Api, "contacts">;
  me: Pick<Agent, "id" | "name">;
  team: Presence[];
  /** From which the first text to somebody is sent. */
  line: Line | null;
  canDial: boolean;
  onCall(whom: Correspondent): void;
  /** Opens a group send. */
  onSend(id: number): void;
  notes: NoteDrafts;
  /** Notes something on a contact's page. */
  onNote(contact: number, text: string): Promise<void>;
}

export function Messages(props: MessagesProps) {
  const { threads, conversation, me } = props;
  const open = useStore(conversation);
  const { query, rows, next, status, more } = useStore(threads);
  const { scope, search } = query;
  const unread = threads.unread();

  function back(): void {
    const id = open?.thread?.id;
    conversation.close();
    setTimeout(() => {
      const row = document.querySelector<HTMLElement>(`[data-thread="${id ?? ""}"]`);
      (row ?? document.getElementById("threads-title"))?.focus();
    });
  }

  return (
    <div class="messages" data-open={open !== null}>
      <div class="threads">
        <h2 id="threads-title" class="visually-hidden" tabIndex={-1} data-home>
          {t("tab.messages")}
        </h2>
        <SearchBox
          id="thread-search"
          label={t("threads.search")}
          text={search}
          onSearch={(text) => threads.search(text)}
        />
        <div class="segments threads-segments" role="radiogroup" aria-label={t("threads.show")}>
          {SCOPES.map((value) => {
            const count = value === "all" ? 0 : unread[value];
            return (
              <label key={value}>
                <input
                  type="radio"
                  name="thread-scope"
                  checked={scope === value}
                  onChange={() => threads.filter(value)}
                />
                <span>
                  {t(`threads.${value}`)}
                  {count > 0 && <CountWord count={count} />}
                </span>
              </label>
            );
          })}
        </div>
        <p class="visually-hidden" role="status">
          {status === "ready" && search.trim() !== "" && t("threads.found", { count: rows.length })}
        </p>
        {status === "loading" && <Loading />}
        {status === "failed" && (
          <EmptyState icon="alert" title={t("threads.notLoaded")} text={t("common.callsUnaffected")}>
            <button type="button" class="small-button" onClick={() => threads.load()}>
              {t("common.tryAgain")}
            </button>
          </EmptyState>
        )}
        {status === "ready" && rows.length > 0 && (
          <Rows
            {...{ rows, me }}
            open={open?.thread?.id ?? null}
            onOpen={conversation.open}
            onCall={props.onCall}
          />
        )}
        {status === "ready" && rows.length === 0 && <Nothing scope={scope} search={search.trim()} />}
        {status === "ready" && next && (
          <LoadMore more={more} text={t("threads.earlier")} onMore={() => threads.loadMore()} />
        )}
        {search.trim() !== "" && <People {...props} search={search.trim()} onStart={conversation.openWith} />}
      </div>
      {open ? (
        <ThreadView key={`${open.line.id} ${open.number}`} {...props} open={open} onBack={back} />
      ) : (
        <div class="thread thread-none">
          <EmptyState icon="message" title={t("threads.choose")} text={t("threads.chooseText")} />
        </div>
      )}
    </div>
  );
}

function CountWord({ count }: { count: number }) {
  return (
    <>
      {" "}
      <span aria-hidden="true">{count}</span>
      <span class="visually-hidden">{t("threads.toRead", { count })}</span>
    </>
  );
}

interface RowsProps {
  rows: Thread[];
  open: number | null;
  me: Pick<Agent, "id">;
  onOpen(thread: Thread): void;
  onCall(whom: Correspondent): void;
}

/** One stop of Tab; ↑ and ↓ go through the rows, C calls. */
function Rows({ rows, open, me, onOpen, onCall }: RowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const stop = rows.some(({ id }) => id === chosen) ? chosen : (open ?? rows[0]?.id);
  const stops = rows.some(({ id }) => id === stop) ? stop : rows[0]?.id;

  function onKeyDown(event: KeyboardEvent): void {
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("[data-thread]") ?? [])];
    const at = buttons.indexOf(event.target as HTMLElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (at < 0) return;
    if (step) {
      buttons[Math.max(0, at + step)]?.focus();
      event.preventDefault();
    }
    const row = rows[at];
    if (row && event.key.toLowerCase() === "c" && !event.ctrlKey && !event.metaKey) onCall(row);
  }

  return (
    <ul class="thread-rows" ref={list} onKeyDown={onKeyDown}>
      {rows.map((thread) => {
        const { id, last, last_at, unread } = thread;
        const { text, tone } = previewOf(thread, me.id);
        const title = titleOf(thread);
        return (
          <li key={id}>
            <button
              type="button"
              class="thread-row"
              data-thread={id}
              aria-current={id === open}
              tabIndex={id === stops ? 0 : -1}
              onFocus={() => setChosen(id)}
              onClick={() => onOpen(thread)}
            >
              <strong title={title}>{title}</strong>
              {last ? (
                <time dateTime={last_at} title={fullTime(last_at)}>
                  {shortWhen(last_at, serverNow())}
                </time>
              ) : (
                // Its moment is none that anything was written at.
                <span />
              )}
              <span class={`thread-preview thread-preview-${tone}`} dir="auto">
                {text}
              </span>
              {unread > 0 && (
                <span class="count">
                  <span aria-hidden="true">{unread}</span>
                  <span class="visually-hidden">{t("threads.toRead", { count: unread })}</span>
                </span>
              )}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Nothing({ scope, search }: { scope: ThreadScope; search: string }) {
  if (search) {
    return (
      <EmptyState
        icon="search"
        title={t("log.nothingFor", { text: search })}
        text={t("threads.nothingText")}
      />
    );
  }
  if (scope !== "all") {
    const key = scope === "mine" ? "threads.nothingMine" : "threads.nothingNobody";
    return <EmptyState icon="message" title={t(key)} text={t("threads.nothingScope")} />;
  }
  return <EmptyState icon="message" title={t("threads.empty")} text={t("threads.emptyText")} />;
}

/** Whom one could write to: contacts that fit what is searched for. */
function People({
  search,
  api,
  line,
  onStart,
}: Pick<MessagesProps, "api" | "line"> & { search: string; onStart(whom: Correspondent): void }) {
  const [found, setFound] = useState<ContactFound[]>([]);
  useEffect(() => {
    let stale = false;
    const timer = setTimeout(() => {
      api
        .contacts(search)
        .then((contacts) => !stale && setFound(contacts.slice(0, 5)))
        .catch(() => !stale && setFound([]));
    }, PAUSE);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [search, api]);
  const people = found.flatMap((contact) => contact.numbers.map((number) => ({ contact, number })));
  if (!line || people.length === 0) return null;
  return (
    <section class="people" aria-labelledby="people-title">
      <h3 id="people-title">{t("threads.writeTo")}</h3>
      <ul class="thread-rows">
        {people.map(({ contact, number: { number, display, label, extension } }) => (
          <li key={number}>
            <button
              type="button"
              class="thread-row"
              disabled={Boolean(extension)}
              onClick={() => onStart({ line, number, display, contact })}
            >
              <strong>{isolated(contact.name)}</strong>
              <span class="thread-preview">
                {[label, isolated(display), extension && t("threads.noExtension")]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
