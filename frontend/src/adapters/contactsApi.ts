/** Contacts over REST of our own server. */
import type { Config } from "../config";
import type { ContactPage, ContactsApi, TimelinePage, Versioned } from "../contacts/ports";
import type { Page } from "../lists/pagedList";
import { createSender } from "./api";

export function createContactsApi(
  config: Pick<Config, "csrfToken" | "urls">,
  fetcher: typeof fetch = fetch,
): ContactsApi {
  const send = createSender(config, fetcher);
  const { contacts, groups } = config.urls;

  async function read<T>(url: string): Promise<T> {
    return (await (await send(url, "GET")).json()) as T;
  }

  async function write<T>(url: string, body: unknown, method = "POST", headers = {}): Promise<T> {
    return (await (await send(url, method, body, headers)).json()) as T;
  }

  async function versioned(answer: Promise<Response>): Promise<Versioned> {
    const response = await answer;
    return { page: (await response.json()) as ContactPage, etag: response.headers.get("ETag") ?? "" };
  }

  const of = (id: number, rest = "") => `${contacts}${id}/${rest}`;
  const ifMatch = (etag: string) => (etag ? { "If-Match": etag } : {});
  // The server's own address of the next page, which behind a proxy may name another host: only its query counts.
  const queryOf = (url: string) => new URL(url, globalThis.location.href).search;
  return {
    list: (search) => read<Page<never>>(`${contacts}?${new URLSearchParams({ search, page_size: "50" })}`),
    listAt: (url) => read<Page<never>>(`${contacts}${queryOf(url)}`),
    page: (id) => versioned(send(of(id), "GET")),
    create: (values) => versioned(send(contacts, "POST", values)),
    change: (id, values, etag) => versioned(send(of(id), "PATCH", values, ifMatch(etag))),
    remove: async (id, etag) => {
      await send(of(id), "DELETE", {}, ifMatch(etag));
    },
    timeline: (id, kind) =>
      read<TimelinePage>(of(id, `timeline/${kind ? `?${new URLSearchParams({ kind })}` : ""}`)),
    timelineAt: (id, url) => read<TimelinePage>(of(id, `timeline/${queryOf(url)}`)),
    addNote: (id, text) => write(of(id, "notes/"), { text }),
    changeNote: (id, note, text) => write(of(id, `notes/${note}/`), { text }, "PATCH"),
    removeNote: async (id, note) => {
      await send(of(id, `notes/${note}/`), "DELETE", {});
    },
    consents: (id) => read(of(id, "consents/")),
    recordConsent: (id, said) => write(of(id, "consents/"), said),
    block: (id, reason) => write(of(id, "block/"), { reason }),
    unblock: (id) => write(of(id, "block/"), {}, "DELETE"),
    merge: (id, other, etag) => versioned(send(of(id, "merge/"), "POST", { contact: other }, ifMatch(etag))),
    undoMerge: (id, merge) => versioned(send(of(id, `merges/${merge}/undo/`), "POST", {})),
    ownFields: () => read(`${contacts}fields/`),
    groups: () => read(`${groups}?members=false`),
    openImport: async (file) => {
      const form = new FormData();
      form.append("file", file);
      return (await (await send(`${contacts}imports/`, "POST", form)).json()) as never;
    },
    chooseImport: (id, choices) => write(`${contacts}imports/${id}/`, choices, "PATCH"),
    confirmImport: (id) => write(`${contacts}imports/${id}/confirm/`, {}),
    exportUrl: (id, as) => of(id, `export/?${new URLSearchParams({ as })}`),
    importErrorsUrl: (id) => `${contacts}imports/${id}/errors/`,
  };
}
