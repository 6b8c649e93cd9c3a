/** Writing a text to many: to whom, from which line, what, and when. Beside it what will come of it. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { OwnField } from "../../contacts/ports";
import { emptyDraft, isNumber, isPast, localField, type SendDraft } from "../../groupSends/draft";
import { isRefused, type Writing } from "../../groupSends/writing";
import { segmentsWord, twinWord } from "../../groupSends/words";
import { t } from "../../i18n/i18n";
import { Icon } from "../Icon";
import { Menu } from "../Menu";
import { useNow } from "../useNow";
import { useStore } from "../useStore";
import { BeforeYouSend } from "./BeforeYouSend";
import type { SendsProps } from "./GroupSends";
import { Preview } from "./Preview";
import { BackToSends } from "./SendList";
import { ToField, type Typed } from "./ToField";
import { serverNow } from "../../serverClock";

const LONGEST = 1600;
const FIELDS = ["first name", "name", "last name", "company"];

export function Compose(props: SendsProps) {
  const { groupSends, lines, api } = props;
  const { writing: kept, groups, place } = useStore(groupSends);
  const [typed, setTyped] = useState<Typed>({ text: "", refused: false });
  useEffect(() => {
    groupSends.loadGroups();
    // A new page begins where one writes first.
    if (place === "new") document.getElementById("send-to")?.focus();
  }, [groupSends]);
  const [firstLine = null] = lines;
  const writing: Writing = kept ?? {
    id: null,
    draft: emptyDraft(firstLine),
    kept: null,
    counting: false,
    problem: "",
    wrong: {},
  };
  const { draft, problem } = writing;
  const write = (change: Partial<SendDraft>) => groupSends.write(change, firstLine);
  const lacksLine = kept !== null && kept.draft.line === null && firstLine !== null;
  useEffect(() => {
    // Written before the lines were known.
    if (lacksLine) write({ line: firstLine.id });
  }, [lacksLine]);

  /** What stands in To and was not confirmed is added, or refused where everybody sees it: never left out unsaid. */
  function settle(): void {
    const text = typed.text.trim();
    if (!text) return;
    if (!isNumber(text)) return setTyped({ ...typed, refused: true });
    setTyped({ text: "", refused: false });
    if (!draft.numbers.includes(text)) write({ numbers: [...draft.numbers, text] });
  }

  return (
    <div class="sends-columns">
      <div class="sends-main compose">
        <BackToSends groupSends={groupSends} />
        <h1 tabIndex={-1} data-home>
          {t("sends.compose")}
        </h1>
        {problem && (
          <p class="view-problem" role="alert">
            <Icon name="alert" size={16} /> {problem}
          </p>
        )}
        <ToField {...{ draft, groups, api, typed }} onType={setTyped} onLeave={settle} onWrite={write} />
        <div class="compose-row">
          <div class="device">
            <label for="send-line">{t("sends.from")}</label>
            <span class="select select-field">
              <select
                id="send-line"
                value={draft.line ?? ""}
                onChange={(event) => write({ line: Number(event.currentTarget.value) })}
              >
                {lines.map((line) => (
                  <option key={line.id} value={line.id}>
                    {`${line.name} · ${line.display}`}
                  </option>
                ))}
              </select>
              <Icon name="chevron-down" size={16} />
            </span>
          </div>
          <div class="device compose-title">
            <label for="send-title">{t("sends.name")}</label>
            <input
              id="send-title"
              class="field"
              maxLength={120}
              autocomplete="off"
              placeholder={t("sends.nameHint")}
              value={draft.title}
              onInput={(event) => write({ title: event.currentTarget.value })}
            />
          </div>
        </div>
        <MessageField {...{ writing, write }} ownFields={props.ownFields} />
        <When draft={draft} wrong={writing.wrong} onWrite={write} />
        {writing.id !== null &&
          !isRefused(writing) &&
          writing.kept &&
          (writing.kept.summary?.recipients ?? 0) > 0 && (
            <Preview key={writing.kept.revision} id={writing.id} api={props.sendsApi} />
          )}
      </div>
      <BeforeYouSend {...props} writing={writing} typed={typed} onSettle={settle} />
    </div>
  );
}

interface MessageProps {
  writing: Writing;
  ownFields: OwnField[];
  write(change: Partial<SendDraft>): void;
}

function MessageField({ writing, ownFields, write }: MessageProps) {
  const { draft, wrong, counting } = writing;
  const kept = isRefused(writing) ? null : writing.kept;
  const field = useRef<HTMLTextAreaElement>(null);
  const [menu, setMenu] = useState(false);

  function insert(name: string): void {
    const element = field.current;
    if (!element) return;
    const text = `{${name}}`;
    const [begin, end] = [element.selectionStart, element.selectionEnd];
    write({ body: draft.body.slice(0, begin) + text + draft.body.slice(end) });
    // After the menu has given focus back to its button.
    setTimeout(() => {
      element.focus();
      element.setSelectionRange(begin + text.length, begin + text.length);
    });
  }

  return (
    <div class="device compose-message">
      <div class="compose-label">
        <label for="send-body">{t("sends.message")}</label>
        <Menu
          label={t("sends.insertField")}
          buttonClass="text-button"
          focusId="send-fields"
          open={menu}
          onOpen={setMenu}
          face={
            <>
              <Icon name="plus" size={16} /> {t("sends.insertField")}
            </>
          }
        >
          {FIELDS.map((name) => (
            <button type="button" key={name} role="menuitem" tabIndex={-1} onClick={() => insert(name)}>
              <span dir="auto">{`{${name}}`}</span>
            </button>
          ))}
          {/* Shown by its name, and put in by its key: the server knows no other. */}
          {ownFields.map(({ key, name }) => (
            <button
              type="button"
              key={`own-${key}`}
              role="menuitem"
              tabIndex={-1}
              onClick={() => insert(key)}
            >
              <span dir="auto">{name}</span>
            </button>
          ))}
        </Menu>
      </div>
      <textarea
        id="send-body"
        ref={field}
        class="field"
        rows={5}
        maxLength={LONGEST}
        dir="auto"
        aria-describedby={wrong.body ? "send-body-wrong send-length" : "send-length"}
        aria-invalid={wrong.body ? true : undefined}
        value={draft.body}
        onInput={(event) => write({ body: event.currentTarget.value })}
      />
      {wrong.body && (
        <p class="field-error" id="send-body-wrong" role="alert">
          {wrong.body}
        </p>
      )}
      <div class="compose-length" id="send-length" aria-busy={counting && kept !== null}>
        {kept?.summary && draft.body.trim() ? (
          <>
            <span class="quiet">
              {draft.body.includes("{")
                ? t("sends.longest", { count: kept.summary.characters })
                : t("sends.characters", { count: kept.summary.characters })}
            </span>
            <span
              class={
                kept.summary.encoding === "UCS-2" || kept.summary.people_not_plain ? "odd-letter" : "quiet"
              }
            >
              {segmentsWord(kept.summary)}
            </span>
            {twinWord(kept.summary) && (
              <button
                type="button"
                class="text-button"
                onClick={() => {
                  write({ body: kept.summary?.plain_body ?? draft.body });
                  field.current?.focus();
                }}
              >
                {twinWord(kept.summary)}
              </button>
            )}
          </>
        ) : (
          <span class="quiet">{t("sends.stopHint")}</span>
        )}
      </div>
    </div>
  );
}

interface WhenProps {
  draft: SendDraft;
  wrong: Record<string, string>;
  onWrite(change: Partial<SendDraft>): void;
}

const HOUR = 3_600_000;

function When({ draft, wrong, onWrite }: WhenProps) {
  const [open, setOpen] = useState(false);
  const { later, at, keepsHours, from, until } = draft;
  const past = isPast(draft, useNow(later));
  const wrongTime = wrong.scheduled_for || (past ? t("sends.past") : "");
  return (
    <fieldset class="device when">
      <legend>{t("sends.when")}</legend>
      <div class="when-row">
        <div class="segments">
          {([false, true] as const).map((each) => (
            <label key={String(each)}>
              <input
                type="radio"
                name="send-when"
                checked={later === each}
                onChange={() =>
                  onWrite({
                    later: each,
                    ...(each && !at && { at: localField(new Date(serverNow() + HOUR)) }),
                  })
                }
              />
              <span>{each ? t("sends.later") : t("sends.now")}</span>
            </label>
          ))}
        </div>
        {later && (
          <>
            <label class="visually-hidden" for="send-at">
              {t("sends.at")}
            </label>
            <input
              id="send-at"
              class="field when-at"
              type="datetime-local"
              min={localField(new Date(serverNow()))}
              value={at}
              aria-invalid={wrongTime ? true : undefined}
              aria-describedby={wrongTime ? "send-at-wrong" : undefined}
              onInput={(event) => onWrite({ at: event.currentTarget.value })}
            />
          </>
        )}
        <p class="small quiet">
          {keepsHours ? t("sends.onlyHours", { from, until }) : t("sends.anyHour")}{" "}
          <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t("sends.changeHours")}
          </button>
        </p>
      </div>
      {wrongTime && (
        <p class="field-error" id="send-at-wrong" role="alert">
          {wrongTime}
        </p>
      )}
      {open && (
        <div class="when-hours">
          <label class="check">
            <input
              type="checkbox"
              checked={keepsHours}
              onChange={(event) => onWrite({ keepsHours: event.currentTarget.checked })}
            />
            <span>{t("sends.keepHours")}</span>
          </label>
          {keepsHours && (
            <>
              <label>
                <span class="small quiet">{t("sends.hoursFrom")}</span>{" "}
                <input
                  class="field"
                  type="time"
                  value={from}
                  onInput={(event) => onWrite({ from: event.currentTarget.value })}
                />
              </label>
              <label>
                <span class="small quiet">{t("sends.hoursUntil")}</span>{" "}
                <input
                  class="field"
                  type="time"
                  value={until}
                  onInput={(event) => onWrite({ until: event.currentTarget.value })}
                />
              </label>
            </>
          )}
          {wrong.hours_until && (
            <p class="field-error" role="alert">
              {wrong.hours_until}
            </p>
          )}
        </div>
      )}
    </fieldset>
  );
}
