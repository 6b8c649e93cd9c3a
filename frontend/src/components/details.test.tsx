/** Small things that the desk says, and says truly. */
import { fireEvent, render, screen, waitFor, within } from "@testing-library/preact";
import { there } from "../../gallery/data";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Agent, Call, PastCall } from "../messages";
import { after, NOW, openState, push, rang, readyState, ringingState, sample } from "../testing/samples";
import { failingScreens } from "../testing/screens";
import { button, callArea, reach, show } from "../testing/show";
import { widthOf } from "../testing/width";
import { config } from "../../gallery/fakes";
import { TopBar } from "./TopBar";

const grace = { id: 2, identity: "agent_2", name: "Grace Hopper" };
const ended = sample("call.ended").call;
const logged = (...results: Partial<Call>[]) => ({
  calls: async () => ({
    next: null,
    results: results.map((call, at) => ({ ...ended, sid: `CA${at}`, ...call })),
  }),
});
const row = async (sid: string) => {
  await waitFor(() => expect(document.querySelector(`[data-row="${sid}"]`)).not.toBeNull());
  return document.querySelector(`[data-row="${sid}"]`)?.textContent ?? "";
};
const signedOut = push({ type: "session.ended", message: "You were signed out." });

beforeEach(() => void vi.restoreAllMocks());
beforeEach(() => void vi.spyOn(Date, "now").mockReturnValue(NOW + 10_000));

describe("what becomes of callers depends on the line: no sentence says less than all of it", () => {
  it.each([
    ["on a call", openState()],
    ["offline", after(readyState(), { type: "desk.lost", at: NOW, retryAt: NOW + 8000 })],
    ["without a microphone", after(readyState(), { type: "microphone.changed", microphone: "missing" })],
  ])("%s", (_name, state) => {
    show(state);
    expect(document.body.textContent).not.toMatch(/wait or go|go to your colleagues/);
    expect(document.body.textContent).toMatch(/allers wait, go to your team or to voicemail\./);
  });

  it("in the menu of availability", async () => {
    const { user } = show(readyState());
    await user.click(button("Availability: Available"));
    expect(screen.getByRole("menuitemradio", { name: /Busy/ }).textContent).not.toMatch(/wait/);
  });
});

describe("availability", () => {
  it("is not called ready since some time while away", () => {
    const { send } = show(readyState());
    expect(callArea().getByRole("heading", { name: "Ready" }).parentElement?.textContent).toMatch(/since/);
    send({ type: "agent.chose", availability: "away" });
    return waitFor(() => {
      const heading = callArea().getByRole("heading", { name: "Away" });
      expect(heading.parentElement?.textContent).toBe("Away");
    });
  });

  it("is ready from when it is back, not from when the phone was started", () => {
    const mine = (availability: "away" | "available", at: number) =>
      push(
        { type: "presence.changed", presence: there(readyState().me, { availability, state: availability }) },
        at,
      );
    const state = after(readyState(), mine("away", NOW + 1000), mine("available", NOW + 60_000));
    expect(state.readySince).toBe(NOW + 60_000);
  });

  it("is confirmed when it is chosen in a call", async () => {
    const { user } = show(openState());
    await user.click(button("Availability: On a call"));
    await user.click(screen.getByRole("menuitemradio", { name: /Busy/ }));
    expect(reach()).toContain("On a call, then Busy. Calls will not ring here.");
    await waitFor(() =>
      expect(screen.getByTestId("polite").textContent).toBe(
        "Busy after this call: calls will not ring here.",
      ),
    );
  });
});

describe("the way to other pages", () => {
  it("is another tab: leaving the desk would end a call", async () => {
    const desk = {
      ...config,
      simulator: true,
      simulatorUrl: "http://localhost:8001",
      urls: { ...config.urls, admin: "/admin/" },
    };
    render(
      <TopBar
        config={desk}
        state={readyState()}
        menu="account"
        onMenu={() => {}}
        view="desk"
        onView={() => {}}
        onChoose={() => {}}
        onShortcuts={() => {}}
        onSettings={() => {}}
        onSignOut={() => {}}
      />,
    );
    for (const [role, name] of [
      ["link", "Simulated telephones (opens in a new tab)"],
      ["menuitem", "Administration (opens in a new tab)"],
    ] as const) {
      expect(screen.getByRole<HTMLAnchorElement>(role, { name }).target).toBe("_blank");
    }
  });
});

describe("the log", () => {
  it("says who answered, and who called", async () => {
    show(
      readyState(),
      logged(
        { agent: grace, agents: [] },
        { agent: readyState().me, agents: [] },
        { agent: grace, agents: [], incoming: false, result: "reached" },
        { agent: grace },
        { agent: readyState().me, agents: [{ agent: grace, since: "2026-11-23T09:30:08Z", until: null }] },
      ),
    );
    expect(await row("CA0")).toContain("by Grace");
    expect(await row("CA1")).toContain("by you");
    expect(await row("CA2")).toContain("Grace called");
    // Of those that were given away.
    expect(await row("CA3")).toContain("by Ada, then Grace");
    expect(await row("CA4")).toContain("by Grace, then you");
  });

  it("gives a talk its own length, without the time for which the caller waited", async () => {
    const times = { answer_time: "2026-01-05T10:10:00Z", end_time: "2026-01-05T10:12:05Z" };
    show(readyState(), logged({ result: "answered", duration: 725, ...times }));
    expect(await row("CA0")).toContain("2:05");
    expect(await row("CA0")).not.toContain("12:05");
  });

  it("gives a call with a message one length", async () => {
    const recordings = [{ sid: "RE1", duration: 37, url: "/message" }];
    show(readyState(), logged({ result: "voicemail", duration: 52, agent: null, recordings }));
    expect(await row("CA0")).toContain("0:37");
    expect(await row("CA0")).not.toContain("0:52");
  });

  it("and the calls before tell no other length of the message", async () => {
    const { live } = sample("call.incoming");
    const [before] = live.history;
    const history = [{ ...(before as PastCall), result: "voicemail" as const, duration: 28, agent: null }];
    const recordings = [{ sid: "RE1", duration: 22, url: "/message" }];
    const { send } = show(
      readyState(),
      logged({ result: "voicemail", duration: 28, agent: null, recordings }),
    );
    send(push({ type: "call.incoming", live: { ...live, history } }), rang);
    const last = within(await screen.findByRole("region", { name: "Last calls with Maya" }));
    last.getByText("Left a voicemail");
    const earlier = within(screen.getByRole("region", { name: "Earlier with Maya" }));
    await earlier.findByText("Left a voicemail, 0:22");
  });

  it("is that of the talk, in the calls that came with a ring and in those beside it", async () => {
    const { live } = sample("call.incoming");
    const [before] = live.history;
    const history = [{ ...(before as PastCall), result: "answered" as const, duration: 227 }];
    const times = { answer_time: "2026-11-23T09:30:08Z", end_time: "2026-11-23T09:33:55Z" };
    const { send } = show(readyState(), logged({ result: "answered", duration: 235, ...times }));
    send(push({ type: "call.incoming", live: { ...live, history } }), rang);
    const last = within(await screen.findByRole("region", { name: "Last calls with Maya" }));
    last.getByText("Answered by Ada, 3:47");
    const earlier = within(screen.getByRole("region", { name: "Earlier with Maya" }));
    // Those of the log open; what came with the ring stands there until then.
    expect((await earlier.findByRole("button")).textContent).toContain("Answered by Ada, 3:47");
  });

  it("counts one call as one", async () => {
    const { user } = show(readyState(), logged({}));
    await row("CA0");
    await user.type(screen.getByLabelText("Search the call log"), "m");
    await screen.findByText("1 call found.");
  });
});

it("says who had a call that was given away, in order and when, and how long its caller was on hold", async () => {
  const had = (agent: Agent, since: string, until: string | null) => ({ agent, since, until });
  const { me } = readyState();
  const agents = [
    had(me, "2026-11-23T09:30:08Z", "2026-11-23T09:34:00Z"),
    had(grace, "2026-11-23T09:34:00Z", null),
  ];
  const { user } = show(readyState(), logged({ agent: grace, agents, held_seconds: 95 }));
  await user.click(await screen.findByRole("button", { name: /Maya Okonkwo.*Details/ }));
  const [first, second] = within(await screen.findByRole("list", { name: "Who had it" })).getAllByRole(
    "listitem",
  );
  expect(first!.textContent).toMatch(/^Ada Byron 9:30.AM to 9:34.AM$/);
  expect(second!.textContent).toMatch(/^Grace Hopper since 9:34.AM$/);
  expect(screen.getByText("On hold").nextElementSibling!.textContent).toBe("1:35");
});

describe("the phone network's check of the number", () => {
  it("is told when it failed: on the ring, beside the call, and in the log", async () => {
    const { live } = sample("call.incoming");
    const party = { ...live.call.party, verified: false, verification_failed: true };
    const { send } = show(readyState(), logged({ party }));
    await row("CA0");
    fireEvent.click(screen.getByRole("button", { name: /Maya Okonkwo.*Details/ }));
    await screen.findByText("Not confirmed by the phone network. It may be forged.");

    send(push({ type: "call.incoming", live: { ...live, call: { ...live.call, party } } }), rang);
    await callArea().findByText("The phone network does not confirm this number. It may be forged.");
  });
});

describe("a spam rule for the caller", () => {
  it("is told on the ring, and in the log", async () => {
    const { live } = sample("call.incoming");
    const party = { ...live.call.party, spam: true };
    const { send } = show(readyState(), logged({ party }));
    await row("CA0");
    fireEvent.click(screen.getByRole("button", { name: /Maya Okonkwo.*Details/ }));
    await screen.findByText("There is one for this caller.");

    send(push({ type: "call.incoming", live: { ...live, call: { ...live.call, party } } }), rang);
    await callArea().findByText("A rule marks this caller as spam.");
  });
});

describe("signed out everywhere", () => {
  it("leaves nothing of any customer on the screen", async () => {
    const { send, store } = show(ringingState(), logged({}));
    await callArea().findByRole("heading", { name: "Maya Okonkwo" });
    send(signedOut);
    await screen.findByRole("heading", { name: "You were signed out" });
    expect(screen.getByRole("link", { name: "Sign in" })).not.toBeNull();
    expect(document.body.textContent).not.toMatch(/Maya|Okonkwo|555/);
    expect(JSON.stringify(store.get())).not.toMatch(/Maya|Okonkwo|555/);
  });

  it("keeps a call that goes on, and nothing else", async () => {
    const { send } = show(openState(), logged({}));
    send(signedOut);
    await waitFor(() => expect(screen.queryByRole("region", { name: "Work area" })).toBeNull());
    button("Hang up");
    send({ type: "agent.hung-up", at: NOW });
    await screen.findByRole("heading", { name: "You were signed out" });
    expect(document.body.textContent).not.toMatch(/Maya|Okonkwo|555/);
  });

  it("empties what was loaded", async () => {
    const { log, details } = show(readyState(), logged({}));
    await row("CA0");
    details.open(ended);
    details.write(ended.sid, { note: "Not saved" });
    log.clear();
    details.clear();
    expect(log.get().rows).toEqual([]);
    expect(details.get()).toBeNull();
    expect(details.hasUnsaved()).toBe(false);
  });
});

describe("notifications", () => {
  it("are offered once, by a sentence, and asked for only after a press", async () => {
    const requestPermission = vi.fn(async () => "granted" as const);
    vi.stubGlobal("Notification", Object.assign(class {}, { permission: "default", requestPermission }));
    const { user, preferences } = show(readyState());
    screen.getByText(/Ringdesk can show a notification/);
    expect(requestPermission).not.toHaveBeenCalled();
    await user.click(button("Show notifications"));
    expect(preferences.get()).toMatchObject({ notify: true, notifyOffered: true });
    expect(screen.queryByText(/can show a notification/)).toBeNull();
  });

  it("are not offered before the settings are there, with which the words come", () => {
    vi.stubGlobal("Notification", Object.assign(class {}, { permission: "default" }));
    show(readyState(), {}, {}, { screens: failingScreens("never") });
    expect(screen.queryByText(/can show a notification/)).toBeNull();
  });

  it("are not offered again to somebody who wants none", async () => {
    vi.stubGlobal("Notification", Object.assign(class {}, { permission: "default" }));
    const { user, preferences } = show(readyState());
    await user.click(button("No, thanks"));
    expect(preferences.get()).toMatchObject({ notify: false, notifyOffered: true });
    expect(screen.queryByText(/can show a notification/)).toBeNull();
  });
});

describe("a narrow window", () => {
  it("has the team on a tab of its own", async () => {
    widthOf(1024);
    const { user } = show(readyState());
    await user.click(screen.getByRole("tab", { name: "Team" }));
    screen.getByRole("heading", { name: "Your team" });
  });

  it("has no such tab where the team stands beside the log", () => {
    widthOf(1366);
    show(readyState());
    expect(screen.queryByRole("tab", { name: "Team" })).toBeNull();
    screen.getByRole("heading", { name: "Your team" });
  });
});

describe("a phone that does not connect", () => {
  it("says what to do, with a button", async () => {
    const { user, asked } = show(
      after(
        readyState(),
        { type: "device.changed", state: "unregistered", at: NOW },
        { type: "start.late", step: "phone" },
      ),
    );
    callArea().getByRole("heading", { name: "Your phone is not ready" });
    await user.click(button("Try again"));
    expect(asked).toContainEqual({ type: "phone.start" });
    expect(reach()).toContain("Getting your phone ready…");
  });

  it("keeps its button while it is being tried", () => {
    show(
      after(readyState(), { type: "desk.lost", at: NOW, retryAt: NOW + 1000 }, { type: "desk.connecting" }),
    );
    expect(reach()).toContain("Reconnecting…");
    button("Try now");
  });
});
