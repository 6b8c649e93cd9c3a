/** What asks before it is done: merging, blocking, deleting. */
import { useEffect, useState } from "preact/hooks";
import type { ContactsStore } from "../../contacts/contacts";
import type { OpenContact } from "../../contacts/openContact";
import type { ContactPage, ContactRow, ContactsApi } from "../../contacts/ports";
import { t } from "../../i18n/i18n";
import { Dialog } from "../Dialog";
import { Icon } from "../Icon";

interface Props {
  page: ContactPage;
  open: OpenContact;
  contacts: ContactsStore;
  onClose(): void;
}

const PAUSE = 250;

export function MergeDialog({
  page,
  open,
  contacts,
  api,
  onClose,
}: Props & { api: Pick<ContactsApi, "list"> }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<ContactRow[] | null>(null);
  const [other, setOther] = useState<ContactRow | null>(null);
  useEffect(() => {
    if (!text.trim()) {
      setFound(null);
      return undefined;
    }
    let current = true;
    const timer = setTimeout(() => {
      api.list(text.trim()).then(
        ({ results }) => current && setFound(results.filter(({ id }) => id !== page.id).slice(0, 6)),
        () => current && setFound([]),
      );
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [api, text, page.id]);

  async function merge(): Promise<void> {
    if (other && (await contacts.merge(other))) onClose();
  }

  return (
    <Dialog title={t("contact.mergeTitle", { name: page.name })} onClose={onClose}>
      {other ? (
        <>
          <div class="merge-both">
            <Side title={t("contact.stays")} contact={page} />
            <Side title={t("contact.joins")} contact={other} />
          </div>
          <p>{t("contact.mergeMeans", { name: page.name })}</p>
        </>
      ) : (
        <>
          <div class="device">
            <label for="merge-search">{t("contact.mergeWith")}</label>
            <input
              id="merge-search"
              class="field"
              type="search"
              autocomplete="off"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </div>
          <p class="visually-hidden" role="status">
            {found && t("contact.found", { count: found.length })}
          </p>
          {found?.length === 0 && <p class="quiet">{t("found.nobody", { text: text.trim() })}</p>}
          <ul class="merge-found">
            {found?.map((contact) => (
              <li key={contact.id}>
                <button type="button" onClick={() => setOther(contact)}>
                  <strong>{contact.name}</strong>
                  <span class="quiet small">
                    {[contact.company, contact.numbers[0]?.display].filter(Boolean).join(" · ")}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <Problem open={open} />
      <div class="dialog-buttons">
        <button type="button" class="small-button" onClick={other ? () => setOther(null) : onClose}>
          {other ? t("contact.chooseAnother") : t("contact.cancel")}
        </button>
        <button
          type="button"
          class="small-button person-save"
          aria-disabled={!other || open.saving}
          onClick={() => void merge()}
        >
          {t("contact.mergeNow")}
        </button>
      </div>
    </Dialog>
  );
}

function Side({ title, contact }: { title: string; contact: ContactRow }) {
  return (
    <section class="card person-card" aria-label={title}>
      <p class="small quiet">{title}</p>
      <p>
        <strong>{contact.name}</strong>
      </p>
      <p class="small">{contact.company}</p>
      <ul class="small">
        {contact.numbers.map((row) => (
          <li key={row.number}>{[row.label, row.display].filter(Boolean).join(" ")}</li>
        ))}
      </ul>
    </section>
  );
}

export function BlockDialog({ page, open, contacts, onClose }: Props) {
  const [reason, setReason] = useState("");

  async function block(): Promise<void> {
    if (await contacts.block(reason.trim())) onClose();
  }

  return (
    <Dialog title={t("contact.blockTitle", { name: page.name })} onClose={onClose}>
      <p>{t("contact.blockMeans", { numbers: page.numbers.map((row) => row.display).join(", ") })}</p>
      <div class="device">
        <label for="block-reason">{t("contact.blockReason")}</label>
        <input
          id="block-reason"
          class="field"
          maxLength={255}
          autocomplete="off"
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </div>
      <Problem open={open} />
      <div class="dialog-buttons">
        <button type="button" class="small-button" onClick={onClose}>
          {t("contact.cancel")}
        </button>
        <button
          type="button"
          class="small-button person-save"
          aria-disabled={open.saving}
          onClick={() => void block()}
        >
          {t("contact.blockNow")}
        </button>
      </div>
    </Dialog>
  );
}

export function RemoveDialog({ page, open, contacts, onClose, onRemoved }: Props & { onRemoved(): void }) {
  async function remove(): Promise<void> {
    if (!(await contacts.remove())) return;
    onClose();
    onRemoved();
  }

  return (
    <Dialog title={t("contact.removeTitle", { name: page.name })} onClose={onClose}>
      <p>{t("contact.removeMeans")}</p>
      <Problem open={open} />
      <div class="dialog-buttons">
        <button type="button" class="small-button" onClick={onClose}>
          {t("contact.cancel")}
        </button>
        <button type="button" class="small-button" aria-disabled={open.saving} onClick={() => void remove()}>
          {t("contact.removeNow")}
        </button>
      </div>
    </Dialog>
  );
}

function Problem({ open }: { open: OpenContact }) {
  if (!open.problem) return null;
  return (
    <p class="hint hint-wrong" role="alert">
      <Icon name="alert" size={16} /> <span>{open.problem}</span>
    </p>
  );
}
