import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../adapters/api";
import type { Call } from "../messages";
import type { CallNote, VersionedCall } from "../ports";
import { happened, noted } from "../testing/fakes";
import { createCallDetails } from "./callDetails";

const SID = noted().sid;

/** A server that keeps one call and refuses changes to an old version of it. */
function server(first: Partial<Call> = {}) {
  let call = noted({ revision: 1, ...first });
  const etag = () => `"${call.revision}"`;
  const change = (next: Partial<Call>): Call => (call = { ...call, ...next, revision: call.revision + 1 });
  return {
    change,
    call: () => call,
    versionedCall: vi.fn(async () => ({ call, etag: etag() })),
    noteCall: vi.fn(async (_sid: string, sent: Partial<CallNote>, version: string) => {
      if (version !== etag()) throw new ApiError("This was changed meanwhile.", 412);
      return { call: change(sent), etag: etag() };
    }),
    timeline: vi.fn(async () => happened),
  };
}

async function opened(api = server()) {
  const details = createCallDetails(api);
  details.open(api.call());
  await vi.waitFor(() => expect(details.get()?.loading).toBe("ready"));
  return { api, details };
}

describe("opening a call", () => {
  it("shows what the log knows at once, then what happened", async () => {
    const api = server();
    const details = createCallDetails(api);
    details.open(api.call());
    expect(details.get()).toMatchObject({ sid: SID, loading: "loading", timeline: null });
    await vi.waitFor(() => expect(details.get()?.timeline).toEqual(happened));
  });

  it("says when it did not load, and loads again", async () => {
    const api = server();
    api.timeline.mockRejectedValueOnce(new Error("down"));
    const details = createCallDetails(api);
    details.open(api.call());
    await vi.waitFor(() => expect(details.get()?.loading).toBe("failed"));
    details.load();
    await vi.waitFor(() => expect(details.get()?.loading).toBe("ready"));
  });

  it("shows the call that was opened last, whichever answer comes last", async () => {
    const api = server();
    let late: (answer: VersionedCall) => void = () => {};
    api.versionedCall.mockImplementationOnce(() => new Promise((resolve) => (late = resolve)));
    const details = createCallDetails(api);
    details.open(noted({ sid: "CA-first" }));
    details.open(api.call());
    await vi.waitFor(() => expect(details.get()?.loading).toBe("ready"));
    late({ call: noted({ sid: "CA-first" }), etag: "" });
    expect(details.get()?.sid).toBe(SID);
  });
});

describe("saving", () => {
  it("sends only what changed, with the version that was read", async () => {
    const { api, details } = await opened();
    details.write(SID, { outcome: "resolved" });
    await details.save(SID);
    expect(api.noteCall).toHaveBeenCalledExactlyOnceWith(SID, { outcome: "resolved" }, '"1"');
    expect(details.get()).toMatchObject({ saving: "saved", saved: { note: "", outcome: "resolved" } });
    expect(details.hasUnsaved()).toBe(false);
  });

  it("sends nothing when nothing changed", async () => {
    const { api, details } = await opened();
    await details.save(SID);
    expect(api.noteCall).not.toHaveBeenCalled();
  });

  it("repeats by itself when Twilio, and no person, changed the call meanwhile", async () => {
    const { api, details } = await opened();
    api.change({ status: "completed" });
    details.write(SID, { note: "Wants a date." });
    await details.save(SID);
    expect(details.get()).toMatchObject({ saving: "saved", theirs: null });
    expect(api.call().note).toBe("Wants a date.");
  });

  it("gives up with a sentence when the call changes again and again", async () => {
    const { api, details } = await opened();
    api.noteCall.mockRejectedValue(new ApiError("This was changed meanwhile.", 412));
    details.write(SID, { note: "mine" });
    await details.save(SID);
    expect(details.get()).toMatchObject({ saving: "failed", draft: { note: "mine" } });
    expect(api.noteCall).toHaveBeenCalledTimes(4);
  });

  it("keeps the text when it fails", async () => {
    const { api, details } = await opened();
    api.noteCall.mockRejectedValueOnce(new ApiError("The server cannot be reached.", 0));
    details.write(SID, { note: "mine" });
    await details.save(SID);
    expect(details.get()).toMatchObject({
      saving: "failed",
      problem: "The server cannot be reached.",
      draft: { note: "mine" },
    });
    await details.save(SID);
    expect(details.get()?.saving).toBe("saved");
  });

  it("keeps what is typed while it is being saved", async () => {
    const { api, details } = await opened();
    details.write(SID, { note: "one" });
    const saving = details.save(SID);
    details.write(SID, { note: "one two" });
    await saving;
    expect(details.get()).toMatchObject({
      saving: "idle",
      saved: { note: "one" },
      draft: { note: "one two" },
    });
    await details.save(SID);
    expect(api.call().note).toBe("one two");
  });
});

describe("when somebody else noted something meanwhile", () => {
  async function conflict() {
    const { api, details } = await opened();
    details.write(SID, { note: "mine" });
    api.change({ note: "theirs", outcome: "spam" });
    await details.save(SID);
    return { api, details };
  }

  it("shows both texts and saves neither", async () => {
    const { api, details } = await conflict();
    expect(details.get()).toMatchObject({
      saving: "idle",
      draft: { note: "mine" },
      theirs: { note: "theirs", outcome: "spam" },
    });
    expect(api.call().note).toBe("theirs");
  });

  it("saves the agent's own when told to", async () => {
    const { api, details } = await conflict();
    await details.keepMine(SID);
    expect(api.call()).toMatchObject({ note: "mine", outcome: "" });
    expect(details.get()).toMatchObject({ saving: "saved", theirs: null });
  });

  it("takes the other when told to", async () => {
    const { details } = await conflict();
    details.takeTheirs(SID);
    expect(details.get()).toMatchObject({ theirs: null, draft: { note: "theirs", outcome: "spam" } });
    expect(details.hasUnsaved()).toBe(false);
  });

  it("is no conflict when both say the same", async () => {
    const { api, details } = await opened();
    details.write(SID, { note: "same" });
    api.change({ note: "same" });
    await details.save(SID);
    expect(details.get()).toMatchObject({ saving: "saved", theirs: null });
  });
});

describe("a push", () => {
  it("never takes what is being written", async () => {
    const { api, details } = await opened();
    details.write(SID, { note: "mine" });
    details.merge(api.change({ status: "completed" }));
    expect(details.get()).toMatchObject({ draft: { note: "mine" }, theirs: null });
  });

  it("brings a newer note when nothing is being written", async () => {
    const { api, details } = await opened();
    details.merge(api.change({ note: "theirs" }));
    expect(details.get()).toMatchObject({ draft: { note: "theirs" }, saved: { note: "theirs" } });
  });

  it("shows a newer note beside what is being written, and takes it away when it is gone", async () => {
    const { api, details } = await opened();
    details.write(SID, { note: "mine" });
    details.merge(api.change({ note: "theirs" }));
    expect(details.get()).toMatchObject({ draft: { note: "mine" }, theirs: { note: "theirs" } });
    details.merge(api.change({ note: "" }));
    expect(details.get()).toMatchObject({ draft: { note: "mine" }, theirs: null });
  });

  it("of our own change is no conflict, even when it comes before the answer", async () => {
    const { api, details } = await opened();
    details.write(SID, { note: "mine" });
    api.noteCall.mockImplementationOnce(async (_sid, sent) => {
      const call = api.change(sent);
      details.merge(call);
      return { call, etag: '"2"' };
    });
    await details.save(SID);
    expect(details.get()).toMatchObject({ saving: "saved", theirs: null });
  });

  it("that is older is ignored", async () => {
    const { details } = await opened(server({ revision: 5, note: "new" }));
    details.merge(noted({ revision: 4, note: "old" }));
    expect(details.get()?.saved.note).toBe("new");
  });

  it("has what happened loaded again", async () => {
    const { api, details } = await opened();
    details.merge(api.change({}));
    await vi.waitFor(() => expect(api.timeline).toHaveBeenCalledTimes(2));
  });

  it("about a call that is not open changes nothing", async () => {
    const { api, details } = await opened();
    details.merge(noted({ sid: "CA-other", note: "x" }));
    expect(api.timeline).toHaveBeenCalledTimes(1);
    expect(details.get()?.sid).toBe(SID);
  });
});

describe("closing", () => {
  it("keeps what is not saved until the call is opened again", async () => {
    const { api, details } = await opened();
    details.write(SID, { note: "half a sen" });
    details.close();
    expect(details.get()).toBeNull();
    expect(details.hasUnsaved()).toBe(true);
    details.open(api.call());
    expect(details.get()?.draft.note).toBe("half a sen");
  });

  it("forgets a call of which nothing is unsaved", async () => {
    const { details } = await opened();
    details.close();
    details.open(noted({ revision: 1, note: "newer" }));
    expect(details.get()?.draft.note).toBe("newer");
  });
});
