/** At a computer whose clock is minutes off: what the server says is counted by the server's clock. */
import { cleanup, screen, waitFor, within } from "@testing-library/preact";
import { beforeEach, describe, expect, it } from "vitest";
import { BOARDS } from "../../gallery/board";
import { grace, there } from "../../gallery/data";
import type { CallBack, Presence, Queue } from "../messages";
import { signalOf } from "../pageSignals";
import { heardTime, serverNow } from "../serverClock";
import { stillAhead } from "../softphone/presence";
import type { State } from "../softphone/state";
import { colleague, room, roomIs, transfer } from "../testing/rooms";
import { after, NOW, openState, push, readyState, sample } from "../testing/samples";
import { button, callArea, reach, show } from "../testing/show";
import { widthOf } from "../testing/width";
import { waitsOf } from "../softphone/waits";

/** Where the test's clock stands, and what time it is at the server then. */
const HERE = NOW + 10_000;
/** In seconds from the server's now. */
const at = (seconds: number, server: number) => new Date(server + seconds * 1000).toISOString();
const hears = (server: number) => heardTime(at(0, server), HERE);

const queueIs = (more: (queue: Queue) => Partial<Queue>) => {
  const message = sample("queue.changed") as { type: "queue.changed"; queue: Queue };
  return push({ ...message, queue: { ...message.queue, ...more(message.queue) } });
};
const mine = (more: Partial<Presence>) =>
  push({ type: "presence.changed", presence: there(readyState().me, more) });
const onHold = (since: string, is: Parameters<typeof room>[0] = {}) => {
  const { live } = room({ ...is, held: true });
  const participants = live.call.participants.map((one) => (one.held ? { ...one, held_since: since } : one));
  return push({ type: "call.status", live: { ...live, call: { ...live.call, participants } } });
};

describe.each([
  ["three minutes fast", HERE - 180_000],
  ["three minutes slow", HERE + 180_000],
])("at a computer that is %s", (_how, server) => {
  beforeEach(() => hears(server));

  it("callers wait as long as they do, and are late when they are", async () => {
    const { user, send } = show(readyState());
    const waits = (since: number, late: number) =>
      send(
        queueIs(({ callers }) => ({
          waiting: 1,
          longest_since: at(since, server),
          callers: [{ ...callers[0]!, since: at(since, server), late_at: at(late, server) }],
        })),
      );
    waits(-5, 15);
    await waitFor(() => expect(reach()).toContain("1 waiting · longest 0:05"));
    await user.click(await screen.findByRole("tab", { name: "Waiting 1" }));
    expect(screen.getByText("0:05").className).toBe("waiting-since");

    waits(-21, -1);

    expect((await screen.findByText("Past the goal:")).closest(".waiting-since")?.textContent).toContain(
      "0:21",
    );
  });

  it("a call-back is the agent's for as long as it is", async () => {
    const { send } = show(readyState());
    const told = sample("call_back.changed") as { type: "call_back.changed"; call_back: CallBack };
    const times = { since: at(-95, server), until: at(20, server) };
    send(push({ ...told, call_back: { ...told.call_back, ...times } }));

    await screen.findByText("Hung up, keeps the place · yours for 20 s");
    expect(callArea().getByRole("timer").textContent).toBe("1:35");
  });

  it("it is known since when colleagues are what they are, and for how long they write", async () => {
    widthOf(1600);
    const { send } = show(readyState());
    const wrap_up = { until: at(48, server), stays: false };
    const presence = there(grace, { state: "wrap-up", since: at(-65, server), wrap_up });
    send(push({ type: "presence.changed", presence }));

    const row = (await screen.findByText("Writes a note, 0:48 left")).closest("li")!;
    expect(row.textContent).toContain("1:05");
  });

  it("wrap-up is as long as it is", () => {
    const wrap_up = { until: at(48, server), stays: false };
    show(after(readyState(), mine({ state: "wrap-up", wrap_up })));

    expect(callArea().getByRole("timer").textContent).toBe("0:48 left");
  });

  it("music is counted from when it began, and the talk from when this phone took it", () => {
    const state = after(openState(), onHold(at(-30, server)));
    show(state);

    expect(callArea().getByRole("timer").textContent).toBe("0:30");
    expect(callArea().getByText(/^Call 0:04/)).toBeTruthy();
    expect(signalOf(state, HERE).titles).toEqual(["Hold 0:30 Maya Okonkwo"]);
  });

  it("talking with a colleague is counted from when it began", () => {
    const asking = { others: [colleague()], transfer: transfer({ since: at(-12, server) }) };
    show(after(openState(), onHold(at(-30, server), asking)));

    expect(callArea().getByRole("timer").textContent).toBe("0:12");
    expect(callArea().getByText(/, 0:30, and cannot hear you/)).toBeTruthy();
  });

  it("who waits for a talk elsewhere to come here is shown how long it has lasted, and so is the talk then", () => {
    const { live } = room();
    const call = { ...live.call, answer_time: at(-40, server), end_time: null };
    const state = after(readyState(), push({ type: "call.status", live: { ...live, call } }));
    show(state);
    expect(callArea().getByRole("timer").textContent).toBe("0:40");

    const moved = after(
      state,
      { type: "agent.moved-here", root: call.sid, id: "m1" },
      { type: "move.noted", sid: call.sid, at: HERE },
      { type: "call.accepted", id: "m1", sid: "CA-new", at: HERE },
    );
    expect(signalOf(moved, HERE).titles).toEqual(["0:40 Maya Okonkwo"]);
  });

  it("who is parked is shown how long", () => {
    const { live } = room();
    const call = {
      ...live.call,
      answer_time: at(-40, server),
      end_time: null,
      parked_since: at(-15, server),
    };
    show(after(readyState(), push({ type: "call.status", live: { ...live, call } })));
    expect(callArea().getByRole("timer").textContent).toBe("0:15");
    cleanup();

    // Beside the call that the agent has taken meanwhile.
    const other = { ...live, call: { ...call, sid: "CA-other" } };
    show(after(openState(), roomIs(), push({ type: "call.status", live: other })));
    expect(screen.getByRole("heading", { name: /^On hold for you/ }).textContent).toContain("0:15");
  });

  it("whoever asks for help has asked for as long as they have", async () => {
    const { send } = show(readyState(), {}, {}, { role: "supervisor" });
    send(push({ ...sample("help.changed"), since: at(-33, server) }));

    expect(await screen.findByText("With Maya Okonkwo, since 0:33")).toBeTruthy();
  });

  it("a time of return is one that is still ahead", async () => {
    const { user, asked } = show(readyState());
    await user.click(button("Availability: Available"));
    const [, first] = within(screen.getByRole("group", { name: "Back at" })).getAllByRole("menuitemradio");
    await user.click(first!);
    await user.click(screen.getByRole("menuitemradio", { name: "Lunch" }));

    const told = JSON.stringify(asked).match(/"back_at":"([^"]+)"/)?.[1] ?? "";
    const minutes = (Date.parse(told) - server) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(15);
    expect(minutes).toBeLessThan(20);
    expect([stillAhead(at(5, server)), stillAhead(at(-5, server))]).toEqual([at(5, server), null]);
  });

  it("the board counts as the desk does", async () => {
    const desk = show(readyState(), {}, {}, { role: "supervisor" });
    desk.board.connected();
    await desk.user.click(screen.getByRole("link", { name: "Board" }));
    await waitFor(() => expect(desk.boardAsked).toHaveLength(1));
    const { usual } = BOARDS;
    const all = { ...usual.all, longest_since: at(-7, server), late_at: at(5, server) };
    const callers = [{ ...usual.callers[0]!, since: at(-7, server), late_at: at(5, server) }];
    const agents = [{ ...usual.agents[0]!, since: at(-95, server), help_since: at(-33, server) }];
    desk.board.merge({ ...usual, all, callers, agents, now: at(0, server) }, HERE);

    const longest = (await screen.findByText("Longest wait")).closest("dl")!;
    expect(longest.textContent).toContain("0:07");
    expect(longest.className).toContain("figure-plain");
    const rows = [...document.querySelectorAll("[data-row-key]")].map((row) => row.textContent);
    expect(rows[0]).toMatch(/^0:07/);
    expect(rows[1]).toContain("1:35");
    expect(rows[1]).toContain("Asks for help, 0:33");
  });
});

describe("when the server's clock is heard anew", () => {
  it("nothing has lasted less than no time", async () => {
    hears(HERE);
    const { send } = show(readyState());
    send(queueIs(() => ({ waiting: 1, longest_since: at(-5, HERE) })));
    await waitFor(() => expect(reach()).toContain("longest 0:05"));

    hears(HERE - 60_000);
    send(queueIs(() => ({ waiting: 2, longest_since: at(-5, HERE) })));

    await waitFor(() => expect(reach()).toContain("2 waiting · longest 0:00"));
  });

  it("nobody is reminded from the beginning of whom they hold", () => {
    const lasts = (state: State) => waitsOf(state).find(({ key }) => key.startsWith("hold"))!.key;
    hears(HERE);
    const state = after(openState(), onHold(at(-70, HERE)), { type: "hold.lasts" });
    const key = lasts(state);

    hears(HERE - 60_000);

    expect(lasts(after(state, push(sample("queue.changed"))))).toBe(key);
    expect(serverNow()).not.toBe(Date.now());
  });
});
