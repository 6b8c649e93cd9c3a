import { render, screen, waitFor, within } from "@testing-library/preact";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { config } from "../../gallery/fakes";
import { browserOf } from "../browser";
import { createCallLog } from "../callLog/callLog";
import type { Api } from "../ports";
import type { Command, SoftphoneEvent } from "../softphone/events";
import type { State } from "../softphone/state";
import { createStore } from "../softphone/store";
import { fakeApi, fakeAudio, fakePreferences, silentLevels } from "../testing/fakes";
import {
  after,
  dialled,
  dialSid,
  LEG,
  NOW,
  openState,
  push,
  rang,
  readyState,
  ringingState,
  sample,
} from "../testing/samples";
import { App } from "./App";

beforeEach(() => {
  vi.spyOn(Date, "now").mockReturnValue(NOW + 10_000);
});

function show(state: State, api: Partial<Api> = {}) {
  const store = createStore(state);
  const asked: Command[] = [];
  store.run((command) => asked.push(command));
  const fullApi = fakeApi(api);
  const log = createCallLog(fullApi, 1);
  log.load();
  const preferences = fakePreferences();
  render(
    <App
      {...{ store, log, config, preferences }}
      api={fullApi}
      audio={fakeAudio()}
      levels={silentLevels}
      browser={browserOf("Chrome/150")}
    />,
  );
  const send = (...events: SoftphoneEvent[]) => events.forEach((event) => store.send(event));
  return { user: userEvent.setup({ delay: null }), store, asked, send, log, api: fullApi, preferences };
}

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>("button", { name });
const callArea = () => within(screen.getByRole("region", { name: "Call" }));
const reach = () => screen.getByRole("region", { name: "Reachability" }).textContent;

describe("the microphone's cue", () => {
  const waiting = (microphone: "prompt" | "denied" | "missing") =>
    after(readyState(), { type: "microphone.changed", microphone });

  it("asks, waits, and leaves by itself", async () => {
    const { user, asked, send } = show(waiting("prompt"));

    await user.click(button("Allow microphone"));
    expect(asked).toContainEqual({ type: "microphone.request" });
    expect(button("Waiting for your browser…").disabled).toBe(true);

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
    const check = { ...invalid, message, contact: null, known_calls: 0 };
    const { user, asked } = show(readyState(), { checkNumber: async () => check });
    await user.type(screen.getByLabelText("Name or number"), "202555");
    expect(screen.queryByText(message)).toBeNull();
    await user.keyboard("{Enter}");
    await screen.findByText(message);
    expect(asked.filter(({ type }) => type === "phone.connect")).toEqual([]);
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
    await user.click(button("Edit number"));
    expect(screen.getByLabelText<HTMLInputElement>("Name or number").value).toBe("+12025550142");
  });

  it("calls back from the log", async () => {
    const { user, asked } = show(readyState());
    const [first] = await screen.findAllByRole("button", { name: "Call Maya Okonkwo, (202) 555-0142" });
    if (first) await user.click(first);
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.connect", to: "+12025550142" }));
  });
});

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
