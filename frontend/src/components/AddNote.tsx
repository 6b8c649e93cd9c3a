/** A note on a contact, to be written and saved. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

interface Props {
  id: string;
  /** Why it could not be saved, as a sentence, or "". */
  onSave(text: string): Promise<string>;
  onClose(): void;
}

export function AddNote({ id, onSave, onClose }: Props) {
  const [text, setText] = useState("");
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);

  async function save(): Promise<void> {
    if (!text.trim() || saving) return;
    setSaving(true);
    const why = await onSave(text);
    setSaving(false);
    setProblem(why);
    if (!why) onClose();
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
          onInput={(event) => setText(event.currentTarget.value)}
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
        <button type="button" class="small-button" onClick={onClose}>
          {t("contact.cancel")}
        </button>
      </div>
    </form>
  );
}
