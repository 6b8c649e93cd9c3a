/** What was written and said in a thread, the oldest first: texts, calls, and what was said of texts. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isolated } from "../names";
import type { Agent, Call, Text, TextConsent, ThreadEntry } from "../messages";
import type { Conversation, ConversationStore } from "../threads/conversation";
import { callSentence } from "../threads/threadWords";
import { shortTitleOf } from "../threads/words";
import { wayIcon, wayWord } from "../words";
import { rich } from "../i18n/rich";
import { Bubble } from "./Bubble";
import { EmptyState, Loading } from "./EmptyState";
import { Icon } from "./Icon";
import { LoadMore } from "./LoadMore";
import { Moment } from "./Moment";
import { VoiceMessage } from "./VoiceMessage";
import { t } from "../i18n/i18n";

interface Props {
  open: Conversation;
  conversation: ConversationStore;
  me: Pick<Agent, "id">;
  /** Opens a group send. */
  onSend(id: number): void;
}

/** How near its end counts as its end, where the newest is followed. */
const NEAR = 80;

export function ThreadEntries({ open, conversation, me, onSend }: Props) {
  const { entries, status, next, more } = open;
  const body = useRef<HTMLDivElement>(null);
  const before = useRef({ first: "", height: 0, atEnd: true });
  const name = shortTitleOf(open);
  const first = entries[0]?.id ?? "";

  // Who reads at the end goes on reading there; who reads what is older stays at it while more is put before it.
  useLayoutEffect(() => {
    const element = body.current;
    if (!element) return;
    const last = before.current;
    if (last.atEnd) element.scrollTop = element.scrollHeight;
    else if (last.first && last.first !== first) element.scrollTop += element.scrollHeight - last.height;
    before.current = { ...last, first, height: element.scrollHeight };
  }, [entries, first, status]);

  // What is drawn late, like a photo, must not push the newest out of sight.
  useEffect(() => {
    const element = body.current;
    const list = element?.querySelector(".entries");
    if (!element || !list) return undefined;
    const grown = new ResizeObserver(() => {
      if (before.current.atEnd) element.scrollTop = element.scrollHeight;
    });
    grown.observe(list);
    return () => grown.disconnect();
  }, []);

  function onScroll(): void {
    const element = body.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    before.current = { ...before.current, atEnd, height: element.scrollHeight };
  }

  return (
    // Without a stop of its own the keyboard could not scroll it.
    <div
      class="thread-body"
      ref={body}
      onScroll={onScroll}
      tabIndex={0}
      role="group"
      aria-label={t("threads.log")}
    >
      {status === "loading" && <Loading />}
      {status === "failed" && (
        <EmptyState icon="alert" title={t("threads.threadNotLoaded")} text={t("common.callsUnaffected")}>
          <button type="button" class="small-button" onClick={() => conversation.load()}>
            {t("common.tryAgain")}
          </button>
        </EmptyState>
      )}
      {status === "ready" && next && (
        <LoadMore more={more} text={t("threads.older")} onMore={() => conversation.loadOlder()} />
      )}
      {status === "ready" && entries.length === 0 && (
        <p class="quiet thread-first">{t("threads.first", { name })}</p>
      )}
      <ol class="entries">
        {status === "ready" &&
          entries.map((entry, place) => (
            <Entry
              key={entry.id}
              {...{ entry, name, me }}
              isSentAgain={isSentAgain(entry, entries.slice(place + 1))}
              line={open.line.name}
              again={open.again}
              onRetry={conversation.retry}
              onAsk={conversation.ask}
              onSend={onSend}
            />
          ))}
      </ol>
    </div>
  );
}

/** Whether the same was written again since: then that one is tried again, if any. */
function isSentAgain({ message }: ThreadEntry, later: ThreadEntry[]): boolean {
  const isSame = ({ message: other }: ThreadEntry) =>
    other?.direction === "outbound" && other.body === message?.body;
  return message?.state === "failed" && message.body !== "" && later.some(isSame);
}

interface EntryProps {
  entry: ThreadEntry;
  isSentAgain: boolean;
  name: string;
  line: string;
  me: Props["me"];
  again: Conversation["again"];
  onRetry(text: Text, override?: string): Promise<void>;
  onAsk(text: Text): Promise<void>;
  onSend(id: number): void;
}

function Entry({ entry, isSentAgain, name, line, me, again, onRetry, onAsk, onSend }: EntryProps) {
  if (entry.message) {
    const text = isSentAgain ? { ...entry.message, may_retry: false } : entry.message;
    return <Bubble {...{ text, me, name, again, onRetry, onAsk, onSend }} />;
  }
  if (entry.call) return <CallLine call={entry.call} name={name} />;
  return entry.consent && <ConsentLine consent={entry.consent} at={entry.at} {...{ name, line }} />;
}

function CallLine({ call, name }: { call: Call; name: string }) {
  const way = wayIcon(call);
  return (
    <li class="band">
      <span class={`way way-${way}`}>
        <Icon name={way} size={18} />
        <span class="visually-hidden">{wayWord(way)}</span>
      </span>
      <div class="band-what">
        <p>
          {callSentence(call, name)}
          {call.note && (
            <>
              {" · "}
              <span class="band-note" title={call.note}>
                {call.note}
              </span>
            </>
          )}
        </p>
        {call.recordings.map((recording) => (
          <VoiceMessage key={recording.sid} recording={recording} from={name} />
        ))}
      </div>
      <Moment at={call.start_time} />
    </li>
  );
}

interface ConsentProps {
  consent: TextConsent;
  at: string;
  name: string;
  line: string;
}

function ConsentLine({ consent, at, name, line }: ConsentProps) {
  const allowed = consent.state === "allowed";
  return (
    <li class="band">
      <Icon name={allowed ? "check" : "stop"} size={18} />
      <p class="band-what">{consentSentence({ consent, name, line })}</p>
      <Moment at={at} />
    </li>
  );
}

function consentSentence({ consent, name, line }: Omit<ConsentProps, "at">) {
  const { state, source, note } = consent;
  const who = isolated(consent.by?.name ?? "") || t("threads.somebody");
  const word = <strong>{note.toUpperCase()}</strong>;
  if (source === "text") {
    return state === "forbidden"
      ? rich("threads.wroteStop", { name, line, word })
      : rich("threads.wroteStart", { name, line, word });
  }
  if (source === "twilio") return t("threads.twilioStopped", { name, line });
  return state === "forbidden"
    ? t("threads.textsForbidden", { name, line, who })
    : t("threads.textsAllowed", { name, line, who });
}
