/** An open thread: who it is with, what was written and said, and the field to write in. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { fullTime, initials } from "../format";
import { sendsPathOf } from "../groupSends/address";
import { isolated } from "../names";
import type { Call, Presence, Text, TextConsent, TextFile, ThreadEntry } from "../messages";
import type { Conversation } from "../threads/conversation";
import {
  assigneeOf,
  callSentence,
  fileWord,
  momentOf,
  shortTitleOf,
  sizeWord,
  stateWord,
  titleOf,
  writerOf,
} from "../threads/words";
import { wayIcon, wayWord } from "../words";
import { rich } from "../i18n/rich";
import { Composer } from "./Composer";
import { EmptyState, Loading } from "./EmptyState";
import { Icon } from "./Icon";
import { Menu } from "./Menu";
import type { MessagesProps } from "./Messages";
import { VoiceMessage } from "./VoiceMessage";
import { t } from "../i18n/i18n";

interface Props extends MessagesProps {
  open: Conversation;
  onBack(): void;
}

export function ThreadView(props: Props) {
  const { open, conversation, me, canDial, onCall, onBack } = props;
  const title = titleOf(open);
  const root = useRef<HTMLElement>(null);

  useLayoutEffect(() => {
    if (conversation.isFresh()) document.getElementById("thread-title")?.focus();
  });

  // What is seen is read; a tab in the background is not.
  useEffect(() => {
    const look = () => {
      const shown = root.current?.checkVisibility?.() ?? true;
      conversation.look(shown && document.visibilityState === "visible");
    };
    look();
    document.addEventListener("visibilitychange", look);
    const resized = new ResizeObserver(look);
    if (root.current) resized.observe(root.current);
    return () => {
      resized.disconnect();
      document.removeEventListener("visibilitychange", look);
      conversation.look(false);
    };
  }, [conversation]);

  return (
    <section class="thread" aria-labelledby="thread-title" ref={root}>
      <div class="thread-head">
        <button type="button" class="icon-button thread-back" aria-label={t("threads.back")} onClick={onBack}>
          <span class="turned">
            <Icon name="chevron-down" />
          </span>
        </button>
        <span class="contact-disc thread-disc" aria-hidden="true">
          {(open.contact && initials(open.contact.name)) || <Icon name="person" />}
        </span>
        <div class="thread-who">
          <h2 id="thread-title" tabIndex={-1} title={title}>
            {title}
          </h2>
          <p>
            {[
              open.contact ? isolated(open.display) : "",
              t("threads.from", { line: `${open.line.name} ${open.line.display}` }),
            ]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
        {open.thread && <Assign {...props} />}
        <button
          type="button"
          class="plain-button thread-call"
          disabled={!canDial || !open.number.startsWith("+")}
          aria-label={t("log.call", { name: title })}
          onClick={() => onCall(open)}
        >
          <Icon name="phone" /> <span>{t("common.call")}</span>
        </button>
      </div>
      <Entries open={open} {...{ conversation, me }} onSend={props.onSend} />
      {open.thread?.closed ? <Closed {...props} why={open.thread.closed} /> : <Composer {...props} />}
    </section>
  );
}

/** Whose thread it is. */
function Assign({ open, conversation, me, team }: Props) {
  const [isOpen, setOpen] = useState(false);
  const owner = open.thread?.assigned_to ?? null;
  const agents = [me, ...team.map((each: Presence) => each.agent)];
  const choices = [null, ...(owner && !agents.some(({ id }) => id === owner.id) ? [owner] : []), ...agents];
  const name = assigneeOf(owner, -1);
  return (
    <Menu
      label={t("threads.whose", { name: owner ? `${name} (${initials(owner.name)})` : name })}
      buttonClass="plain-button thread-assign"
      focusId="assign"
      open={isOpen}
      onOpen={setOpen}
      face={
        <>
          <Icon name="person" size={18} /> <span class="assign-name">{name}</span>
          {owner && (
            <span class="assign-initials" aria-hidden="true">
              {initials(owner.name)}
            </span>
          )}{" "}
          <Icon name="chevron-down" size={16} />
        </>
      }
    >
      {choices.map((agent) => {
        const chosen = (agent?.id ?? null) === (owner?.id ?? null);
        return (
          <button
            type="button"
            key={agent?.id ?? 0}
            role="menuitemradio"
            aria-checked={chosen}
            tabIndex={-1}
            onClick={() => void conversation.assign(agent?.id ?? null)}
          >
            <span>{assigneeOf(agent, me.id)}</span>
            {chosen && <Icon name="check" size={18} />}
          </button>
        );
      })}
    </Menu>
  );
}

/** How near its end counts as its end, where the newest is followed. */
const NEAR = 80;

function Entries({ open, conversation, me, onSend }: Pick<Props, "open" | "conversation" | "me" | "onSend">) {
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
        <p class="log-more">
          <button
            type="button"
            class="small-button"
            aria-disabled={more === "loading"}
            onClick={() => conversation.loadOlder()}
          >
            {more === "loading"
              ? t("log.loadingMore")
              : more === "failed"
                ? t("log.moreFailed")
                : t("threads.older")}
          </button>
        </p>
      )}
      {status === "ready" && entries.length === 0 && (
        <p class="quiet thread-first">{t("threads.first", { name })}</p>
      )}
      <ol class="entries">
        {status === "ready" &&
          entries.map((entry) => (
            <Entry
              key={entry.id}
              {...{ entry, name, me }}
              line={open.line.name}
              onRetry={conversation.retry}
              onAsk={conversation.ask}
              onSend={onSend}
            />
          ))}
      </ol>
    </div>
  );
}

interface EntryProps {
  entry: ThreadEntry;
  name: string;
  line: string;
  me: Pick<Props["me"], "id">;
  onRetry(text: Text): Promise<void>;
  onAsk(text: Text): Promise<void>;
  onSend(id: number): void;
}

function Entry({ entry, name, line, me, onRetry, onAsk, onSend }: EntryProps) {
  if (entry.message) return <Bubble text={entry.message} {...{ me, name, onRetry, onAsk, onSend }} />;
  if (entry.call) return <CallLine call={entry.call} name={name} />;
  return entry.consent && <ConsentLine consent={entry.consent} at={entry.at} {...{ name, line }} />;
}

function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {momentOf(at, Date.now())}
    </time>
  );
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

type BubbleProps = Pick<EntryProps, "me" | "name" | "onRetry" | "onAsk" | "onSend"> & { text: Text };

function Bubble({ text, me, name, onRetry, onAsk, onSend }: BubbleProps) {
  const [helpOpen, setHelpOpen] = useState(false);
  const ours = text.direction === "outbound";
  const failed = text.state === "failed";
  const unknown = text.state === "unknown";
  const files = text.media;
  return (
    <li class={`bubble ${ours ? "bubble-out" : "bubble-in"} ${failed ? "bubble-failed" : ""}`}>
      <span class="visually-hidden">{ours ? "" : t("threads.wrote", { name })}</span>
      {files.map((file) => (
        <FileOf key={file.id} file={file} />
      ))}
      {text.body && (
        <p class="bubble-text" dir="auto">
          {text.body}
        </p>
      )}
      {(failed || unknown) && (
        <p class="bubble-problem">
          <Icon name="alert" size={16} />
          <span>
            {failed && t("threads.notDeliveredDot")} {text.problem}
          </span>
        </p>
      )}
      {helpOpen && <p class="small">{text.help}</p>}
      <p class="bubble-foot">
        {unknown && (
          <button type="button" class="small-button" onClick={() => void onAsk(text)}>
            <Icon name="search" size={16} /> {t("threads.askTwilio")}
          </button>
        )}
        {failed && text.may_retry && (
          <button type="button" class="small-button" onClick={() => void onRetry(text)}>
            <Icon name="retry" size={16} /> {t("common.tryAgain")}
          </button>
        )}
        {failed && text.help && (
          <button
            type="button"
            class="text-button"
            aria-expanded={helpOpen}
            onClick={() => setHelpOpen(!helpOpen)}
          >
            {t("call.whatHelps")}
          </button>
        )}
        <span class="bubble-meta">
          {ours && `${writerOf(text, me.id)} · `}
          {text.group_send && (
            <>
              <SendLink send={text.group_send} onSend={onSend} />
              {" · "}
            </>
          )}
          <Moment at={text.at} />
          {ours && !failed && !unknown && ` · ${stateWord(text)}`}
          {files.map((file) => ` · ${kept(file)}`)}
          {failed && text.error_code && ` · ${t("threads.forAdmin", { code: text.error_code })}`}
        </span>
      </p>
    </li>
  );
}

interface SendLinkProps {
  send: NonNullable<Text["group_send"]>;
  onSend(id: number): void;
}

/** The group send that a text was part of: a page of its own, which opens without leaving this one. */
function SendLink({ send, onSend }: SendLinkProps) {
  return (
    <a
      href={sendsPathOf(send.id, location.pathname)}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onSend(send.id);
      }}
    >
      {t("threads.ofSend", { title: isolated(send.title) })}
    </a>
  );
}

function kept(file: TextFile): string {
  const word = fileWord(file);
  if (file.state !== "kept") return word;
  return [word, file.size ? sizeWord(file.size) : "", t("threads.keptHere")].filter(Boolean).join(", ");
}

const SHOWN = ["image/jpeg", "image/png", "image/gif", "image/webp"];

function FileOf({ file }: { file: TextFile }) {
  if (file.state !== "kept" || !file.url) {
    return (
      <p class="bubble-file quiet">
        <Icon name="clip" size={16} /> {t(`threads.file.${file.state}`)}
      </p>
    );
  }
  if (SHOWN.includes(file.content_type)) {
    return (
      <a class="bubble-photo" href={file.url} target="_blank" rel="noopener">
        <img src={file.url} alt={t("threads.photoOpens")} loading="lazy" />
        <span class="visually-hidden">{t("app.newTab")}</span>
      </a>
    );
  }
  return (
    <a class="bubble-file" href={file.url} download>
      <Icon name="clip" size={16} /> {t("threads.save", { file: fileWord(file) })}
    </a>
  );
}

/** In the place of the field: why nothing can be written. */
function Closed({ open, why, canDial, onCall }: Props & { why: "stopped" | "blocked" | "landline" }) {
  const name = shortTitleOf(open);
  const { line } = open;
  return (
    <div class="closed">
      <Icon name="stop" />
      <div>
        <p class="closed-title">{t(`threads.closed.${why}`, { name, line: line.name })}</p>
        <p>{t(`threads.closedText.${why}`, { name, number: line.display })}</p>
      </div>
      <button
        type="button"
        class="go-button"
        disabled={!canDial || why === "blocked" || !open.number.startsWith("+")}
        onClick={() => onCall(open)}
      >
        <Icon name="phone" size={18} /> {t("common.call")}
      </button>
    </div>
  );
}
