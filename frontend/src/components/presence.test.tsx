/** Whether the agent wants calls: the menu, wrap-up, the team's list, and what others changed. */
import { screen, waitFor, within } from "@testing-library/preact";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { grace, hedy, there } from "../../gallery/data";
import type { Presence } from "../messages";
import { announcement } from "../softphone/announcements";
import { wrapUp } from "../softphone/presence";
import type { State } from "../softphone/state";
import {
  after,
  LEG,
  NOW,
  openState,
  push,
  rang,
  readyState,
  ringingState,
  ROOT,
  sample,
} from "../testing/samples";
import { button, callArea, reach, show } from "../testing/show";
import { widthOf } from "../testing/width";

const { me } = readyState();
const mine = (more: Partial<Presence>) => push({ type: "presence.changed", presence: there(me, more) });
const iso = (at: number) => new Date(at).toISOString();
/** The test's clock stands ten seconds after NOW. */
const until = (seconds: number) => iso(NOW + 10_000 + seconds * 1000);

function afterACall(more: Partial<NonNullable<Presence["wrap_up"]>> = {}): State {
  return after(
    openState(),
    { type: "agent.hung-up", at: NOW + 9000 },
    mine({ state: "wrap-up", wrap_up: { until: until(48), stays: false, ...more } }),
  );
}

const toServer = (asked: unknown[]) =>
  asked.flatMap((command) =>
    (command as { message?: unknown }).message ? [(command as { message: unknown }).message] : [],
  );

describe("the availability's menu", () => {
  it("offers the admins' reasons, and a time of return that may be pressed before", async () => {
    const { user, asked } = show(readyState());
    await user.click(button("Availability: Available"));
    expect(document.activeElement?.textContent).toContain("Available");
    await user.click(
      within(screen.getByRole("group", { name: "Back at" })).getAllByRole("menuitemradio")[1]!,
    );
    await user.click(screen.getByRole("menuitemradio", { name: "Lunch" }));
    const [told] = toServer(asked) as { availability: string; reason: number; back_at: string }[];
    expect(told).toMatchObject({ type: "availability.set", availability: "away", reason: 1 });
    expect(Date.parse(told?.back_at ?? "") - NOW).toBeGreaterThan(15 * 60_000);
    expect(screen.queryByRole("menu")).toBeNull();
    expect(reach()).toContain("Lunch, back at");
  });

  it("takes back what the server refuses, and says why until it is read", async () => {
    const { user, send } = show(readyState());
    await user.click(button("Availability: Available"));
    await user.click(screen.getByRole("menuitemradio", { name: "Lunch" }));
    const message = "There is no such reason any more. Choose another.";
    send(push({ type: "error", about: "availability.set", message }));
    send(mine({}));
    await waitFor(() => expect(reach()).toContain(`Your availability was not changed. ${message}`));
    expect(button("Availability: Available")).toBeTruthy();
    await waitFor(() => expect(screen.getByTestId("assertive").textContent).toContain(message));
    await user.click(button("Close"));
    expect(reach()).toContain("You can be reached.");
  });

  it("shows nothing of what else the server could not use", () => {
    const { send } = show(readyState());
    send(push({ type: "error", about: "ring.ack", message: "ring.ack needs `sid`, the call's." }));
    expect(reach()).toContain("You can be reached.");
  });

  it("does not say once more a time of return that is over", async () => {
    const state = after(
      readyState(),
      mine({ availability: "away", state: "away", reason: "Break", back_at: iso(NOW - 60_000) }),
    );
    const { user, asked } = show(state);
    await user.click(button("Availability: Away"));
    await user.click(screen.getByRole("menuitemradio", { name: "Lunch" }));
    expect(toServer(asked)).toEqual([{ type: "availability.set", availability: "away", reason: 1 }]);
  });

  it("says who set it, and when", async () => {
    const state = after(
      readyState(),
      mine({ availability: "away", state: "away", set_by: hedy, set_at: iso(NOW) }),
    );
    const { user } = show(state);
    expect(reach()).toContain("You are away. Hedy Lamarr set this at");
    await user.click(button("Availability: Away"));
    expect(screen.getByRole("menu").textContent).toContain("Hedy Lamarr set you to Away.");
  });

  it("finishes for today: the phone is switched off, and comes back with the agent", async () => {
    const { user, asked, store } = show(readyState());
    await user.click(button("Availability: Available"));
    await user.click(screen.getByRole("menuitemradio", { name: /Finish for today/ }));
    expect(asked.map((command) => command.type)).toContain("phone.stop");
    expect(reach()).toContain("You have finished for today. Calls do not ring here.");
    expect(store.get().late).toBeNull();
    await user.click(button("Be available"));
    expect(asked.map((command) => command.type)).toContain("phone.start");
  });

  it("leaves a call that goes on", () => {
    const state = after(openState(), { type: "agent.chose", availability: "offline" });
    expect(state.device.wanted).toBe(true);
    expect(after(state, { type: "agent.hung-up", at: NOW }).device.wanted).toBe(false);
  });
});

describe("what is changed while the phone rings", () => {
  it("counts from the end of that call: nothing says that calls do not ring above one that does", async () => {
    const { send } = show(ringingState());
    send(
      mine({ availability: "away", state: "away", set_by: hedy, reason: "Lunch", set_at: iso(NOW + 9000) }),
    );
    await waitFor(() => expect(reach()).toContain("Incoming call, then Away."));
    expect(reach()).toMatch(/Hedy Lamarr set this at .*: Lunch\. Calls will not ring here\./);
    expect(reach()).not.toContain("You are away");
    expect(button(/^Answer/)).toBeTruthy();
    send({ type: "call.canceled", id: LEG, at: NOW + 10_000 });
    await waitFor(() => expect(reach()).toContain("You are away."));
  });

  it("by the agent is said so, too", () => {
    const rings = ringingState();
    const busy = after(rings, { type: "agent.chose", availability: "busy" });
    expect(announcement(rings, busy, false)?.polite).toBe("Busy after this call: calls will not ring here.");
  });
});

describe("what others change", () => {
  it("is said at once, with who did it", async () => {
    const { send } = show(readyState());
    send(mine({ availability: "away", state: "away", set_by: hedy, set_at: iso(NOW) }));
    await waitFor(() =>
      expect(screen.getByTestId("assertive").textContent).toBe("Hedy Lamarr set you to Away."),
    );
  });

  it("is said with its reason and the time of return, also of who was away before", async () => {
    const { send, user } = show(readyState());
    const told = () => screen.getByTestId("assertive").textContent;
    send(mine({ availability: "away", state: "away", set_by: hedy, reason: "Lunch", set_at: iso(NOW) }));
    await waitFor(() => expect(told()).toBe("Hedy Lamarr set you to Away: Lunch."));
    expect(reach()).toMatch(/You are away\. Hedy Lamarr set this at .*: Lunch\. Calls do not ring here\./);
    const back_at = until(3600);
    const more = { reason: "Training", back_at, set_at: iso(NOW + 5000) };
    send(mine({ availability: "away", state: "away", set_by: hedy, ...more }));
    await waitFor(() => expect(told()).toMatch(/^Hedy Lamarr set you to Away: Training, back at .*\.$/));
    await user.click(button("Availability: Away"));
    expect(screen.getByRole("menu").textContent).toMatch(/Hedy Lamarr set you to Away: Training, back at/);
  });

  it("is said of a rule, too", async () => {
    const { send } = show(readyState());
    send(mine({ availability: "away", state: "away", rule: "missed", set_at: iso(NOW) }));
    await waitFor(() =>
      expect(screen.getByTestId("assertive").textContent).toBe("Away: you did not answer twice."),
    );
    expect(reach()).toContain("You did not answer twice, at");
  });
});

describe("wrap-up", () => {
  it("counts down, and is ended by the agent", async () => {
    const { user, asked } = show(afterACall());
    expect(callArea().getByRole("timer").textContent).toBe("0:48 left");
    expect(reach()).toContain("After the call.");
    expect(button("Availability: Wrap-up")).toBeTruthy();
    await user.click(button("Done, next"));
    expect(toServer(asked)).toEqual([{ type: "wrapup.end" }]);
    expect(callArea().queryByRole("button", { name: "Done, next" })).toBeNull();
  });

  it("is no state to choose: what is ticked in the menu would not be so until its end", async () => {
    const { user } = show(afterACall());
    await user.click(button("Availability: Wrap-up"));
    const choices = screen.getAllByRole("menuitemradio").filter(({ className }) => className !== "chip");
    expect(choices.map((choice) => choice.getAttribute("aria-checked"))).not.toContain("true");
    expect(choices[0]!.textContent).toBe("Available After wrap-up");
  });

  it("is stayed in", async () => {
    const { user, asked, send } = show(afterACall());
    await user.click(button("Stay in wrap-up"));
    expect(toServer(asked)).toEqual([{ type: "wrapup.stay" }]);
    send(mine({ state: "wrap-up", wrap_up: { until: until(3600), stays: true } }));
    await waitFor(() => expect(callArea().queryByRole("timer")).toBeNull());
    expect(callArea().getByText("You stay in wrap-up until you press Done.")).toBeTruthy();
  });

  it("is left for a break", async () => {
    const { user, asked } = show(afterACall());
    await user.click(button("Take a break"));
    expect(toServer(asked)).toEqual([{ type: "availability.set", availability: "away" }]);
  });

  it("gives way to a call", () => {
    expect(wrapUp(after(afterACall(), rang))).toBeNull();
  });
});

describe("the phone's own reachability", () => {
  it("acknowledges a ring as it starts", () => {
    const { asked, send } = show(readyState());
    send(rang);
    expect(toServer(asked)).toEqual([{ type: "ring.ack", sid: ROOT }]);
  });

  it("registers anew when a ring did not arrive, after the call that goes on", () => {
    const idle = show(readyState());
    idle.send(push(sample("phone.renew")));
    expect(idle.asked.map((command) => command.type)).toContain("phone.start");
    const talking = after(openState(), push(sample("phone.renew")));
    expect(talking.device.renew).toBe(true);
    expect(after(talking, { type: "agent.hung-up", at: NOW }).device.renew).toBe(false);
  });

  it("tells colleagues that the browser blocks the microphone", () => {
    const { asked, send } = show(readyState());
    send({ type: "microphone.changed", microphone: "denied" });
    expect(toServer(asked)).toContainEqual({
      type: "phone.state",
      registered: false,
      trouble: "microphone-blocked",
    });
  });

  it("says for how long no call could ring here, until it is read", async () => {
    const { user, send } = show(readyState());
    send(push(sample("reach.restored")));
    expect(await screen.findByText(/No call could ring here from/)).toBeTruthy();
    await user.click(callArea().getByRole("button", { name: "Close this message" }));
    expect(screen.queryByText(/No call could ring here from/)).toBeNull();
  });

  it.each([
    ["ready", () => readyState()],
    ["in wrap-up", () => afterACall()],
  ])("says %s that a caller waited in vain, until it is read", async (_what, state) => {
    const { user, send, asked } = show(state());
    const said = /did not come back to Maya Okonkwo in time/;
    send(push(sample("lost_caller.changed")));
    expect(await callArea().findByText(said)).toBeTruthy();
    await waitFor(() => expect(screen.getByTestId("polite").textContent).toMatch(said));
    await user.click(callArea().getByRole("button", { name: "Close this message" }));
    expect(callArea().queryByText(said)).toBeNull();
    expect(toServer(asked)).toContainEqual({
      type: "lost_caller.read",
      sid: sample("lost_caller.changed").lost_caller?.sid,
    });
  });
});

describe("the team", () => {
  beforeEach(() => widthOf(1600));
  const team = (...members: Presence[]) =>
    after(readyState(), push({ ...sample("desk.snapshot"), calls: [], presence: [there(me), ...members] }));

  it("says of everybody what they are, since when, and why", () => {
    show(
      team(
        there(grace, { state: "not-reachable", trouble: "silent", since: iso(NOW) }),
        there(hedy, { availability: "away", state: "away", reason: "Lunch", since: iso(NOW - 50_000) }),
      ),
    );
    const rows = within(screen.getByRole("region", { name: "Your team" })).getAllByRole("listitem");
    expect(rows[0]?.textContent).toMatch(/Hedy Lamarr.*1:00.*Away.*Lunch/);
    expect(rows[1]?.textContent).toMatch(/Grace Hopper.*Not reachable.*Desk sends nothing since/);
  });

  it("keeps focus at whom a supervisor has just changed, wherever that one stands then", async () => {
    const away = { availability: "away", state: "away" } as const;
    const { user, send } = show(team(there(grace), there(hedy)), {}, {}, { role: "supervisor" });
    await user.click(screen.getByRole("button", { name: "Change Grace Hopper to" }));
    await user.click(screen.getByRole("menuitemradio", { name: "Away" }));
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Change Grace Hopper to" }));

    send(push({ type: "presence.changed", presence: there(grace, away) }));

    await waitFor(() =>
      expect(screen.getAllByRole("listitem").at(-1)?.textContent).toContain("Grace Hopper"),
    );
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Change Grace Hopper to" }));
  });

  it("is searched by name when it is long, and says how many it found", async () => {
    const many = Array.from({ length: 13 }, (_, at) => ({
      ...grace,
      id: 100 + at,
      name: `Sinéad Nr. ${at}`,
    }));
    const { user } = show(team(...[grace, ...many].map((agent) => there(agent))));
    const list = within(screen.getByRole("region", { name: "Your team" }));
    const search = list.getByRole("searchbox", { name: "Search colleague" });

    await user.type(search, "hop");
    expect(list.getAllByRole("listitem")).toHaveLength(1);
    expect(list.getByRole("status").textContent).toBe("1 found.");
    await user.clear(search);
    await user.type(search, "sinead 12");
    expect(list.getByRole("listitem").textContent).toContain("Sinéad Nr. 12");
    await user.type(search, "x");
    expect(list.getByText("Nobody found for “sinead 12x”")).toBeTruthy();
  });

  it("has no search while it is seen at a glance", () => {
    show(team(there(grace)));
    expect(screen.queryByRole("searchbox", { name: "Search colleague" })).toBeNull();
  });

  it("is not changed by colleagues", () => {
    show(team(there(grace)));
    expect(screen.queryByRole("button", { name: /Change Grace Hopper to/ })).toBeNull();
  });

  it("is changed by supervisors, and says why it was not", async () => {
    const setPresence = vi.fn().mockRejectedValue(new Error("Ringdesk cannot be reached."));
    const { user } = show(team(there(grace)), { setPresence }, {}, { role: "supervisor" });
    await user.click(screen.getByRole("button", { name: "Change Grace Hopper to" }));
    await user.click(screen.getByRole("menuitemradio", { name: "Busy" }));
    expect(screen.queryByRole("menu")).toBeNull();
    expect(setPresence).toHaveBeenCalledWith(grace.id, "busy", undefined);
    expect(await screen.findByText("Ringdesk cannot be reached.")).toBeTruthy();
  });
});
