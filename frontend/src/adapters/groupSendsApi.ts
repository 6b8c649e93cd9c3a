/** Group sends over REST of our own server. */
import type { Config } from "../config";
import type { ChoosableGroup, GroupSend, GroupSendsApi, Recipient, SendRow } from "../groupSends/ports";
import type { Page } from "../lists/pagedList";
import { createSender } from "./api";

export function createGroupSendsApi(
  config: Pick<Config, "csrfToken" | "urls">,
  fetcher: typeof fetch = fetch,
): GroupSendsApi {
  const send = createSender(config, fetcher);
  const { groupSends, groups } = config.urls;

  async function read<T>(url: string): Promise<T> {
    return (await (await send(url, "GET")).json()) as T;
  }

  async function write<T>(url: string, body: unknown = {}, method = "POST"): Promise<T> {
    return (await (await send(url, method, body)).json()) as T;
  }

  const of = (id: number, rest = "") => `${groupSends}${id}/${rest}`;
  // The server's own address of the next page, which behind a proxy may name another host: only its query counts.
  const queryOf = (url: string) => new URL(url, globalThis.location.href).search;
  return {
    list: () => read<Page<SendRow>>(groupSends),
    listAt: (url) => read<Page<SendRow>>(`${groupSends}${queryOf(url)}`),
    send: (id) => read(of(id)),
    create: (values) => write(groupSends, values),
    change: (id, values, revision) => write(of(id), { ...values, revision }, "PATCH"),
    remove: async (id) => {
      await send(of(id), "DELETE", {});
    },
    start: (id, revision) => write(of(id, "start/"), { revision }),
    pause: (id) => write(of(id, "pause/")),
    resume: (id) => write(of(id, "resume/")),
    cancel: (id) => write(of(id, "cancel/")),
    retry: async (id) => (await write<{ send: GroupSend }>(of(id, "retry/"))).send,
    toMyself: async (id, number) => {
      await write(of(id, "to-myself/"), { number });
    },
    recipients: (id, { show, search }) =>
      read<Page<Recipient>>(of(id, `recipients/?${new URLSearchParams({ show, search })}`)),
    recipientsAt: (id, url) => read<Page<Recipient>>(of(id, `recipients/${queryOf(url)}`)),
    retryOne: (id, recipient) => write(of(id, `recipients/${recipient}/retry/`)),
    ask: (id, recipient) => write(of(id, `recipients/${recipient}/ask/`)),
    resultsUrl: (id) => of(id, "results/"),
    groups: () => read<ChoosableGroup[]>(groups),
  };
}
