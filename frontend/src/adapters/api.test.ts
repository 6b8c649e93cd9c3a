import { describe, expect, it, vi } from "vitest";
import { config } from "../../gallery/fakes";
import type { CallAct } from "../softphone/control";
import { ApiError, createApi } from "./api";

function withFetcher(fetcher: (url: string, init: RequestInit) => Promise<Response>) {
  const urls = { ...config.urls, calls: "/api/v1/calls/" };
  return createApi({ ...config, urls, csrfToken: "page" }, fetcher as unknown as typeof fetch);
}

function answering(body: unknown, init: ResponseInit = {}) {
  const fetcher = vi.fn(async (_url: string, _init: RequestInit) => Response.json(body, init));
  return { fetcher, api: withFetcher(fetcher) };
}

describe("noting a call", () => {
  it("sends the version that was read, and returns the new one", async () => {
    const { fetcher, api } = answering({ sid: "CA1" }, { headers: { ETag: '"2"' } });
    const { etag } = await api.noteCall("CA1", { note: "x" }, '"1"');
    const [url, init] = fetcher.mock.calls[0] ?? [];
    expect([url, init?.method, init?.body]).toEqual(["/api/v1/calls/CA1/", "PATCH", '{"note":"x"}']);
    expect(init?.headers).toMatchObject({ "If-Match": '"1"', "Content-Type": "application/json" });
    expect(etag).toBe('"2"');
  });

  it("fails with the status and the server's sentence", async () => {
    const { api } = answering({ detail: "This was changed meanwhile." }, { status: 412 });
    const failure = await api.noteCall("CA1", {}, "x").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 412, message: "This was changed meanwhile." });
  });
});

it("says why a colleague is away, and until when, as far as that is said", async () => {
  const { fetcher, api } = answering({});
  const backAt = "2026-10-27T11:30:00.000Z";
  await api.setPresence(14, "away", { reason: { id: 1, name: "Lunch" }, backAt });
  await api.setPresence(14, "away", { reason: null, backAt: null });
  expect(fetcher.mock.calls.map(([, init]) => JSON.parse(String(init?.body)) as unknown)).toEqual([
    { availability: "away", reason: 1, back_at: backAt },
    { availability: "away" },
  ]);
});

it("reads a call's version and its time line", async () => {
  const { fetcher, api } = answering({ entries: [] }, { headers: { ETag: '"7"' } });
  expect((await api.versionedCall("CA/1")).etag).toBe('"7"');
  expect(await api.timeline("CA1")).toEqual([]);
  expect(fetcher.mock.calls.map(([url]) => url)).toEqual([
    "/api/v1/calls/CA%2F1/",
    "/api/v1/calls/CA1/timeline/",
  ]);
});

it.each([
  [{ do: "hold" }, ["POST hold/ {}"]],
  [{ do: "transfer", to: { team: 3 }, mode: "blind" }, ['POST transfer/ {"to":{"team":3},"mode":"blind"}']],
  [{ do: "complete-transfer" }, ["POST complete-transfer/ {}"]],
  [{ do: "add", to: { number: "+12025550143" } }, ['POST participants/ {"to":{"number":"+12025550143"}}']],
  [{ do: "change", leg: "CA2", change: { muted: true } }, ['PATCH participants/CA2/ {"muted":true}']],
  [{ do: "help", wanted: true }, ['POST help/ {"wanted":true}']],
  [{ do: "supervise", mode: "take-over" }, ['POST supervise/ {"mode":"take-over"}']],
  [{ do: "remove", leg: "CA2" }, ["DELETE participants/CA2/ {}"]],
  // Whom the agent leaves hears music before the other hears anything.
  [
    { do: "swap", hold: "CA2", resume: "CA1" },
    ['PATCH participants/CA2/ {"hold":true}', 'PATCH participants/CA1/ {"hold":false}'],
  ],
] as [CallAct, string[]][])("asks the server for %o, and returns the call", async (act, requests) => {
  const { fetcher, api } = answering({ sid: "CA1" }, { status: 202 });
  expect(await api.act("CA1", act)).toEqual({ sid: "CA1" });
  expect(
    fetcher.mock.calls.map(
      ([url, init]) => `${init.method} ${url.replace("/api/v1/calls/CA1/", "")} ${String(init.body)}`,
    ),
  ).toEqual(requests);
});

it.each([
  ["is refused", 409, ["hold true", "resume false", "hold false"]],
  ["Twilio refuses", 502, ["hold true", "resume false", "hold false"]],
  // Perhaps it was done: then both would be heard.
  ["nobody knows of", 0, ["hold true", "resume false"]],
])("takes the first half of a swap back when the second %s", async (_why, status, asked) => {
  const requests: string[] = [];
  const fetcher = vi.fn(async (url: string, init: RequestInit) => {
    const { hold } = JSON.parse(String(init.body)) as { hold: boolean };
    const leg = url.includes("CA2") ? "hold" : "resume";
    requests.push(`${leg} ${hold}`);
    if (leg === "hold") return new Response("{}", { status: 202 });
    if (status === 0) throw new TypeError("Failed to fetch");
    return new Response(JSON.stringify({ detail: "Not now." }), { status });
  });
  const api = withFetcher(fetcher);
  await expect(api.act("CA1", { do: "swap", hold: "CA2", resume: "CA1" })).rejects.toMatchObject({ status });
  expect(requests).toEqual(asked);
});
