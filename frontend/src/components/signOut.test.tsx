/** Signing out while somebody would lose by it. */
import { screen, waitFor } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import type { Call } from "../messages";
import type { SoftphoneEvent } from "../softphone/events";
import type { State } from "../softphone/state";
import type { Api } from "../ports";
import { colleague, grace, room, roomIs, transfer } from "../testing/rooms";
import { after, hints, LEG, NOW, openState, push, rang, readyState, ROOT } from "../testing/samples";
import { button, show } from "../testing/show";

const SECOND = "CA-second";
const granted: SoftphoneEvent = {
  type: "grants.changed",
  grants: { incoming: true, outgoing: true, second_call: true },
};
function told(sid: string, change: Partial<Call>): SoftphoneEvent {
  const { live } = room();
  return push({
    type: "call.status",
    live: { ...live, call: { ...live.call, sid, revision: 2000, ...change } },
  });
}
const parked = told(ROOT, { parked_since: new Date(NOW).toISOString() });
/** Maya waits with music. */
const alone = () => after(readyState(), granted, parked);
/** And the agent talks with Tom. */
const both = () =>
  after(
    openState(),
    granted,
    { ...rang, id: "L2", root: SECOND, hints: { ...hints, name: "Tom Aldous" } } as SoftphoneEvent,
    { type: "agent.held-and-answered" },
    parked,
    { type: "call.disconnected", id: LEG, at: NOW },
    { type: "call.accepted", id: "L2", sid: "L2", at: NOW },
  );

async function signOut(state: State, api: Partial<Api> = {}) {
  const submit = vi.spyOn(HTMLFormElement.prototype, "submit").mockImplementation(() => {});
  const desk = show(state, api);
  await desk.user.click(button(/: account of Ada Byron$/));
  await desk.user.click(screen.getByRole("menuitem", { name: "Sign out" }));
  return { ...desk, submit, dialog: await screen.findByRole("dialog") };
}

describe("signing out while a caller is on hold for the agent", () => {
  it("names that one beside who is talked with, and ends both", async () => {
    const hangUp = vi.fn(async () => {});
    const { user, asked, submit, dialog } = await signOut(both(), { hangUp });
    expect(dialog.textContent).toContain("Tom Aldous is on the line. Signing out ends the call.");
    expect(dialog.textContent).toContain(
      "Maya Okonkwo is on hold and waits for you. Signing out ends that call.",
    );
    await user.click(button("Sign out and end the calls"));
    await waitFor(() => expect(submit).toHaveBeenCalledOnce());
    expect(hangUp.mock.calls).toEqual([[ROOT]]);
    expect(asked).toContainEqual({ type: "phone.hang-up-told", id: "L2", sid: SECOND });
  });

  it("asks, though nobody is talked with, and offers the way back", async () => {
    const { user, asked, dialog } = await signOut(alone());
    expect(dialog.textContent).toContain("Sign out while somebody waits for you?");
    expect(dialog.textContent).not.toContain("on the line");
    expect(button("Cancel").hasAttribute("autofocus")).toBe(true);
    const [inDialog] = [...dialog.querySelectorAll("button")].filter(
      ({ textContent }) => textContent === "Back to Maya",
    );
    await user.click(inDialog!);
    expect(asked).toContainEqual({ type: "call.move", sid: ROOT });
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("waits until that call is over, and says why it is not", async () => {
    const hangUp = vi
      .fn()
      .mockRejectedValueOnce(new Error("Twilio cannot be reached."))
      .mockResolvedValue({});
    const { user, submit, dialog } = await signOut(alone(), { hangUp });
    await user.click(button("Sign out and end the call"));
    await waitFor(() =>
      expect(dialog.textContent).toContain(
        "Your call with Maya Okonkwo could not be ended. Twilio cannot be reached.",
      ),
    );
    expect(submit).not.toHaveBeenCalled();
    await user.click(button("Sign out and end the call"));
    await waitFor(() => expect(submit).toHaveBeenCalledOnce());
  });

  it("takes a call for ended that is over, of which the desk has not heard", async () => {
    const hangUp = vi.fn().mockRejectedValue(Object.assign(new Error("This call is over."), { status: 409 }));
    const { user, submit } = await signOut(alone(), { hangUp });
    await user.click(button("Sign out and end the call"));
    await waitFor(() => expect(submit).toHaveBeenCalledOnce());
  });

  it("closes when that one hangs up, and does not ask about the next call", async () => {
    const { send } = await signOut(alone());
    send(push({ type: "call.ended", call: room().call }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    send({ ...rang, id: "L3", root: "CA-third" } as SoftphoneEvent);
    await screen.findByRole("button", { name: "Answer" });
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});

describe("signing out of a call that goes on without the agent", () => {
  it.each([
    ["as the colleague who is asked", { held: true, transfer: transfer({ from: grace }) }],
    ["as one of three", {}],
  ])("says so: %s", async (_as, is) => {
    const state = after(openState(), roomIs({ ...is, agent: grace, others: [colleague()] }));
    const { user, asked, submit, dialog } = await signOut(state);
    expect(dialog.textContent).toContain(
      "You leave the call with Maya Okonkwo by signing out. It goes on without you.",
    );
    expect(dialog.textContent).not.toContain("ends");
    await user.click(button("Sign out and leave the call"));
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.hang-up-told" }));
    expect(submit).toHaveBeenCalledOnce();
  });

  it("says that it ends where only somebody is there who hears music", async () => {
    const outside = colleague({ agent: null, role: "third-party", number: "+12025550142", held: true });
    const { dialog } = await signOut(after(openState(), roomIs({ others: [outside] })));
    expect(dialog.textContent).toContain("Maya Okonkwo is on the line. Signing out ends the call.");
  });
});
