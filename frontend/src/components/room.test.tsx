import { screen, waitFor } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { TARGETS, targetsOf } from "../../gallery/rooms";
import { colleague, grace, GRACE_LEG, roomIs, transfer } from "../testing/rooms";
import { after, LEG, me, NOW, openState, ringingState, ROOT } from "../testing/samples";
import { button, callArea, show } from "../testing/show";
import { validCheck } from "../testing/fakes";

const talking = () => after(openState(), roomIs());
const consulting = { held: true, others: [colleague()], transfer: transfer() };
const found = { transferTargets: vi.fn(async (_sid: string, search: string) => targetsOf(search)) };

const acts = (asked: { type: string }[]) =>
  asked.flatMap((command) => (command.type === "call.act" && "act" in command ? [command.act] : []));
const field = () => screen.findByRole<HTMLInputElement>("combobox", { name: "Colleague, team or number" });

describe("hold", () => {
  it("is a key, and H: pressed, and in words when it is so", async () => {
    const { user, asked, send } = show(talking());
    await user.keyboard("h");
    expect(acts(asked)).toEqual([{ do: "hold" }]);
    expect(button("Hold").getAttribute("aria-pressed")).toBe("true");
    callArea().getByText(/is being put on hold/);
    send(roomIs({ held: true }));
    await callArea().findByText("On hold");
    expect(callArea().getByText("Maya hears music").tagName).toBe("STRONG");
    expect(button(/^Keypad/).getAttribute("aria-disabled")).toBe("true");
    await user.click(button("Take Maya off hold"));
    expect(acts(asked)).toEqual([{ do: "hold" }, { do: "resume" }]);
    expect(button("Hold").getAttribute("aria-pressed")).toBe("false");
  });

  it("that is refused says so where it was pressed", async () => {
    const { user, send } = show(talking());
    await user.click(button("Hold"));
    send({ type: "call.not-acted", sid: ROOT, message: "Twilio cannot be reached." });
    expect((await callArea().findByRole("alert")).textContent).toBe("Twilio cannot be reached.");
    expect(button("Hold").getAttribute("aria-pressed")).toBe("false");
    await user.click(button("Close this message"));
    expect(callArea().queryByRole("alert")).toBeNull();
  });
});

describe("the list of those who can take the call", () => {
  it("opens with T in its field; Escape closes it and gives focus back", async () => {
    const { user } = show(talking(), found);
    await user.keyboard("t");
    const search = await field();
    await waitFor(() => expect(document.activeElement).toBe(search));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(button(/^Transfer/)));
    expect(screen.queryByRole("combobox", { name: "Colleague, team or number" })).toBeNull();
  });

  it("is gone through with the arrows; Enter chooses, and a second one calls", async () => {
    const { user, asked } = show(talking(), found);
    await user.keyboard("t");
    await field();
    await screen.findByRole("option", { name: /Grace Hopper.*Available/, selected: true });
    await user.keyboard("{ArrowDown}");
    // Somebody on a call: it says why not, and nothing comes of it.
    screen.getByRole("option", { name: /Hedy Lamarr.*Is on a call\./, selected: true });
    await user.keyboard("{Enter}");
    expect(button("Talk first").getAttribute("aria-disabled")).toBe("true");
    await user.keyboard("{ArrowUp}{Enter}");
    expect(document.activeElement).toBe(button("Talk first"));
    await user.keyboard("{Enter}");
    expect(acts(asked)).toEqual([{ do: "transfer", to: { agent: grace.id }, mode: "warm" }]);
  });

  it("means what is seen: Enter waits for the answer to what was typed last", async () => {
    let answer: (found: typeof TARGETS) => void = () => {};
    const slow = new Promise<typeof TARGETS>((resolve) => (answer = resolve));
    const transferTargets = vi.fn(async (_sid: string, text: string) => (text ? slow : targetsOf("")));
    const { user, asked } = show(talking(), { transferTargets });
    await user.keyboard("t");
    await screen.findByRole("option", { name: /Grace Hopper/ });
    await user.type(await field(), "Supp{Enter}");
    expect(document.activeElement).toBe(await field());
    await waitFor(() => expect(transferTargets).toHaveBeenCalledWith(ROOT, "Supp"));
    answer(targetsOf("Supp"));
    await waitFor(() => expect(screen.queryByRole("option", { name: /Grace Hopper/ })).toBeNull());
    await user.keyboard("{Enter}");
    // A team cannot be asked: it is only sent to.
    expect(document.activeElement).toBe(button("Send now"));
    await user.keyboard("{Enter}");
    expect(acts(asked)).toEqual([{ do: "transfer", to: { team: 1 }, mode: "blind" }]);
  });

  it("takes a number that is typed, and says why one cannot be called", async () => {
    const checkNumber = vi.fn(async (input: string) =>
      input.startsWith("+49")
        ? {
            ...validCheck,
            valid: false,
            e164: null,
            display: null,
            message: "It is night there.",
            contact: null,
          }
        : validCheck,
    );
    const { user, asked } = show(talking(), { ...found, checkNumber });
    await user.keyboard("t");
    await user.type(await field(), "+49 30 1234");
    const night = await screen.findByRole("option", { name: /It is night there\./ });
    expect(night.getAttribute("aria-disabled")).toBe("true");
    await user.clear(await field());
    await user.type(await field(), "202 555 0142");
    await screen.findByRole("option", { name: /Maya Okonkwo.*\(202\) 555-0142/ });
    await user.click(button("Send now"));
    expect(acts(asked)).toEqual([{ do: "transfer", to: { number: "+12025550142" }, mode: "blind" }]);
  });

  it("takes somebody into the call without a hold, and closes", async () => {
    const { user, asked } = show(talking(), found);
    await user.keyboard("t");
    await screen.findByRole("option", { name: /Grace Hopper/, selected: true });
    await user.click(button("Add to the call"));
    expect(acts(asked)).toEqual([{ do: "add", to: { agent: grace.id } }]);
    expect(screen.queryByRole("combobox", { name: "Colleague, team or number" })).toBeNull();
  });

  it("says that it did not load, and tries again", async () => {
    const transferTargets = vi.fn().mockRejectedValueOnce(new Error("The server cannot be reached."));
    transferTargets.mockImplementation(async () => TARGETS);
    const { user } = show(talking(), { transferTargets });
    await user.keyboard("t");
    await screen.findByText(/The server cannot be reached\./);
    await user.click(button("Try again"));
    await screen.findByRole("option", { name: /Grace Hopper/ });
  });

  it("closes when the transfer is under way", async () => {
    const { user, send } = show(talking(), found);
    await user.keyboard("t");
    await field();
    send(roomIs({ ...consulting, transfer: transfer({ state: "calling" }) }));
    await callArea().findByText("Calling Grace");
    expect(screen.queryByRole("combobox", { name: "Colleague, team or number" })).toBeNull();
  });
});

describe("talking to a colleague first", () => {
  it("says who hears whom, has no Hang up, and does not end on Shift + E", async () => {
    const { user, asked, send } = show(talking());
    send(roomIs(consulting));
    await callArea().findByRole("heading", { name: "Grace Hopper" });
    expect(callArea().getByText("Maya is on hold").tagName).toBe("STRONG");
    expect(screen.queryByRole("button", { name: /Hang up/ })).toBeNull();
    await user.keyboard("{Shift>}E{/Shift}");
    expect(asked.filter(({ type }) => type === "phone.hang-up")).toEqual([]);
  });

  it.each([
    ["Hand over", { do: "complete-transfer" }],
    ["Cancel transfer", { do: "cancel-transfer" }],
    ["All three", { do: "merge" }],
    ["Talk to Maya", { do: "swap", hold: GRACE_LEG, resume: ROOT }],
  ])("%s asks for just that, once", async (name, act) => {
    const { user, asked, send } = show(talking());
    send(roomIs(consulting));
    const key = await screen.findByRole("button", { name });
    await user.click(key);
    await user.click(key);
    expect(acts(asked)).toEqual([act]);
  });

  it("with both on hold says so, and gives a way to either", async () => {
    const { user, asked, send } = show(talking());
    send(roomIs({ ...consulting, others: [colleague({ held: true })] }));
    await callArea().findByText("Grace is on hold, too");
    expect(callArea().queryByText("Talking to Grace")).toBeNull();
    const waits = callArea().getAllByText("hears only music", { exact: false });
    expect(waits.map(({ textContent }) => textContent)).toEqual([
      "Grace hears only music",
      "Maya hears only music",
    ]);
    await user.click(button("Talk to Grace"));
    expect(acts(asked)).toEqual([{ do: "swap", hold: ROOT, resume: GRACE_LEG }]);
  });

  it("says at the desk of who is asked that it is the one on hold, and not whom the other talks with", async () => {
    const { send } = show(talking());
    const to = { agent: me, team: null, number: "", display: "", name: me.name };
    const asked = { agent: grace, others: [colleague()], transfer: transfer({ from: grace, to }) };
    send(roomIs({ ...asked, waits: true }));
    await callArea().findByText("You are on hold and hear music.");
    callArea().getByRole("heading", { name: "Grace Hopper" });
    callArea().getByText("On hold");
    expect(callArea().queryByText(/hears only music|Talking to/)).toBeNull();
    send(roomIs({ ...asked, held: true }));
    await callArea().findByText("Talking to Grace");
  });

  it("cannot hand over to whose phone rings still", async () => {
    const { user, asked, send } = show(talking());
    send(roomIs({ ...consulting, transfer: transfer({ state: "calling" }) }));
    const key = await screen.findByRole("button", { name: "Hand over" });
    expect(key.getAttribute("aria-disabled")).toBe("true");
    await user.click(key);
    expect(acts(asked)).toEqual([]);
  });

  it("ends in words: handed over", async () => {
    const { send } = show(talking());
    send(roomIs(consulting), roomIs({ others: [colleague()], transfer: transfer({ state: "handed-over" }) }));
    send({ type: "call.disconnected", id: LEG, at: NOW + 66_000 });
    await callArea().findByText("Maya Okonkwo was handed over to Grace, after 1:00.");
  });
});

it("says at whose desk a transfer rings who sends it", async () => {
  const { send } = show(ringingState());
  send(roomIs({ ringing: true, transfer: transfer({ mode: "blind", state: "calling", from: grace }) }));
  expect((await callArea().findByText("Grace hands over")).parentElement?.textContent).toBe(
    "Grace hands over Maya Okonkwo.",
  );
});

it("shows who else is in the call, each with hold, mute and a way out", async () => {
  const { user, asked, send } = show(talking());
  send(roomIs({ others: [colleague()] }));
  await user.click(await screen.findByRole("button", { name: "Hold Grace Hopper" }));
  expect(acts(asked)).toEqual([{ do: "change", leg: GRACE_LEG, change: { hold: true } }]);
  send(roomIs({ others: [colleague({ held: true, held_since: new Date(NOW).toISOString() })] }));
  await waitFor(() => expect(button("Hold Grace Hopper").getAttribute("aria-pressed")).toBe("true"));
  await user.click(button("Remove Grace Hopper from the call"));
  expect(acts(asked).at(-1)).toEqual({ do: "remove", leg: GRACE_LEG });
});

it("says of whoever did not come that they were not reached, until that is closed", async () => {
  const { user, send } = show(talking());
  send(roomIs({ others: [colleague({ state: "calling" })] }));
  await callArea().findByText("Is being called");
  send(roomIs({ others: [colleague({ state: "left" })] }), { type: "unreached.late" });
  expect((await callArea().findByRole("alert")).textContent).toBe("Grace Hopper was not reached.");
  await user.click(button("Close this message"));
  expect(callArea().queryByRole("alert")).toBeNull();
});
