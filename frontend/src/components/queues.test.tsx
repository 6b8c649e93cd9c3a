/** Who waits for the agent's teams. */
import { waitFor } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import type { Queue } from "../messages";
import { after, NOW, push, readyState, sample } from "../testing/samples";
import { reach, show } from "../testing/show";

const told = (more: Partial<Queue>): ReturnType<typeof push> => {
  const message = sample("queue.changed") as { type: "queue.changed"; queue: Queue };
  return push({ ...message, queue: { ...message.queue, ...more } });
};
const since = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const sales = { id: 2, name: "Sales" };

describe("the reach line", () => {
  it("says of the team with the longest wait how many wait, and since when", async () => {
    const { send } = show(readyState());
    send(told({ waiting: 1, longest_since: since(20) }));
    send(told({ team: sales, waiting: 3, longest_since: since(157) }));
    // The test's clock stands ten seconds after NOW.
    await waitFor(() => expect(reach()).toContain("Sales: 3 waiting · longest 2:47"));
  });

  it("speaks of colleagues when nobody waits any more", async () => {
    const { send } = show(readyState());
    send(told({ waiting: 1, longest_since: since(20) }));
    await waitFor(() => expect(reach()).toContain("1 waiting"));
    send(told({ waiting: 0, longest_since: null }));
    await waitFor(() => expect(reach()).not.toContain("waiting"));
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
