/** Where a text is written: the field, ready-made texts, a photo or file, how long it is, and Send. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { plain } from "../names";
import type { ReadyText } from "../messages";
import type { Conversation, ConversationStore } from "../threads/conversation";
import { type ChosenFile, emptyFields, filledIn } from "../threads/drafts";
import { segmentsOf } from "../threads/segments";
import { sizeWord } from "../threads/threadWords";
import { shortTitleOf } from "../threads/words";
import { Anyway } from "./Anyway";
import { Icon } from "./Icon";
import type { MessagesProps } from "./Messages";
import { t } from "../i18n/i18n";

const LONGEST = 1600;
const TAKEN = "image/jpeg,image/png,image/gif,image/webp,image/heic,application/pdf,audio/*,video/*,.vcf";

interface Props extends Pick<MessagesProps, "me"> {
  open: Conversation;
  conversation: ConversationStore;
}

export function Composer({ open, conversation, me }: Props) {
  const { draft, sending } = open;
  const problem = open.problem || open.forbidden;
  const needsReason = open.problem ? open.needsReason : open.forbidden !== "" && open.mayOverride;
  const field = useRef<HTMLTextAreaElement>(null);
  const [choosing, setChoosing] = useState(false);
  const [reason, setReason] = useState("");
  const name = shortTitleOf(open);
  const empty = emptyFields(draft);
  const unsent = draft.files.some(({ state }) => state !== "ready");
  const failed = draft.files.some(({ state }) => state === "failed");
  const ready = draft.files.some(({ state }) => state === "ready");
  const waits = sending || unsent || empty.length > 0 || (!draft.text.trim() && !ready);

  // As high as what is written, within reason.
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [draft.text]);

  function close(): void {
    setChoosing(false);
    setTimeout(() => document.getElementById("ready-made")?.focus());
  }

  function put(text: ReadyText): void {
    const contact = open.contact?.name ?? "";
    const values = {
      "first name": contact ? plain(shortTitleOf(open)) : "",
      name: plain(contact),
      company: plain(open.contact?.company ?? ""),
      agent: plain(me.name),
      line: open.line.name,
    };
    conversation.put(filledIn(text.body, values));
    setChoosing(false);
    // The first field that nobody could fill in is chosen, to be written over.
    setTimeout(() => {
      const element = field.current;
      if (!element) return;
      element.focus();
      const gap = /\{[^{}\n]{1,40}\}/.exec(element.value);
      if (gap) element.setSelectionRange(gap.index, gap.index + gap[0].length);
    });
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Enter that ends the composition of a letter sends nothing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.ctrlKey || event.metaKey)
      return;
    event.preventDefault();
    void conversation.send();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void conversation.send();
      }}
    >
      {problem && (
        <p class="composer-problem" role="alert">
          <Icon name="alert" size={16} /> {problem}
        </p>
      )}
      {needsReason && (
        <Anyway
          id="text-reason"
          label={t("anyway.send")}
          busy={waits}
          onReason={setReason}
          onGo={() =>
            void conversation.send(reason.trim()).then(() => conversation.get()?.needsReason || setReason(""))
          }
          {...{ reason }}
        />
      )}
      <label class="visually-hidden" for="text">
        {t("threads.text", { name })}
      </label>
      <textarea
        id="text"
        ref={field}
        rows={2}
        maxLength={LONGEST}
        placeholder={t("threads.text", { name })}
        aria-describedby="text-length"
        dir="auto"
        value={draft.text}
        onInput={(event) => conversation.write(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {draft.files.length > 0 && (
        <ul class="chosen-files">
          {draft.files.map((file) => (
            <Chosen key={file.key} file={file} onDiscard={() => conversation.discard(file)} />
          ))}
        </ul>
      )}
      <div class="composer-keys">
        <button
          type="button"
          id="ready-made"
          class="small-button"
          aria-expanded={choosing}
          aria-haspopup="listbox"
          onClick={() => {
            conversation.loadReadyTexts();
            setChoosing(!choosing);
          }}
        >
          <Icon name="message" size={18} /> {t("threads.readyMade")}
        </button>
        <label class="small-button file-button">
          <Icon name="clip" size={18} /> {t("threads.photoOrFile")}
          <input
            type="file"
            multiple
            accept={TAKEN}
            onChange={(event) => {
              conversation.choose([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = "";
            }}
          />
        </label>
        <p class="composer-length" id="text-length">
          <Length text={draft.text} {...{ empty, failed }} />
        </p>
        <button type="submit" class="accent-button" aria-disabled={waits}>
          <Icon name="send" size={18} /> {sending ? t("threads.sending") : t("threads.send")}
        </button>
      </div>
      {choosing && <ReadyMade open={open} onChoose={put} onClose={close} />}
    </form>
  );
}

/** How long the text is, and what it waits for. */
function Length({ text, empty, failed }: { text: string; empty: string[]; failed: boolean }) {
  const { length, room, count, odd } = segmentsOf(text);
  if (failed) return <strong>{t("threads.fileFailed")}</strong>;
  if (empty.length > 0) {
    return <strong>{t("threads.emptyFields", { count: empty.length, names: empty.join(", ") })}</strong>;
  }
  return (
    <>
      {count > 1 ? t("threads.segments", { count, length, room }) : t("threads.length", { length, room })}
      {odd && count > 1 && <span> · {t("threads.odd", { letter: odd })}</span>}
      <span class="composer-hint"> · {t("threads.enterSends")}</span>
    </>
  );
}

function Chosen({ file, onDiscard }: { file: ChosenFile; onDiscard(): void }) {
  return (
    <li class={file.state === "failed" ? "chosen chosen-failed" : "chosen"}>
      <Icon name={file.state === "failed" ? "alert" : "clip"} size={16} />
      <span class="chosen-name" title={file.name}>
        {file.name}
      </span>
      <span class="quiet">
        {file.state === "failed"
          ? file.problem
          : file.state === "sending"
            ? t("threads.uploading")
            : sizeWord(file.size)}
      </span>
      <button
        type="button"
        class="icon-button"
        aria-label={t("threads.discard", { file: file.name })}
        onClick={onDiscard}
      >
        <Icon name="close" size={16} />
      </button>
    </li>
  );
}

interface ReadyMadeProps {
  open: Conversation;
  onChoose(text: ReadyText): void;
  onClose(): void;
}

/** ↑ ↓ choose, Enter puts it in, Esc closes. */
function ReadyMade({ open, onChoose, onClose }: ReadyMadeProps) {
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const all = open.readyTexts;
  const fits = ({ name, body }: ReadyText) =>
    `${name} ${body}`.toLowerCase().includes(search.trim().toLowerCase());
  const found = (all ?? []).filter(fits);
  const current = found[Math.min(at, found.length - 1)];

  useLayoutEffect(() => {
    root.current?.querySelector("input")?.focus();
  }, []);
  useLayoutEffect(() => {
    root.current?.querySelector("[aria-selected='true']")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step) setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    else if (event.key === "Enter" && current) onChoose(current);
    else if (event.key === "Escape") onClose();
    else if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div class="ready-made" ref={root} onKeyDown={onKeyDown}>
      <div class="search">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label={t("threads.findReady")}
          placeholder={t("threads.findReady")}
          aria-expanded="true"
          aria-controls="ready-list"
          aria-autocomplete="list"
          aria-activedescendant={current ? `ready-${current.id}` : undefined}
          autocomplete="off"
          value={search}
          onInput={(event) => {
            setSearch(event.currentTarget.value);
            setAt(0);
          }}
        />
      </div>
      <div role="listbox" id="ready-list" class="ready-list" aria-label={t("threads.readyMade")}>
        {found.map((text) => (
          <div
            key={text.id}
            role="option"
            id={`ready-${text.id}`}
            class="ready-text"
            aria-selected={text === current}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(text)}
          >
            <strong>{text.name}</strong> <span>{text.body}</span>
          </div>
        ))}
      </div>
      <p class="ready-foot" role="status">
        {all === null
          ? t("common.loading")
          : `${t("threads.readyCount", { found: found.length, all: all.length, line: open.line.name })} · ${t("threads.readyKept")}`}
      </p>
    </div>
  );
}
