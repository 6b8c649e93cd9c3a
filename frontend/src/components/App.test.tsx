import { screen, waitFor } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { after, dialled, dialSid, LEG, NOW, openState, push, readyState, sample } from "../testing/samples";
import { colleague, roomIs, transfer } from "../testing/rooms";
import { validCheck } from "../testing/fakes";
import { button, callArea, reach, show } from "../testing/show";

describe("the microphone's cue", () => {
  const waiting = (microphone: "prompt" | "denied" | "missing") =>
    after(readyState(), { type: "microphone.changed", microphone });

  it("asks, waits, and leaves by itself", async () => {
    const { user, asked, send } = show(waiting("prompt"));

    await user.click(button("Allow microphone"));
    expect(asked).toContainEqual({ type: "microphone.request" });
    expect(button("Waiting for your browser…").getAttribute("aria-disabled")).toBe("true");

    send({ type: "microphone.changed", microphone: "granted" });
    await screen.findByLabelText("Name or number");
    expect(screen.queryByText(/your microphone/)).toBeNull();
  });

  it.each([
    ["denied", "Your browser blocks the microphone", "Check again"],
    ["missing", "Plug in a headset or microphone", "Look again"],
  ] as const)("%s", async (microphone, heading, remedy) => {
    const { user, asked } = show(waiting(microphone));
    screen.getByRole("heading", { name: heading });
    expect(reach()).toContain("You cannot be reached:");
    expect(callArea().getByRole<HTMLButtonElement>("button", { name: "Call" }).disabled).toBe(true);
    await user.click(button(remedy));
    expect(asked).toContainEqual({ type: "microphone.check" });
  });
});

describe("the token's grants", () => {
  it("leave the dial pad to an agent who receives no calls, and say so", async () => {
    const { user, asked, send } = show(readyState());
    send({ type: "grants.changed", grants: { incoming: false, outgoing: true } });
    send({ type: "device.changed", state: "ready", at: NOW });
    await waitFor(() => expect(reach()).toContain("You can make calls, but not receive them."));
    await user.type(screen.getByLabelText("Name or number"), "2025550142{Enter}");
    await waitFor(() => expect(asked.some(({ type }) => type === "phone.connect")).toBe(true));
  });

  it("take the dial pad from an agent who makes no calls, in words", async () => {
    const { send } = show(readyState());
    send({ type: "grants.changed", grants: { incoming: true, outgoing: false } });
    await callArea().findByText("You may not make calls. Ask your admin if you need to.");
    expect(reach()).toContain("You can be reached.");
    expect(screen.queryByLabelText("Name or number")).toBeNull();
    expect(callArea().getByRole<HTMLButtonElement>("button", { name: "Call" }).disabled).toBe(true);
  });
});

describe("calling", () => {
  it("checks a number and calls it from the chosen line", async () => {
    const { user, asked } = show(readyState());
    await user.selectOptions(screen.getByLabelText("Call from"), "Sales · (202) 555-0101");
    await user.type(screen.getByLabelText("Name or number"), "2025550142");
    await screen.findByText(/Maya Okonkwo · 14 earlier calls/);
    await user.click(callArea().getByRole("button", { name: "Call" }));
    const command = asked.find(({ type }) => type === "phone.connect");
    expect(command).toMatchObject({ to: "+12025550142", lineId: 2 });
    callArea().getByText(/Calling Maya/);
  });

  it("calls the number that stands there, also when Enter comes before its check", async () => {
    const number = async (input: string) => ({ ...validCheck, input, e164: input });
    const { user, asked } = show(readyState(), { checkNumber: number });
    const field = screen.getByLabelText("Name or number");
    await user.type(field, "+12025550142");
    await screen.findByText(/14 earlier calls/);
    await user.clear(field);
    await user.type(field, "+12025550143{Enter}");
    await waitFor(() => expect(asked.some(({ type }) => type === "phone.connect")).toBe(true));
    expect(asked.find(({ type }) => type === "phone.connect")).toMatchObject({ to: "+12025550143" });
  });

  it("dials with the keys of the pad", async () => {
    const { user } = show(readyState());
    for (const key of ["2", "0", "Star", "Hash"])
      await user.click(callArea().getByRole("button", { name: key }));
    expect(screen.getByLabelText<HTMLInputElement>("Name or number").value).toBe("20*#");
    await user.click(button("Delete last character"));
    expect(screen.getByLabelText<HTMLInputElement>("Name or number").value).toBe("20*");
  });

  it("says what is wrong with a number only when asked to call it", async () => {
    const message = "Too short for the United States: 4 digits are missing.";
    const invalid = { input: "202555", valid: false, e164: null, display: null, country: null, place: null };
    const check = { ...invalid, message, may_override: false, contact: null, known_calls: 0, extension: "" };
    const { user, asked } = show(readyState(), { checkNumber: async () => check });
    await user.type(screen.getByLabelText("Name or number"), "202555");
    expect(screen.queryByText(message)).toBeNull();
    await user.keyboard("{Enter}");
    await screen.findByText(message);
    expect(asked.filter(({ type }) => type === "phone.connect")).toEqual([]);
  });

  const night = "It is 23:10 in Germany. Your company calls there from 08:00 to 21:00.";
  const refused = (may_override: boolean) => async () => ({
    ...validCheck,
    valid: false,
    e164: "+493012345678",
    message: night,
    may_override,
  });
  const dials = (asked: { type: string }[]) => asked.filter(({ type }) => type === "phone.connect");

  it("says at once that a number must not be called now, and leaves it at that", async () => {
    const { user, asked } = show(readyState(), { checkNumber: refused(false) });
    await user.type(screen.getByLabelText("Name or number"), "+493012345678");
    await screen.findByText(night);
    await user.keyboard("{Enter}");
    expect(screen.queryByLabelText(/^Reason/)).toBeNull();
    expect(dials(asked)).toEqual([]);
  });

  it("lets those who may call against a rule, with a reason", async () => {
    const { user, asked, api } = show(readyState(), { checkNumber: refused(true) });
    await user.type(screen.getByLabelText("Name or number"), "+493012345678");
    const reason = await screen.findByLabelText(/^Reason/);
    await user.click(button("Call anyway"));
    expect(api.overrideCall).not.toHaveBeenCalled();
    await user.click(screen.getByLabelText("Name or number"));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(document.activeElement).toBe(reason));
    expect(dials(asked)).toEqual([]);
    await user.type(reason, " She asked for it {Enter}");
    await waitFor(() => expect(dials(asked)).toHaveLength(1));
    expect(api.overrideCall).toHaveBeenCalledWith("+493012345678", "She asked for it");
    expect(dials(asked)[0]).toMatchObject({ to: "+493012345678", override: "override-1" });
  });

  it("says why the server does not let it, and calls nobody", async () => {
    const overrideCall = async () => Promise.reject(new Error("You may not override this."));
    const { user, asked } = show(readyState(), { checkNumber: refused(true), overrideCall });
    await user.type(screen.getByLabelText("Name or number"), "+493012345678");
    await user.type(await screen.findByLabelText(/^Reason/), "Please{Enter}");
    await screen.findByText("You may not override this.");
    expect(dials(asked)).toEqual([]);
  });

  it("asks again when another line is chosen, of which other rules may hold", async () => {
    const checkNumber = vi.fn(async () => validCheck);
    const { user } = show(readyState(), { checkNumber });
    await user.type(screen.getByLabelText("Name or number"), "2025550142");
    await screen.findByText(/14 earlier calls/);
    await user.selectOptions(screen.getByLabelText("Call from"), "Sales · (202) 555-0101");
    await waitFor(() => expect(checkNumber).toHaveBeenLastCalledWith("2025550142", 2));
  });

  it("shows a sentence when the check fails, and still calls a full number", async () => {
    const down = async () =>
      Promise.reject(new Error("The server cannot be reached. Check your connection."));
    const { user, asked } = show(readyState(), { checkNumber: down });
    await user.type(screen.getByLabelText("Name or number"), "+1 (202) 555-0142");
    await screen.findByText(/cannot be reached\. Check/);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(asked.some(({ type }) => type === "phone.connect")).toBe(true));
    expect(asked.find(({ type }) => type === "phone.connect")).toMatchObject({ to: "+12025550142" });
  });

  it("cannot call while not reachable", () => {
    show(after(readyState(), { type: "device.changed", state: "unregistered", at: NOW }));
    expect(button("Call, when connected").disabled).toBe(true);
  });

  it("tells why a call failed, and lets the number be changed", async () => {
    const ringing = { type: "call.ringing", id: "dial-1", sid: dialSid } as const;
    const { user } = show(after(readyState(), dialled, ringing, push(sample("call.problem"))));
    screen.getByRole("heading", { name: "This number is not in service." });
    await user.click(await screen.findByRole("button", { name: "Edit number" }));
    expect(screen.getByLabelText<HTMLInputElement>("Name or number").value).toBe("+12025550142");
  });

  it("calls back from the log", async () => {
    const { user, asked } = show(readyState());
    const [first] = await screen.findAllByRole("button", { name: "Call Maya Okonkwo, (202) 555-0142" });
    if (first) await user.click(first);
    await waitFor(() => expect(asked.some(({ type }) => type === "phone.connect")).toBe(true));
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.connect", to: "+12025550142" }));
  });
});

describe("the keyboard", () => {
  it("leaves single keys alone when they are off", async () => {
    const { user, asked, preferences } = show(openState());
    preferences.set({ shortcuts: false });
    await user.keyboard("m");
    expect(asked).toEqual([]);
    preferences.set({ shortcuts: true });
    await user.keyboard("m");
    expect(asked).toContainEqual({ type: "phone.mute", id: LEG, muted: true });
  });

  it("shows its list", async () => {
    const { user } = show(readyState());
    await user.keyboard("?");
    await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    const listed = (await screen.findAllByRole("rowheader")).map(({ textContent }) => textContent);
    // All that `useShortcuts` knows.
    expect(listed).toEqual(expect.arrayContaining([..."MHKTDNA/?", "Shift + R", "Shift + H", "Shift + E"]));
  });
});

describe("availability", () => {
  it("is chosen from a menu", async () => {
    const { user, asked } = show(readyState());
    await user.click(button("Availability: Available"));
    await user.click(screen.getByRole("menuitemradio", { name: /Away/ }));
    expect(asked).toContainEqual({
      type: "desk.send",
      message: { type: "availability.set", availability: "away" },
    });
    expect(reach()).toContain("You are away.");
  });
});

describe("not here", () => {
  it("offers this tab when another has the phone", async () => {
    const { user, asked } = show(after(readyState(), { type: "leader.changed", leader: "elsewhere" }));
    const [use] = screen.getAllByRole("button", { name: "Use this tab" });
    if (use) await user.click(use);
    expect(asked).toContainEqual({ type: "leader.take" });
  });

  it("counts down and tries now", async () => {
    const { user, asked } = show(after(readyState(), { type: "desk.lost", at: NOW, retryAt: NOW + 18_000 }));
    expect(reach()).toContain("Reconnecting in 8 s.");
    await user.click(button("Try now"));
    expect(asked).toContainEqual({ type: "desk.retry" });
  });
});

describe("leaving in a call", () => {
  it("says before what closing the page does", () => {
    show(openState());
    callArea().getByText("You leave the call with Maya when you close or reload this page.");
  });

  it("by signing out asks with the caller's name, and Cancel has focus", async () => {
    const { user, asked } = show(openState());
    await user.click(button(/: account of Ada Byron$/));
    await user.click(screen.getByRole("menuitem", { name: "Sign out" }));
    const dialog = await screen.findByRole("dialog", { name: "Sign out during the call?" });
    expect(dialog.textContent).toContain("Maya Okonkwo is on the line. Signing out ends the call.");
    expect(button("Cancel").hasAttribute("autofocus")).toBe(true);
    await user.click(button("Cancel"));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(asked).toEqual([]);
  });

  it("by signing out is not possible while a colleague is asked: it says what to do first", async () => {
    const consulting = roomIs({ held: true, others: [colleague()], transfer: transfer() });
    const { user, asked, send } = show(after(openState(), consulting));
    await user.click(button(/: account of Ada Byron$/));
    await user.click(screen.getByRole("menuitem", { name: "Sign out" }));
    const dialog = await screen.findByRole("dialog", { name: "Sign out during the call?" });
    expect(dialog.textContent).toContain("Hand over or cancel the transfer first.");
    expect(screen.queryByRole("button", { name: "Sign out and end the call" })).toBeNull();
    expect(dialog.querySelector("form")).toBeNull();
    // It is settled meanwhile.
    send(roomIs());
    await user.click(await screen.findByRole("button", { name: "Sign out and end the call" }));
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.hang-up-told" }));
  });

  it("by a reload is followed by an offer to call back", async () => {
    const call = sample("call.ended").call;
    const { user, asked } = show(after(readyState(), { type: "call.cut-off", call }));
    callArea().getByText("Maya Okonkwo");
    await user.click(callArea().getByRole("button", { name: "Call back" }));
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.connect", to: "+12025550142" }));
  });
});
