/** In the place of the field: why nothing can be written, and what can be done instead. */
import { useState } from "preact/hooks";
import type { Conversation } from "../threads/conversation";
import type { Closed } from "../threads/correspondent";
import { shortTitleOf } from "../threads/words";
import { AddNote } from "./AddNote";
import { Icon } from "./Icon";
import type { MessagesProps } from "./Messages";
import { t } from "../i18n/i18n";

type Props = Pick<MessagesProps, "canDial" | "onCall" | "onNote" | "notes"> & {
  open: Conversation;
  why: Exclude<Closed, "">;
};

export function ClosedThread({ open, why, canDial, notes, onCall, onNote }: Props) {
  const { line, contact } = open;
  const [noting, setNoting] = useState(contact !== null && notes.of(contact.id) !== "");
  const [said, setSaid] = useState("");
  const name = shortTitleOf(open);
  // Without a contact there is no page of its consent.
  const key =
    why === "objected" && !contact
      ? "threads.closedText.objectedStranger"
      : (`threads.closedText.${why}` as const);
  const text = t(key, { name, number: line.display });
  const mayRing = why !== "blocked" && open.number.startsWith("+");
  const instead = !mayRing ? "" : contact ? t("threads.ringOrNote") : t("threads.ring");

  async function save(note: string): Promise<string> {
    if (!contact) return "";
    try {
      await onNote(contact.id, note);
      setSaid(t("threads.noteSaved", { name }));
      return "";
    } catch (failure) {
      return (failure as { message?: string }).message || t("threads.noteNotSaved");
    }
  }

  return (
    <div class="closed-thread">
      {noting && contact && (
        <AddNote
          id="thread-note"
          contact={contact.id}
          notes={notes}
          onSave={save}
          onClose={() => {
            setNoting(false);
            setTimeout(() => document.getElementById("thread-add-note")?.focus());
          }}
        />
      )}
      <div class="closed">
        <Icon name="stop" />
        <div>
          <p class="closed-title">{t(`threads.closed.${why}`, { name, line: line.name })}</p>
          <p>{[text, instead].filter(Boolean).join(" ")}</p>
          <p class="closed-said" role="status">
            {said}
          </p>
        </div>
        {contact && (
          <button
            type="button"
            id="thread-add-note"
            class="plain-button"
            aria-expanded={noting}
            aria-controls="thread-note"
            onClick={() => {
              setSaid("");
              setNoting(!noting);
            }}
          >
            <Icon name="note" size={18} /> {t("contact.addNote")}
          </button>
        )}
        <button type="button" class="go-button" disabled={!canDial || !mayRing} onClick={() => onCall(open)}>
          <Icon name="phone" size={18} /> {t("common.call")}
        </button>
      </div>
    </div>
  );
}
