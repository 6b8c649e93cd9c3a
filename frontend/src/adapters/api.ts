/** REST of our own server. Every failure is an `ApiError` whose message is a sentence for the agent. */
import type { Config } from "../config";
import { csrfToken } from "../csrf";
import type { CallAct } from "../softphone/control";
import type { Call, ReadyText, Text, TextFile, Thread, TransferTargets } from "../messages";
import type {
  Api,
  CallPage,
  Colleague,
  ContactFound,
  NumberCheck,
  TextCheck,
  ThreadEntryPage,
  ThreadPage,
  TimelineEntry,
  Token,
  VersionedCall,
} from "../ports";
import { t } from "../i18n/i18n";

export class ApiError extends Error {
  constructor(
    message: string,
    /** 0 when the server could not be reached. */
    readonly status: number,
    /** What is wrong with single fields of what was sent. */
    readonly fields: Record<string, string> = {},
    /** Which kind of problem it is (docs/errors.md). */
    readonly code = "",
  ) {
    super(message);
  }

  get signedOut(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

const TIMEOUT = 15_000;
/** A picture from a telephone takes its time. */
const UPLOAD_TIMEOUT = 120_000;

export type Sender = (
  url: string,
  method: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Response>;

/** Sends to our own server: JSON, a file as it is, or a form with files. What is not good is an `ApiError`. */
export function createSender(config: Pick<Config, "csrfToken">, fetcher: typeof fetch = fetch): Sender {
  return async (url, method, body, headers = {}) => {
    const file = body instanceof Blob ? body : null;
    const isForm = body instanceof FormData;
    const response = await fetcher(url, {
      method,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "X-CSRFToken": csrfToken(config.csrfToken) }),
        // The browser names a form's own boundary.
        ...(body === undefined || isForm ? {} : { "Content-Type": file ? file.type : "application/json" }),
        ...headers,
      },
      body: body === undefined ? null : (file ?? (isForm ? body : JSON.stringify(body))),
      signal: AbortSignal.timeout(file || isForm ? UPLOAD_TIMEOUT : TIMEOUT),
    }).catch(() => {
      throw new ApiError(t("failure.server"), 0);
    });
    if (!response.ok) throw await failureOf(response);
    return response;
  };
}

export function createApi(config: Pick<Config, "csrfToken" | "urls">, fetcher: typeof fetch = fetch): Api {
  const send = createSender(config, fetcher);

  async function request<T>(url: string, body?: unknown): Promise<T> {
    return (await (await send(url, body === undefined ? "GET" : "POST", body)).json()) as T;
  }

  async function versioned(response: Response): Promise<VersionedCall> {
    const call = (await response.json()) as Call & Pick<VersionedCall, "quality">;
    return { call, etag: response.headers.get("ETag") ?? "", quality: call.quality ?? [] };
  }

  const under = (path: string) => `${config.urls.calls}${path}`;
  const thread = (id: number, path = "") => `${config.urls.threads}${id}/${path}`;
  // The server's own address of the next page, which behind a proxy may name another host: only its query counts.
  const queryOf = (url: string) => new URL(url, globalThis.location.href).search;
  return {
    token: () => request<Token>(config.urls.token, { platform: "web" }),
    calls: ({ search, scope, pageSize = 25 }) =>
      request<CallPage>(
        `${config.urls.calls}?${new URLSearchParams({ search, scope, page_size: String(pageSize) })}`,
      ),
    callsAt: (url) => request<CallPage>(`${config.urls.calls}${queryOf(url)}`),
    call: (sid) => request<Call>(under(`${encodeURIComponent(sid)}/`)),
    versionedCall: async (sid) => versioned(await send(under(`${encodeURIComponent(sid)}/`), "GET")),
    noteCall: async (sid, change, etag) =>
      versioned(
        await send(under(`${encodeURIComponent(sid)}/`), "PATCH", change, etag ? { "If-Match": etag } : {}),
      ),
    keepQuality: async (sid, quality) => {
      await send(under(`${encodeURIComponent(sid)}/quality/`), "PUT", quality);
    },
    timeline: async (sid) =>
      (await request<{ entries: TimelineEntry[] }>(under(`${encodeURIComponent(sid)}/timeline/`))).entries,
    hangUp: async (sid) => {
      await request<unknown>(under(`${encodeURIComponent(sid)}/hang-up/`), {});
    },
    async act(sid, act) {
      const ask = async ({ method, path, body }: ActRequest) =>
        (await (await send(under(`${encodeURIComponent(sid)}/${path}`), method, body)).json()) as Call;
      let call: Call | undefined;
      let undo: ActRequest | undefined;
      for (const request of requestsOf(act)) {
        try {
          call = await ask(request);
        } catch (error) {
          // What the server may have done all the same is not undone: both would be heard.
          if (undo && error instanceof ApiError && error.status > 0) await ask(undo).catch(() => {});
          throw error;
        }
        undo = request.undo;
      }
      return call as Call;
    },
    transferTargets: async (sid, search) =>
      await request<TransferTargets>(
        under(`${encodeURIComponent(sid)}/transfer-targets/?${new URLSearchParams({ q: search })}`),
      ),
    checkNumber: (number, line) => {
      const query = new URLSearchParams({ number });
      if (line !== null) query.set("line", String(line));
      return request<NumberCheck>(`${config.urls.checkNumber}?${query}`);
    },
    overrideCall: async (to, reason) =>
      (await request<{ id: string }>(config.urls.outgoingOverrides, { to, reason })).id,
    setPresence: async (agent, availability, away) => {
      const body = {
        availability,
        ...(away?.reason ? { reason: away.reason.id } : {}),
        ...(away?.backAt ? { back_at: away.backAt } : {}),
      };
      await send(config.urls.presence.replace("/0/", `/${agent}/`), "PATCH", body);
    },
    takeCaller: async (sid) => {
      await request<unknown>(config.urls.takeCaller, { sid });
    },
    assignCaller: async (sid, agent) => {
      await request<unknown>(config.urls.assignCaller, { sid, agent });
    },
    declineCallBack: async (sid) => {
      await request<unknown>(config.urls.declineCallBack, { sid });
    },
    cancelCallBack: async (sid) => {
      await request<unknown>(config.urls.cancelCallBack, { sid });
    },
    chooseLanguage: async (language) => {
      await send(config.urls.me, "PATCH", { language });
    },
    contacts: async (search) =>
      (
        await request<{ results: ContactFound[] }>(
          `${config.urls.contacts}?${new URLSearchParams({ search })}`,
        )
      ).results,
    colleagues: (q) => request<Colleague[]>(`${config.urls.colleagues}?${new URLSearchParams({ q })}`),
    threads({ search, scope, line, number }) {
      const query = new URLSearchParams({ search, show: scope });
      if (line !== undefined) query.set("line", String(line));
      if (number !== undefined) query.set("number", number);
      return request<ThreadPage>(`${config.urls.threads}?${query}`);
    },
    checkText: (line, number) =>
      request<TextCheck>(
        `${config.urls.threads}closed/?${new URLSearchParams({ line: String(line), number })}`,
      ),
    threadsAt: (url) => request<ThreadPage>(`${config.urls.threads}${queryOf(url)}`),
    threadTimeline: (id) => request<ThreadEntryPage>(thread(id, "timeline/")),
    threadTimelineAt: (url) => {
      const { pathname, search } = new URL(url, globalThis.location.href);
      return request<ThreadEntryPage>(pathname + search);
    },
    sendText({ thread: id, line, to, body, media, key, override }) {
      const text = { body, media, key, ...(override && { override }) };
      return id === null
        ? request<Text>(config.urls.messages, { line: String(line), to, ...text })
        : request<Text>(thread(id, "messages/"), text);
    },
    assignThread: (id, agent) => request<Thread>(thread(id, "assign/"), { agent }),
    askAbout: (id) => request<Text>(`${config.urls.messages}${id}/ask/`, {}),
    readThread: (id, upTo) => request<Thread>(thread(id, "read/"), { up_to: upTo }),
    uploadFile: async (file) =>
      (await (await send(`${config.urls.messages}media/`, "POST", file)).json()) as TextFile,
    readyTexts: (line) =>
      request<ReadyText[]>(`${config.urls.readyTexts}?${new URLSearchParams({ line: String(line) })}`),
  };
}

interface ActRequest {
  method: "POST" | "PATCH" | "DELETE";
  path: string;
  body: unknown;
  /** Takes it back, when what was to follow is refused. */
  undo?: ActRequest;
}

/** What an act is to the server: one request, or two that are done one after the other. */
function requestsOf(act: CallAct): ActRequest[] {
  const post = (path: string, body: unknown = {}): ActRequest => ({ method: "POST", path, body });
  const change = (leg: string, body: unknown): ActRequest => ({
    method: "PATCH",
    path: `participants/${encodeURIComponent(leg)}/`,
    body,
  });
  switch (act.do) {
    case "transfer":
      return [post("transfer/", { to: act.to, mode: act.mode })];
    case "swap":
      return [
        { ...change(act.hold, { hold: true }), undo: change(act.hold, { hold: false }) },
        change(act.resume, { hold: false }),
      ];
    case "add":
      return [post("participants/", { to: act.to })];
    case "change":
      return [change(act.leg, act.change)];
    case "help":
      return [post("help/", { wanted: act.wanted })];
    case "supervise":
      return [post("supervise/", { mode: act.mode })];
    case "remove":
      return [{ ...change(act.leg, {}), method: "DELETE" }];
    default:
      return [post(`${act.do}/`)];
  }
}

async function failureOf(response: Response): Promise<ApiError> {
  const { detail, errors, code } = await problemOf(response);
  const fields = Object.fromEntries(errors.map((error) => [error.field, error.detail]));
  return new ApiError(detail || t("failure.serverCouldNot"), response.status, fields, code);
}

interface FieldError {
  field: string;
  detail: string;
}

interface Said {
  detail: string;
  errors: FieldError[];
  code: string;
}

async function problemOf(response: Response): Promise<Said> {
  try {
    const { detail, errors, code } = (await response.json()) as Record<keyof Said, unknown>;
    return {
      detail: typeof detail === "string" ? detail : "",
      errors: Array.isArray(errors) ? (errors as FieldError[]) : [],
      code: typeof code === "string" ? code : "",
    };
  } catch {
    // Not JSON: a proxy's page.
    return { detail: "", errors: [], code: "" };
  }
}
