/** What a phone tells of the call while another view fills its screen. */
import { screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { there } from "../../gallery/data";
import type { SoftphoneEvent } from "../softphone/events";
import { after, hints, NOW, openState, push, rang, readyState } from "../testing/samples";
import { show } from "../testing/show";

const { me } = readyState();
const mini = (name: string) => within(screen.getByRole("region", { name }));
/** The test's clock stands ten seconds after NOW. */
const noteTime = (seconds: number, stays = false): SoftphoneEvent[] => [
  { type: "agent.hung-up", at: NOW + 9000 },
  push({
    type: "presence.changed",
    presence: there(me, {
      state: "wrap-up",
      wrap_up: { until: new Date(NOW + (10 + seconds) * 1000).toISOString(), stays },
    }),
  }),
];

describe("the time for the note", () => {
  it("is shown over the note, where it can be stayed in", async () => {
    const { user, asked, send } = show(openState());
    send(...noteTime(48));
    await screen.findByRole("region", { name: "After the call" });
    expect(mini("After the call").getByRole("timer").textContent).toBe("0:48 left");
    await user.click(mini("After the call").getByRole("button", { name: "Stay in wrap-up" }));
    expect(asked).toContainEqual({ type: "desk.send", message: { type: "wrapup.stay" } });
    send(noteTime(3600, true)[1]!);
    await waitFor(() => expect(screen.queryByRole("region", { name: "After the call" })).toBeNull());
  });

  it("is said to be nearly over where the call area is not shown, once", async () => {
    const { send } = show(openState());
    send(...noteTime(9));
    const soon = "10 seconds left. Press Stay in wrap-up to keep it.";
    await waitFor(() => expect(screen.getByTestId("polite").textContent).toBe(soon));
    expect(screen.getAllByText(soon)).toHaveLength(1);
  });
});

describe("the call", () => {
  async function inLog(...events: SoftphoneEvent[]) {
    const shown = show(after(openState(), ...events));
    await shown.user.click(
      within(screen.getByRole("navigation", { name: "Views" })).getByRole("button", { name: "Log" }),
    );
    return shown;
  }

  it("tells of a second one that rings, and leads there", async () => {
    const { user } = await inLog(
      { type: "grants.changed", grants: { incoming: true, outgoing: true, second_call: true } },
      { ...rang, id: "L2", root: "CA-second", hints: { ...hints, name: "Tom Aldous" } } as SoftphoneEvent,
    );
    const second = mini("Second call");
    expect(second.getByText("Tom Aldous")).toBeTruthy();
    await user.click(second.getByRole("button", { name: "Show" }));
    expect(document.querySelector(".desk")?.getAttribute("data-pane")).toBe("call");
  });

  it("says that the microphone is gone", async () => {
    const { send } = await inLog();
    expect(mini("Call in progress").queryByText(/microphone/)).toBeNull();
    send({ type: "hearing.changed", hearing: { state: "lost", label: "Jabra" } });
    await waitFor(() => expect(mini("Call in progress").getByText(/Your microphone is gone\./)).toBeTruthy());
  });
});
