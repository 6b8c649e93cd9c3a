/** What an agent notes of a call: a text and an outcome, saved with a button, never lost. */
import type { CallDetailsStore, OpenCall } from "../callDetails/callDetails";
import { sameNote } from "../callDetails/callDetails";
import type { CallOutcome } from "../messages";
import type { CallNote } from "../ports";
import { OUTCOMES, outcomeWord } from "../words";
import { isWritingField } from "./fields";
import { Icon } from "./Icon";
import { t } from "../i18n/i18n";

const LONGEST = 5000;

interface Props {
  open: OpenCall;
  details: CallDetailsStore;
  /** The call is over, and only its note is still to be written. */
  onDone?: (() => void) | undefined;
  /** The note of another call comes after this one. */
  waits?: boolean | undefined;
}

export function NoteForm({ open, details, onDone, waits }: Props) {
  const { sid, draft, saved, saving, theirs } = open;
  const unsaved = !sameNote(draft, saved);

  async function finish(): Promise<void> {
    await details.save(sid);
    if (!details.isUnsaved(sid)) onDone?.();
  }

  async function save(): Promise<void> {
    await details.save(sid);
    // Who has gone on writing meanwhile is not done.
    if (waits && !details.isUnsaved(sid) && !isWritingField(document.activeElement)) onDone?.();
  }

  return (
    <form
      class="note-form"
      data-note={sid}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="device">
        <label for="note">{t("common.note")}</label>
        <textarea
          id="note"
          rows={3}
          maxLength={LONGEST}
          value={draft.note}
          onInput={(event) => details.write(sid, { note: event.currentTarget.value })}
        />
      </div>
      <div class="device">
        <label for="outcome">{t("note.outcome")}</label>
        <span class="select select-field">
          <select
            id="outcome"
            value={draft.outcome}
            onChange={(event) => details.write(sid, { outcome: event.currentTarget.value as CallOutcome })}
          >
            {OUTCOMES.map((value) => (
              <option key={value} value={value}>
                {outcomeWord(value)}
              </option>
            ))}
          </select>
          <Icon name="chevron-down" size={16} />
        </span>
      </div>
      {theirs && <Conflict sid={sid} theirs={theirs} details={details} />}
      <div class="note-foot">
        {/* Never `disabled`: focus, which was just on it, would be lost. */}
        <button
          type="submit"
          class="small-button"
          aria-disabled={!unsaved || saving === "saving" || theirs !== null}
        >
          {saving === "saving" ? t("note.saving") : t("note.save")}
        </button>
        {onDone && (
          <button type="button" class="small-button" onClick={() => void finish()}>
            {t("note.done")}
          </button>
        )}
        <p role="status" class="small quiet">
          {saving === "saved" && !unsaved
            ? t("note.saved")
            : unsaved && saving === "idle"
              ? t("note.unsaved")
              : ""}
        </p>
      </div>
      {saving === "failed" && (
        <p role="alert" class="small hint-wrong">
          {t("note.failed", { problem: open.problem })}
        </p>
      )}
    </form>
  );
}

function Conflict({ sid, theirs, details }: { sid: string; theirs: CallNote; details: CallDetailsStore }) {
  // The buttons go when one of them is pressed: focus goes on to the text that they are about.
  const choose = (act: () => void) => () => {
    document.getElementById("note")?.focus();
    act();
  };
  return (
    <div class="conflict" role="alert" data-testid="conflict">
      <p>
        <strong>{t("note.changed")}</strong> {t("note.yours")}
      </p>
      <NoteText note={theirs} />
      <div class="note-foot">
        <button type="button" class="small-button" onClick={choose(() => void details.keepMine(sid))}>
          {t("note.saveMine")}
        </button>
        <button type="button" class="small-button" onClick={choose(() => details.takeTheirs(sid))}>
          {t("note.takeTheirs")}
        </button>
      </div>
    </div>
  );
}

/** The same to read only. */
export function NoteText({ note: { note, outcome } }: { note: CallNote }) {
  if (!note && !outcome) return <p class="quiet">{t("note.nothing")}</p>;
  return (
    <>
      {outcome && <p class="tag">{outcomeWord(outcome)}</p>}
      {note && <p class="note-text">{note}</p>}
    </>
  );
}
