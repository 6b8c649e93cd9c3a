import { afterEach, expect, it, vi } from "vitest";

import { saver } from "./saving";

const WORDS = {
  no_answer: "The server did not answer.",
  signed_out: "You are signed out.",
  route_gone: "This route was deleted.",
};
const SAVED = { number: 2, address: "/route/1/", document: { first: "", steps: [] }, warnings: [] };
const PAGE = { headers: { "Content-Type": "text/html; charset=utf-8" } };

/** Saves once for each answer that the server gives. */
async function saved(...answers: (() => Response)[]) {
  const fetcher = vi.fn(async (_url: string, _init: RequestInit) => answers.shift()!());
  vi.stubGlobal("fetch", fetcher);
  const save = saver("page", WORDS);
  const came = [];
  while (answers.length) came.push(await save({ name: "Daytime" }));
  return { came, fetcher };
}

/** What the browser makes of a redirect that is not followed. */
function led(): Response {
  return Object.defineProperty(Response.error(), "type", { value: "opaqueredirect" });
}

afterEach(() => {
  document.cookie = "csrftoken=; max-age=0";
});

it("sends the token of the session that is the present one at each save", async () => {
  const answered = () => {
    document.cookie = "csrftoken=new";
    return Response.json(SAVED);
  };

  const { came, fetcher } = await saved(answered, answered);

  expect(came).toEqual([
    { saved: true, ...SAVED },
    { saved: true, ...SAVED },
  ]);
  const sent = fetcher.mock.calls.map(([, init]) => (init.headers as Record<string, string>)["X-CSRFToken"]);
  expect(sent).toEqual(["page", "new"]);
});

it.each([
  ["is led to where one signs in", led],
  ["has the token of a session that is over", () => new Response("<h1>No</h1>", { status: 403, ...PAGE })],
])("says that one is signed out when a save %s, after which the same may be saved", async (_how, answer) => {
  const { came, fetcher } = await saved(answer);

  expect(came).toEqual([{ saved: false, findings: [], text: "You are signed out.", again: true }]);
  expect(fetcher.mock.calls[0]?.[1].redirect).toBe("manual");
});

it("says why whoever is signed in may not save", async () => {
  const { came } = await saved(() => Response.json({ findings: [], text: "You may not." }, { status: 403 }));

  expect(came).toEqual([{ saved: false, findings: [], text: "You may not.", again: true }]);
});

it("says what the server refused, and that the same is refused again", async () => {
  const { came } = await saved(() => Response.json({ findings: [], text: "Taken." }, { status: 422 }));

  expect(came).toEqual([{ saved: false, findings: [], text: "Taken.", again: false }]);
});

it("says that the route is gone, which no saving brings back", async () => {
  const { came } = await saved(() => new Response("<h1>Not found</h1>", { status: 404, ...PAGE }));

  expect(came).toEqual([{ saved: false, findings: [], text: "This route was deleted." }]);
});

it("says that no answer came, or none that can be read", async () => {
  const { came } = await saved(
    () => {
      throw new TypeError("Failed to fetch");
    },
    () => new Response("<h1>Bad gateway</h1>", { status: 502, ...PAGE }),
  );

  const none = { saved: false, findings: [], text: "The server did not answer.", again: true };
  expect(came).toEqual([none, none]);
});
