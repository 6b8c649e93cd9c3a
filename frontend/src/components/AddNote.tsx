/** A note on a contact, to be written and saved. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { NoteDrafts } from "../contacts/noteDrafts";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

interface Props {
  id: string;
  contact: number;
  notes: NoteDrafts;
  /** Why it could not be saved, as a sentence, or "". */
  onSave(text: string): Promise<string>;
  onClose(): void;
}

export function AddNote({ id, contact, notes, onSave, onClose }: Props) {
  const [text, setText] = useState(notes.of(contact));
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  // What was begun before stands there again, and nobody has asked for it just now.
  useLayoutEffect(() => {
    if (!text) field.current?.focus();
  }, []);

  function write(now: string): void {
    setText(now);
    notes.write(contact, now);
  }

  /** It is saved, or not wanted any more. */
  function close(): void {
    notes.write(contact, "");
    onClose();
  }

  async function save(): Promise<void> {
    if (!text.trim() || saving) return;
    setSaving(true);
    const why = await onSave(text);
    setSaving(false);
    setProblem(why);
    if (!why) close();
  }

  return (
    <form
      id={id}
      class="card note note-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="device">
        <label for={`${id}-text`}>{t("common.note")}</label>
        <textarea
          id={`${id}-text`}
          ref={field}
          rows={3}
          maxLength={5000}
          value={text}
          onInput={(event) => write(event.currentTarget.value)}
        />
      </div>
      {problem && (
        <p class="hint hint-wrong" role="alert">
          <Icon name="alert" size={16} /> <span>{problem}</span>
        </p>
      )}
      <div class="note-foot">
        <button type="submit" class="small-button" aria-disabled={!text.trim() || saving}>
          {saving ? t("note.saving") : t("contact.saveNote")}
        </button>
        <button type="button" class="small-button" onClick={close}>
          {t("contact.cancel")}
        </button>
      </div>
    </form>
  );
}
