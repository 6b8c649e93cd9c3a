/** Calls within the house, at both desks: whom one may call, who rings, and what is said. */
import { screen, waitFor, within } from "@testing-library/preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { grace, hedy, there } from "../../gallery/data";
import { colleaguesOf } from "../../gallery/rooms";
import { hintsOfColleague } from "../softphone/colleague";
import type { SoftphoneEvent } from "../softphone/events";
import type { State } from "../softphone/state";
import { said } from "../testing/announced";
import { after, NOW, push, readyState, sample } from "../testing/samples";
import { button, callArea, show } from "../testing/show";
import { widthOf } from "../testing/width";

const ROOT = "CA00000000000000000000000000000077";
const rings: SoftphoneEvent = {
  type: "call.incoming",
  id: "leg-1",
  root: ROOT,
  hints: hintsOfColleague(grace),
  at: NOW,
};
const { live: sampled } = sample("call.status");
const live = {
  ...sampled,
  history: [],
  call: {
    ...sampled.call,
    sid: ROOT,
    internal: true,
    line: null,
    contact: null,
    agent: { id: 1, identity: "agent_1", name: "Ada Byron" },
    party: {
      ...sampled.call.party,
      number: "client:agent_2",
      display: grace.name,
      name: grace.name,
      company: "",
      place: "",
      verified: false,
    },
  },
};
const team = (...members: SoftphoneEvent[]): State => after(readyState(), ...members);
const member = (...[agent, more]: Parameters<typeof there>) =>
  push({ type: "presence.changed", presence: there(agent, more) });
const talking = () =>
  after(
    readyState(),
    rings,
    push({ type: "call.status", live }),
    { type: "agent.answered" },
    { type: "call.accepted", id: "leg-1", sid: "leg-1", at: NOW + 2000 },
  );

const inTeam = () => within(screen.getByRole("region", { name: "Your team" }));
const key = (name: string) => inTeam().getByRole<HTMLButtonElement>("button", { name: `Call ${name}` });

describe("the team's list", () => {
  beforeEach(() => widthOf(1440));

  it("calls a colleague by one key, from no line", async () => {
    const { user, asked } = show(team(member(grace, { state: "available" })));
    await user.click(key("Grace Hopper"));
    expect(asked).toContainEqual(
      expect.objectContaining({ type: "phone.connect", to: "client:agent_2", lineId: null }),
    );
    await callArea().findByRole("heading", { name: "Grace Hopper" });
    expect(callArea().queryByText(/client:/)).toBeNull();
  });

  it("calls nobody who cannot be called, and says what they are", () => {
    show(team(member(hedy, { state: "away" })));
    expect(key("Hedy Lamarr").disabled).toBe(true);
    expect(inTeam().getAllByText("Away").length).toBeGreaterThan(0);
  });

  it("has no such key for who may not call out", () => {
    const state = after(readyState(), {
      type: "grants.changed",
      grants: { incoming: true, outgoing: false },
    });
    show(after(state, member(grace, { state: "available" })));
    expect(inTeam().queryByRole("button", { name: "Call Grace Hopper" })).toBeNull();
  });
});

describe("a name that is typed", () => {
  const colleagues = vi.fn(async (search: string) => colleaguesOf(search));

  it("finds colleagues, with why somebody cannot be called", async () => {
    const { user, asked } = show(readyState(), { colleagues });
    await user.type(screen.getByLabelText("Name or number"), "e");
    await screen.findByRole("option", { name: /Grace Hopper/ });
    const options = within(screen.getByRole("listbox")).getAllByRole("option");
    expect(options.map((option) => option.textContent)).toEqual([
      "Grace HopperColleague · Available",
      "Hedy LamarrColleague Is on a call.",
      "Ludwig WolfeschlegelsteinhausenbergerdorffColleague Is away.",
    ]);
    expect(options.map((option) => option.getAttribute("aria-disabled"))).toEqual(["false", "true", "true"]);
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(asked.some(({ type }) => type === "phone.connect")).toBe(false);
    await user.keyboard("{ArrowUp}{Enter}");
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.connect", to: "client:agent_2" }));
  });

  it("finds contacts when colleagues cannot be asked for", async () => {
    const contacts = vi.fn(async () => [
      {
        id: 1,
        name: "Maya Okonkwo",
        company: "",
        note: "",
        numbers: [{ number: "+12025550142", extension: "", display: "(202) 555-0142", label: "" }],
      },
    ]);
    const { user } = show(readyState(), { contacts, colleagues: () => Promise.reject(new Error("down")) });
    await user.type(screen.getByLabelText("Name or number"), "ma");
    await screen.findByRole("option", { name: /Maya Okonkwo/ });
  });
});

describe("a colleague who calls", () => {
  it("is shown as one, and nothing is said of earlier calls", async () => {
    const { send } = show(readyState());
    send(rings);
    await callArea().findByRole("heading", { name: "Grace Hopper" });
    callArea().getByText("Colleague");
    callArea().getByText("Nobody else is on the line.");
    expect(callArea().queryByText(/First call|Not in your contacts|client:/)).toBeNull();
    await waitFor(() =>
      expect(screen.getByTestId("assertive").textContent).toBe(
        "Incoming call. Grace Hopper, Colleague. Enter to answer.",
      ),
    );
  });

  it("is declined in words that are true of a colleague", () => {
    const ringing = after(readyState(), rings);
    const rejected = push({ type: "call.withdrawn", sid: ROOT, reason: "rejected", by: null });
    expect(said(ringing, { type: "agent.rejected" }, rejected)).toEqual([
      "You declined the call from Grace Hopper.",
    ]);
  });

  it("who gives up, and one who was not answered in time, are said", () => {
    const ringing = after(readyState(), rings);
    const gone = (reason: "caller-hung-up" | "not-answered") =>
      push({ type: "call.withdrawn", sid: ROOT, reason, by: null });
    expect(said(ringing, gone("caller-hung-up"))).toEqual(["Grace hung up before anybody answered."]);
    expect(said(ringing, gone("not-answered"))).toEqual(["You did not answer Grace Hopper in time."]);
  });

  it("can be held, muted, sent keys and hung up on, and nothing else", async () => {
    const { user, asked } = show(talking());
    await callArea().findByRole("heading", { name: "Grace Hopper" });
    for (const name of ["Mute", "Hold", "Keypad", "Hang up"])
      expect(callArea().getByRole("button", { name })).toBeTruthy();
    for (const name of ["Transfer", "Ask for help"])
      expect(callArea().queryByRole("button", { name })).toBeNull();
    await user.keyboard("t");
    expect(screen.queryByRole("region", { name: /^Transfer/ })).toBeNull();
    await user.keyboard("h");
    expect(asked).toContainEqual(
      expect.objectContaining({ type: "call.act", sid: ROOT, act: { do: "hold" } }),
    );
    expect(screen.queryByText(/Earlier with/)).toBeNull();
  });

  it("says in the end how long it was", () => {
    expect(said(talking(), { type: "agent.hung-up", at: NOW + 62_000 })).toEqual(["Call ended, 1 minute."]);
  });
});

describe("calling a colleague", () => {
  const dial: SoftphoneEvent = {
    type: "agent.dialled",
    id: "d",
    hints: hintsOfColleague(grace),
    line: null,
    at: NOW,
  };
  const rung: SoftphoneEvent = { type: "call.ringing", id: "d", sid: ROOT };
  const problem = (message: string) => push({ type: "call.problem", sid: ROOT, message, permanent: false });

  it("says what came of it, and may be tried again", async () => {
    const message = "Your colleague did not answer.";
    expect(said(readyState(), dial, rung, problem(message))).toEqual([
      "Calling Grace Hopper.",
      "Ringing.",
      message,
    ]);
    const { user, asked } = show(after(readyState(), dial, rung, problem(message)));
    await callArea().findByRole("heading", { name: message });
    await user.click(button("Try again"));
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.connect", to: "client:agent_2" }));
  });
});

describe("the log", () => {
  it("shows a colleague's call as one, and calls back", async () => {
    const call = { ...live.call, end_time: live.call.start_time, result: "missed" as const, incoming: true };
    const { user, asked } = show(readyState(), {
      calls: vi.fn(async () => ({ next: null, results: [call] })),
    });
    const row = within((await screen.findByText("Grace Hopper")).closest("li") as HTMLElement);
    row.getByText("Colleague");
    expect(row.queryByText("client:agent_2")).toBeNull();
    await user.click(row.getByRole("button", { name: "Call Grace Hopper" }));
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.connect", to: "client:agent_2" }));
  });
});

describe("another tab", () => {
  it("does not offer to bring a call between colleagues", async () => {
    const { send } = show(readyState());
    const answered = { ...live.call, answer_time: new Date(NOW).toISOString(), end_time: null };
    send(push({ type: "call.status", live: { ...live, mine: "active", call: answered } }));
    expect(screen.queryByRole("button", { name: "Continue here" })).toBeNull();
  });
});
