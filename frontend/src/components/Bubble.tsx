/** One text of a thread: what it says, its files, how far it came, and what can be done about it. */
import { useState } from "preact/hooks";
import { sendsPathOf } from "../groupSends/address";
import type { Agent, Text, TextFile } from "../messages";
import { isolated } from "../names";
import type { Conversation } from "../threads/conversation";
import { fileWord, sizeWord, stateWord, writerOf } from "../threads/threadWords";
import { Anyway } from "./Anyway";
import { Icon } from "./Icon";
import { Moment } from "./Moment";
import { t } from "../i18n/i18n";

interface Props {
  text: Text;
  /** How the other party is called. */
  name: string;
  me: Pick<Agent, "id">;
  /** What became of trying it again. */
  again: Conversation["again"];
  onRetry(text: Text, override?: string): Promise<void>;
  onAsk(text: Text): Promise<void>;
  /** Opens a group send. */
  onSend(id: number): void;
}

export function Bubble({ text, me, name, again, onRetry, onAsk, onSend }: Props) {
  const [helpOpen, setHelpOpen] = useState(false);
  const [reason, setReason] = useState("");
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
      {again?.text === text.id && again.problem && (
        <p class="bubble-problem" role="alert">
          <Icon name="alert" size={16} /> <span>{again.problem}</span>
        </p>
      )}
      {again?.text === text.id && again.needsReason && (
        <Anyway
          id={`again-reason-${text.id}`}
          label={t("anyway.send")}
          busy={false}
          onReason={setReason}
          onGo={() => void onRetry(text, reason.trim())}
          {...{ reason }}
        />
      )}
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
          {ours && (text.by || !text.group_send) && `${writerOf(text, me.id)} · `}
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
