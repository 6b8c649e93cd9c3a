/** Who waits for the agent's teams. */
import { screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { grace, there } from "../../gallery/data";
import type { Queue } from "../messages";
import { after, NOW, push, readyState, sample } from "../testing/samples";
import { button, reach, show } from "../testing/show";
import { widthOf } from "../testing/width";

const told = (more: Partial<Queue>): ReturnType<typeof push> => {
  const message = sample("queue.changed") as { type: "queue.changed"; queue: Queue };
  return push({ ...message, queue: { ...message.queue, ...more } });
};
const since = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const sales = { id: 2, name: "Sales" };

const callersOf = () => (sample("queue.changed") as { queue: Queue }).queue.callers;

describe("the reach line", () => {
  it("says of the team with the longest wait how many wait, and since when", async () => {
    const { send } = show(readyState());
    send(told({ waiting: 1, longest_since: since(20) }));
    send(told({ team: sales, waiting: 3, longest_since: since(157) }));
    // The test's clock stands ten seconds after NOW.
    await waitFor(() => expect(reach()).toContain("Sales: 3 waiting · longest 2:47"));
  });

  it("speaks of who is on the line before who is to be called back, and has waited for hours", async () => {
    const { send } = show(readyState());
    send(
      told({ team: sales, waiting: 0, call_backs: 2, longest_since: null, call_backs_since: since(7200) }),
    );
    send(told({ waiting: 1, call_backs: 3, longest_since: since(20), call_backs_since: since(3600) }));
    await waitFor(() => expect(reach()).toContain("Support: 1 waiting · 3 to call back · longest 0:30"));
    expect(document.querySelector(".reach-narrow")?.textContent).toBe("1 waiting · 0:30");
  });

  it("says the same in short, for where there is no room", async () => {
    const { send } = show(readyState());
    const short = () => document.querySelector(".reach-narrow")?.textContent;
    send(told({ team: sales, waiting: 3, longest_since: since(157) }));
    await waitFor(() => expect(short()).toBe("3 waiting · 2:47"));
    send(told({ team: sales, waiting: 0, call_backs: 2, longest_since: null, call_backs_since: since(157) }));
    await waitFor(() => expect(short()).toBe("2 to call back · 2:47"));
    send(told({ team: sales, waiting: 0, call_backs: 0, call_backs_since: null }));
    await waitFor(() => expect(short()).toBeUndefined());
  });

  it("says the goal once somebody has waited longer", async () => {
    const { send } = show(readyState());
    const [first] = callersOf();
    const waits = { ...first!, state: "waiting" as const, since: since(157) };
    send(told({ waiting: 1, longest_since: since(157), callers: [{ ...waits, late_at: since(-60) }] }));
    await waitFor(() => expect(reach()).toContain("1 waiting · longest 2:47"));
    expect(reach()).not.toContain("goal");
    send(told({ waiting: 1, longest_since: since(157), callers: [{ ...waits, late_at: since(37) }] }));
    await waitFor(() => expect(reach()).toContain("Support: 1 waiting · longest 2:47, goal 2:00"));
    expect(document.querySelector(".reach-late")?.textContent).toBe("2:47");
  });

  it("speaks of colleagues when nobody waits any more", async () => {
    const { send } = show(readyState());
    send(told({ waiting: 1, longest_since: since(20) }));
    await waitFor(() => expect(reach()).toContain("1 waiting"));
    send(told({ waiting: 0, longest_since: null }));
    await waitFor(() => expect(reach()).not.toContain("waiting"));
  });
});

describe("the waiting list", () => {
  const [first] = callersOf();
  const tab = (name: string) => screen.queryByRole("tab", { name });

  it("is there while somebody waits, and takes a caller out of the queue", async () => {
    const takeCaller = vi.fn(async () => {});
    const { user, send } = show(readyState(), { takeCaller });
    expect(tab("Waiting 1")).toBeNull();
    send(told({ waiting: 1, longest_since: since(20) }));
    await user.click(await screen.findByRole("tab", { name: "Waiting 1" }));
    expect(within(screen.getByRole("list", { name: "" })).getByText("Maya Okonkwo")).toBeTruthy();
    await user.click(button("Take: Maya Okonkwo"));
    expect(takeCaller).toHaveBeenCalledWith(first!.sid);
    send(told({ waiting: 0, longest_since: null, callers: [] }));
    await screen.findByText("Nobody waits.");
  });

  it("is opened by a key while somebody waits, and not by it else", async () => {
    const { user, send } = show(readyState());
    await user.keyboard("w");
    expect(tab("Waiting")).toBeNull();
    send(told({ waiting: 1, longest_since: since(20) }));
    await screen.findByRole("tab", { name: "Waiting 1" });
    await user.keyboard("w");
    await waitFor(() => expect(document.activeElement).toBe(tab("Waiting 1")));
    expect(tab("Waiting 1")?.getAttribute("aria-selected")).toBe("true");
  });

  it("says why a caller could not be taken: who it is, and who was faster", async () => {
    const takeCaller = vi.fn(async () => {
      throw new Error("This caller does not wait any more.");
    });
    const { user, send } = show(readyState(), { takeCaller });
    const alert = () => document.querySelector(".waiting [role=alert]")?.textContent;
    send(told({ waiting: 1, longest_since: since(20) }));
    await user.click(await screen.findByRole("tab", { name: "Waiting 1" }));
    const take = button("Take: Maya Okonkwo");
    await user.click(take);
    await waitFor(() => expect(alert()).toBe("This caller does not wait any more."));
    expect(document.activeElement).toBe(take);
    const atGrace = { ...first!, state: "offered" as const, rings_at: [{ ...grace, since: since(1) }] };
    send(told({ waiting: 0, longest_since: null, callers: [atGrace] }));
    await waitFor(() => expect(alert()).toBe("Grace took this caller."));
    send(told({ waiting: 0, longest_since: null, callers: [] }));
    await waitFor(() => expect(alert()).toBe("Maya Okonkwo does not wait any more."));
  });

  it("keeps focus on the row that is asked for, and moves it on when that goes", async () => {
    let taken = () => {};
    const takeCaller = vi.fn(() => new Promise<void>((resolve) => (taken = resolve)));
    const { user, send } = show(readyState(), { takeCaller });
    const tom = { ...first!, sid: "CA-tom", place: 2, party: { ...first!.party, name: "Tom Aldous" } };
    send(told({ waiting: 2, longest_since: since(20), callers: [first!, tom] }));
    await user.click(await screen.findByRole("tab", { name: "Waiting 2" }));
    const take = button("Take: Maya Okonkwo");
    await user.click(take);
    await user.click(take);
    expect(takeCaller).toHaveBeenCalledOnce();
    expect([take.disabled, take.getAttribute("aria-disabled")]).toEqual([false, "true"]);
    taken();
    send(told({ waiting: 1, longest_since: since(20), callers: [tom] }));
    await waitFor(() => expect(document.activeElement).toBe(button("Take: Tom Aldous")));
    send(told({ waiting: 0, longest_since: null, callers: [] }));
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Nobody waits."));
  });

  it("shows who rings at colleagues, and not who rings here", async () => {
    const { user, send } = show(readyState());
    const mine = {
      ...first!,
      state: "offered" as const,
      rings_at: [{ ...readyState().me, since: since(4) }],
    };
    send(told({ waiting: 0, callers: [mine] }));
    expect(tab("Waiting")).toBeNull();
    send(told({ waiting: 0, callers: [{ ...mine, rings_at: [{ ...grace, since: since(4) }] }] }));
    await user.click(await screen.findByRole("tab", { name: "Waiting" }));
    expect(button("Pick up: Maya Okonkwo").closest("li")?.textContent).toContain(
      "rings at Grace Hopper, line Support",
    );
  });
});

describe("the team's list", () => {
  const [first] = (sample("queue.changed") as { queue: Queue }).queue.callers;

  it("says of colleagues whose phones ring for whom, on which line and since when", async () => {
    widthOf(1366);
    const { send } = show(readyState());
    const ringing = [{ agent: grace, since: since(4), party: first!.party, line: first!.line }];
    send(push({ type: "presence.changed", presence: there(grace) }));
    send(told({ waiting: 0, callers: [], ringing }));
    const row = () => screen.getByText(grace.name, { selector: "strong" }).closest("li")?.textContent;
    await waitFor(() => expect(row()).toContain("Ringing"));
    expect(row()).toContain("Maya Okonkwo on line Support");
    expect(row()).toContain("0:14");
    send(told({ waiting: 0, callers: [], ringing: [{ ...ringing[0]!, party: null, line: null }] }));
    await waitFor(() => expect(row()).not.toContain("Maya Okonkwo"));
    expect(row()).toContain("Ringing");
    send(told({ waiting: 0, callers: [], ringing: [] }));
    await waitFor(() => expect(row()).not.toContain("Ringing"));
  });
});

describe("what is told of a queue", () => {
  it("takes the place of what was known of it, and of no other", () => {
    const state = after(
      readyState(),
      told({ waiting: 1 }),
      told({ team: sales, waiting: 3 }),
      told({ waiting: 2 }),
    );
    expect(state.queues.map(({ team, waiting }) => [team.name, waiting])).toEqual([
      ["Support", 2],
      ["Sales", 3],
    ]);
  });
});
