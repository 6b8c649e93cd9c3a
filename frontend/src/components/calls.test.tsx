import { screen, waitFor } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { colleague, grace, roomIs } from "../testing/rooms";
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

describe("being called", () => {
  it("shows who, on which line, and what was before; focus is on Answer", async () => {
    const { send } = show(readyState());
    send(push(sample("call.incoming")), rang);
    await callArea().findByRole("heading", { name: "Maya Okonkwo" });
    callArea().getByText("(202) 555-0142");
    callArea().getByText("Washington, DC, United States · Okonkwo Interiors");
    callArea().getByText("Sofa order 4471 is late; promised a date.");
    expect(callArea().getAllByRole("listitem")).toHaveLength(3);
    await waitFor(() => expect(document.activeElement).toBe(button("Answer")));
    await waitFor(() =>
      expect(screen.getByTestId("assertive").textContent).toMatch(
        /^Incoming call\. Maya Okonkwo, .*line Support/,
      ),
    );
  });

  it("answers with Enter, and moves on to Mute", async () => {
    const { user, asked, send } = show(readyState());
    send(push(sample("call.incoming")), rang);
    await waitFor(() => expect(document.activeElement).toBe(button("Answer")));
    await user.keyboard("{Enter}");
    expect(asked).toContainEqual({ type: "phone.accept", id: LEG });
    send({ type: "call.accepted", id: LEG, sid: LEG, at: NOW });
    await waitFor(() => expect(document.activeElement).toBe(button("Mute")));
  });

  it("leaves the focus in a text field, and answers from there", async () => {
    const { user, asked, send } = show(readyState());
    await user.click(screen.getByLabelText("Search the call log"));
    send(push(sample("call.incoming")), rang);
    await callArea().findByRole("heading", { name: "Maya Okonkwo" });
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(asked).toContainEqual({ type: "phone.accept", id: LEG });
  });

  it("rejects", async () => {
    const { user, asked } = show(ringingState());
    await user.click(button("Reject"));
    expect(asked).toContainEqual({ type: "phone.reject", id: LEG });
  });

  it("says who took the call", async () => {
    const { send } = show(ringingState());
    send(push(sample("call.withdrawn")));
    await callArea().findByText("Grace took the call.");
  });
});

describe("a call that is not in this page", () => {
  it("of a colleague, into which the agent was taken, is left and not ended", async () => {
    const { user, asked } = show(after(readyState(), roomIs({ agent: grace, others: [colleague()] })));
    expect(screen.queryByRole("button", { name: "End the call" })).toBeNull();
    await user.click(button("Leave the call"));
    expect(asked).toContainEqual({ type: "call.hang-up", sid: ROOT });
  });

  it("says when it could not be ended, and lets the agent try again", async () => {
    const live = sample("call.status").live;
    const { user, asked, send } = show(readyState());
    send(push({ ...sample("desk.snapshot"), calls: [live] }));
    await user.click(await screen.findByRole("button", { name: "End the call" }));
    expect(asked).toContainEqual({ type: "call.hang-up", sid: ROOT });

    send({ type: "call.not-ended", sid: ROOT, message: "Twilio cannot be reached." });
    const said = await screen.findByText(/could not be ended/);
    expect(said.getAttribute("role")).toBe("alert");
    expect(said.textContent).toBe(
      "Your call with Maya Okonkwo could not be ended. Twilio cannot be reached.",
    );
    await user.click(button("End the call"));
    expect(asked.filter(({ type }) => type === "call.hang-up")).toHaveLength(2);
    await waitFor(() => expect(screen.queryByText(/could not be ended/)).toBeNull());
  });
});

describe("on a call", () => {
  it("mutes, and says so only when the phone does", async () => {
    const { user, asked, send } = show(openState());
    await user.click(button("Mute"));
    expect(asked).toContainEqual({ type: "phone.mute", id: LEG, muted: true });
    expect(button("Mute").getAttribute("aria-pressed")).toBe("false");
    send({ type: "call.muted", id: LEG, muted: true });
    await screen.findByText("You are muted.");
    expect(button("Mute").getAttribute("aria-pressed")).toBe("true");
  });

  it("sends tones by keys and keyboard, and echoes them", async () => {
    const { user, asked } = show(openState());
    await user.click(button(/^Keypad/));
    await user.click(callArea().getByRole("button", { name: "4" }));
    await user.keyboard("7#");
    expect(screen.getByLabelText("Tones sent").textContent).toBe("47#");
    expect(asked.filter(({ type }) => type === "phone.digit")).toHaveLength(3);
  });

  it("never ends on Escape", async () => {
    const { user, asked } = show(openState());
    await user.keyboard("{Escape}");
    expect(asked).toEqual([]);
  });

  it("says what disturbs it, in words", async () => {
    const { send } = show(openState());
    send({ type: "call.warning", id: LEG, name: "high-packet-loss" });
    await screen.findByText("Weak connection.", { selector: "strong" });
    send({ type: "call.reconnecting", id: LEG, at: NOW });
    await screen.findByText("Maya is still on the line.");
  });

  it("goes on while the desk is offline, and says so", async () => {
    const { send } = show(openState());
    send({ type: "desk.lost", at: NOW, retryAt: NOW + 9000 });
    await waitFor(() => expect(reach()).toContain("Your call goes on."));
    button(/Hang up/);
  });

  it("comes back to the dial pad with its length", async () => {
    const { user } = show(openState());
    await user.click(button("Hang up"));
    callArea().getByText(/Call with Maya Okonkwo ended, 0:0/);
    callArea().getByLabelText("Name or number");
  });
});
