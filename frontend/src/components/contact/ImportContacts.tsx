/** A file of contacts: what its columns are, what it would do, and then it is done wholly or not at all. */
import { useRef, useState } from "preact/hooks";
import type { ContactsStore } from "../../contacts/contacts";
import type { ContactFailure, ContactsApi, Group, ImportPreview, ImportResult } from "../../contacts/ports";
import { t } from "../../i18n/i18n";
import { Icon } from "../Icon";
import { useStore } from "../useStore";
import { Select } from "./fields";
import "../../styles/import.css";

interface Props {
  contacts: ContactsStore;
  api: Pick<ContactsApi, "openImport" | "chooseImport" | "confirmImport" | "importErrorsUrl" | "groups">;
  onClose(): void;
}

const SHOWN = 50;

export function ImportContacts({ contacts, api, onClose }: Props) {
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [done, setDone] = useState<ImportResult | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const turn = useRef(0);

  async function ask<T>(work: () => Promise<T>, take: (answer: T) => void): Promise<void> {
    const mine = ++turn.current;
    setBusy(true);
    setProblem("");
    try {
      const answer = await work();
      if (mine === turn.current) take(answer);
    } catch (failure) {
      if (mine === turn.current)
        setProblem((failure as ContactFailure).message ?? t("failure.serverCouldNot"));
    } finally {
      if (mine === turn.current) setBusy(false);
    }
  }

  function confirm(): void {
    if (!preview || busy) return;
    void ask(
      async () => {
        try {
          return await api.confirmImport(preview.id);
        } catch (failure) {
          // It would do something else by now: nobody says yes to that without having seen it.
          if ((failure as ContactFailure).status === 409) setPreview(await api.chooseImport(preview.id, {}));
          throw failure;
        }
      },
      (result) => {
        setDone(result);
        contacts.list.refresh();
      },
    );
  }

  return (
    <div class="person import">
      <button type="button" class="text-button details-back" onClick={onClose}>
        <span class="turned">
          <Icon name="chevron-down" size={16} />
        </span>
        {t("tab.contacts")}
      </button>
      <h2 tabIndex={-1} id="import-title" data-home>
        {t("contact.importTitle")}
      </h2>
      {problem && (
        <p class="hint hint-wrong" role="alert">
          <Icon name="alert" size={16} /> <span>{problem}</span>
        </p>
      )}
      {done && preview ? (
        <Done result={done} preview={preview} onClose={onClose} />
      ) : preview ? (
        <Preview
          {...{ preview, api, busy, contacts }}
          onChoose={(choices) => void ask(() => api.chooseImport(preview.id, choices), setPreview)}
          onConfirm={confirm}
          onAnother={() => setPreview(null)}
        />
      ) : (
        <section class="card person-fields">
          <p>{t("contact.importText")}</p>
          <div class="device">
            <label for="import-file">{t("contact.importFile")}</label>
            <input
              id="import-file"
              class="field"
              type="file"
              accept=".csv,text/csv"
              disabled={busy}
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                // The same file may be chosen again, after it was mended or the server was away.
                event.currentTarget.value = "";
                if (file) void ask(() => api.openImport(file), setPreview);
              }}
            />
          </div>
          <p role="status" class="quiet">
            {busy && t("contact.importReading")}
          </p>
        </section>
      )}
    </div>
  );
}

interface PreviewProps {
  preview: ImportPreview;
  contacts: ContactsStore;
  api: Pick<ContactsApi, "importErrorsUrl">;
  busy: boolean;
  onChoose(choices: { columns?: string[]; groups?: number[] }): void;
  onConfirm(): void;
  onAnother(): void;
}

function Preview({ preview, contacts, api, busy, onChoose, onConfirm, onAnother }: PreviewProps) {
  const { groups } = useStore(contacts);
  const { created, updated, skipped, errors, columns, problem } = preview;
  const works = created + updated > 0 && !problem;
  return (
    <>
      <p role="status">
        <strong dir="auto">{preview.name}</strong>{" "}
        {problem ||
          [
            t("contact.importNew", { count: created }),
            t("contact.importChanged", { count: updated }),
            t("contact.importSame", { count: skipped }),
            t("contact.importBad", { count: errors.length }),
          ].join(" · ")}
      </p>
      <p class="quiet small">{t("contact.importNothingYet")}</p>
      {preview.changes.length > 0 && <Changes preview={preview} />}
      <section class="card person-fields" aria-labelledby="columns-title">
        <h3 id="columns-title">{t("contact.importColumns")}</h3>
        {columns.map((column, at) => (
          <div class="import-column" key={at}>
            <label for={`column-${at}`}>
              <strong dir="auto">{column.header || "–"}</strong>
              <span class="quiet small" dir="auto">
                {column.samples.join(" · ")}
              </span>
            </label>
            <Select
              id={`column-${at}`}
              value={column.target}
              choices={[
                ["", t("contact.importLeaveOut")],
                ...preview.targets.map(({ key, name }): [string, string] => [key, name]),
              ]}
              onChange={(target) =>
                onChoose({ columns: columns.map((each, place) => (place === at ? target : each.target)) })
              }
            />
          </div>
        ))}
      </section>
      {groups.length > 0 && <Groups {...{ groups, preview, onChoose }} />}
      {errors.length > 0 && (
        <section class="card person-fields" aria-labelledby="bad-title">
          <div class="person-card-head">
            <h3 id="bad-title">{t("contact.importBadRows")}</h3>
            <a class="text-button" href={api.importErrorsUrl(preview.id)} download="">
              <Icon name="download" size={16} /> {t("contact.importDownload")}
            </a>
          </div>
          <ul class="import-bad">
            {errors.slice(0, SHOWN).map((error) => (
              <li key={`${error.row} ${error.detail}`}>
                <strong>{t("contact.importRow", { row: error.row })}</strong> {error.detail}
              </li>
            ))}
          </ul>
          {errors.length > SHOWN && (
            <p class="quiet small">{t("contact.importMore", { count: errors.length - SHOWN })}</p>
          )}
        </section>
      )}
      <div class="note-foot person-foot">
        <button
          type="button"
          class="small-button person-save"
          aria-disabled={!works || busy}
          onClick={() => works && onConfirm()}
        >
          {errors.length > 0 ? t("contact.importRest") : t("contact.importAll")}
        </button>
        <button type="button" class="small-button" onClick={onAnother}>
          {t("contact.importAnother")}
        </button>
      </div>
    </>
  );
}

/** Whom it changes, from what to what: a wrong number would rename somebody, and no count says so. */
function Changes({ preview: { changes, changes_total } }: { preview: ImportPreview }) {
  return (
    <section class="card person-fields" aria-labelledby="changes-title">
      <h3 id="changes-title">{t("contact.importChanges")}</h3>
      <ul class="import-changes" tabIndex={0} aria-labelledby="changes-title">
        {changes.map(({ row, contact, display, fields }) => (
          <li key={row}>
            <p>
              {t("contact.importRow", { row })} · <strong dir="auto">{contact}</strong> ·{" "}
              <bdi class="import-number">{display}</bdi>
            </p>
            <dl class="facts">
              {fields.map(({ name, label, was, becomes }, at) => (
                <div key={`${name} ${at}`}>
                  <dt dir="auto">{label}</dt>
                  <dd>
                    {was ? <bdi class="import-was">{was}</bdi> : <em>{t("contact.importNothing")}</em>}
                    <span aria-hidden="true"> → </span>
                    <span class="visually-hidden"> {t("contact.importBecomes")} </span>
                    <bdi class="import-becomes">{becomes}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
      {changes_total > changes.length && (
        <p class="quiet small">{t("contact.importMoreChanges", { count: changes_total - changes.length })}</p>
      )}
    </section>
  );
}

function Groups({
  groups,
  preview,
  onChoose,
}: {
  groups: Group[];
  preview: ImportPreview;
  onChoose: PreviewProps["onChoose"];
}) {
  return (
    <fieldset class="card person-fields person-choose">
      <legend>{t("contact.importGroups")}</legend>
      {groups.map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={preview.groups.includes(id)}
            onChange={(event) =>
              onChoose({
                groups: event.currentTarget.checked
                  ? [...preview.groups, id]
                  : preview.groups.filter((each) => each !== id),
              })
            }
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Done({
  result,
  preview,
  onClose,
}: {
  result: ImportResult;
  preview: ImportPreview;
  onClose(): void;
}) {
  return (
    <section class="card person-fields" role="status">
      <p class="import-done">
        <Icon name="check" />
        <span>
          {t("contact.importDone", {
            name: preview.name,
            created: t("contact.importNew", { count: result.created }),
            updated: t("contact.importChanged", { count: result.updated }),
          })}
        </span>
      </p>
      <button type="button" class="small-button" onClick={onClose}>
        {t("tab.contacts")}
      </button>
    </section>
  );
}
