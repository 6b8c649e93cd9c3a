import { cleanup, screen, waitFor, within } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fakeSendsApi, SENDS } from "../../../gallery/sends";
import { clock } from "../../format";
import { emptyDraft, isOutsideHours, localField } from "../../groupSends/draft";
import type { GroupSendsApi } from "../../groupSends/ports";
import { initialState, type State } from "../../softphone/state";
import { NOW, sample } from "../../testing/samples";
import { button, show } from "../../testing/show";

const lines = sample("desk.snapshot").lines;
const ready: State = {
  ...initialState({ id: 1, identity: "agent_1", name: "Ada Byron" }),
  lines,
  microphone: "granted",
  sound: "on",
  desk: { state: "open", told: "registered", known: true },
};
/** Where the page is loaded, after the desk has been put back to its own address. */
function at(path: string, sends: Partial<GroupSendsApi> = {}, role: "agent" | "supervisor" = "supervisor") {
  history.replaceState(null, "", path);
  return show(ready, {}, {}, { role, sends });
}

type User = ReturnType<typeof at>["user"];

afterEach(() => history.replaceState(null, "", "/"));

describe("Group sends beside the desk", () => {
  it("are a view with an address; Back leads back, and nothing is loaded again", async () => {
    const { user } = at("/");
    await user.click(screen.getByRole("link", { name: "Group sends" }));
    await waitFor(() => expect(location.pathname).toBe("/group-sends/"));
    expect(screen.getByRole("heading", { level: 1, name: "Group sends" })).toBeTruthy();
    await user.click(await screen.findByRole("link", { name: /Delivery on Monday/ }));
    await waitFor(() => expect(location.pathname).toBe(`/group-sends/${SENDS.scheduled}/`));
    expect(await screen.findByRole("heading", { level: 1, name: "Delivery on Monday" })).toBeTruthy();
    await user.click(screen.getByRole("link", { name: "All group sends" }));
    await waitFor(() => expect(location.pathname).toBe("/group-sends/"));
    await user.click(screen.getByRole("link", { name: "Desk" }));
    await waitFor(() => expect(location.pathname).toBe("/"));
    expect(screen.getByRole("tab", { name: /Call log/ })).toBeTruthy();
  });

  it("fold the call area, until somebody opens it", async () => {
    const { user } = at("/group-sends/");
    const desk = document.querySelector<HTMLElement>(".desk");
    expect(desk?.dataset.rail).toBe("true");
    const rail = document.querySelector<HTMLButtonElement>(".rail-key");
    if (rail) await user.click(rail);
    expect(desk?.dataset.rail).toBe("false");
    await waitFor(() => expect(document.activeElement?.id).toBe("number"));
    await user.click(screen.getByRole("heading", { level: 1, name: "Group sends" }));
    await waitFor(() => expect(desk?.dataset.rail).toBe("true"));
  });

  it("have no key for agents who may not write to groups", async () => {
    at("/group-sends/", {}, "agent");
    expect(await screen.findByRole("link", { name: /Delivery on Monday/ })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "New group message" })).toBeNull();
  });

  it("show a running send to them, without keys that would be refused", async () => {
    at(`/group-sends/${SENDS.running}/`, {}, "agent");
    expect(await screen.findByText("236 of 412 sent")).toBeTruthy();
    for (const name of ["Pause", "Stop"]) expect(screen.queryByRole("button", { name })).toBeNull();
    expect(screen.queryByRole("button", { name: /Try again/ })).toBeNull();
  });
});

describe("writing to a group", () => {
  it("finds groups with the keyboard, and takes chips out with it", async () => {
    const { user } = at("/group-sends/new/");
    const to = await screen.findByRole("combobox", { name: "To" });
    await waitFor(() => expect(document.activeElement).toBe(to));
    await user.keyboard("order{Enter}");
    expect(await screen.findByText("Group: Order open · 38")).toBeTruthy();
    await user.keyboard("(202) 555-0142{Enter}");
    expect(screen.getByText("(202) 555-0142")).toBeTruthy();
    await user.keyboard("{Backspace}");
    expect(screen.queryByText("(202) 555-0142")).toBeNull();
    await user.click(button("Take out Group: Order open · 38"));
    expect(screen.queryByText("Group: Order open · 38")).toBeNull();
    expect(document.activeElement).toBe(to);
  });

  it("takes a pasted list as so many numbers", async () => {
    const { user } = at("/group-sends/new/");
    await user.click(await screen.findByRole("combobox", { name: "To" }));
    await user.paste("+12025550142\n+12025550143, (202) 555-0144");
    for (const number of ["+12025550142", "+12025550143", "(202) 555-0144"]) {
      expect(screen.getByText(number)).toBeTruthy();
    }
  });

  it("shows no empty list when nothing is found", async () => {
    const { user } = at("/group-sends/new/");
    await user.click(await screen.findByRole("combobox", { name: "To" }));
    await user.keyboard("911");
    expect(screen.getByText("Nobody found for “911”")).toBeTruthy();
    expect(screen.queryByRole("listbox")).toBeNull();
  });

  it("keeps what is no number of a pasted list in To", async () => {
    const { user } = at("/group-sends/new/");
    const to = await screen.findByRole<HTMLInputElement>("combobox", { name: "To" });
    await user.click(to);
    await user.paste("+12025550142\nMaya\n+12025550143\n911\n");
    expect(button("Take out +12025550143")).toBeTruthy();
    expect(to.value).toBe("Maya, 911");
    await user.tab();
    expect(to.getAttribute("aria-invalid")).toBe("true");
  });

  for (const [how, leave] of [
    ["Tab", (user: User) => user.tab()],
    ["a click elsewhere", (user: User) => user.click(screen.getByLabelText("Message"))],
  ] as const) {
    it(`takes a whole number that stands in To when it is left by ${how}`, async () => {
      const { user, groupSends } = at("/group-sends/new/");
      const to = await screen.findByRole<HTMLInputElement>("combobox", { name: "To" });
      await user.click(to);
      await user.keyboard("2025557031{Enter}2025557032");
      await leave(user);
      expect(document.activeElement).not.toBe(to);
      expect(button("Take out 2025557032")).toBeTruthy();
      expect(to.value).toBe("");
      expect(groupSends.get().writing?.draft.numbers).toEqual(["2025557031", "2025557032"]);
    });
  }

  it("leaves a number that is being typed alone while another window is looked at", async () => {
    const { user, groupSends } = at("/group-sends/new/");
    const to = await screen.findByRole<HTMLInputElement>("combobox", { name: "To" });
    await user.click(to);
    await user.keyboard("202555");
    to.dispatchEvent(new FocusEvent("blur"));
    expect(to.value).toBe("202555");
    expect(groupSends.get().writing?.draft.numbers ?? []).toEqual([]);
  });

  it("keeps what cannot be added in To, says so, and does not send without it", async () => {
    const start = vi.fn(fakeSendsApi("full").start);
    const { user } = at(`/group-sends/${SENDS.draft}/`, { start });
    const to = await screen.findByRole<HTMLInputElement>("combobox", { name: "To" });
    const send = await screen.findByRole("button", { name: "Send to 412 people" });
    await user.click(to);
    await user.keyboard("911");
    await user.click(screen.getByLabelText("Message"));
    expect(to.value).toBe("911");
    expect(to.getAttribute("aria-invalid")).toBe("true");
    const said = document.getElementById(to.getAttribute("aria-describedby") ?? "");
    expect(said?.textContent).toContain("“911” was not added.");

    await user.click(send);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement).toBe(to);
    expect(document.getElementById(send.getAttribute("aria-describedby") ?? "")?.textContent).toContain(
      "Under To, “911” was not added.",
    );

    await user.clear(to);
    expect(to.getAttribute("aria-invalid")).toBeNull();
    await user.click(send);
    expect(screen.getByRole("dialog")).toBeTruthy();
    expect(start).not.toHaveBeenCalled();
  });

  it("puts a field in where the text is written", async () => {
    const { user, groupSends } = at("/group-sends/new/");
    const field = await screen.findByLabelText<HTMLTextAreaElement>("Message");
    await user.type(field, "Hello , welcome");
    field.setSelectionRange(6, 6);
    await user.click(button("Insert a field"));
    await user.click(screen.getByRole("menuitem", { name: "{first name}" }));
    expect(groupSends.get().writing?.draft.body).toBe("Hello {first name}, welcome");
    await waitFor(() => expect(document.activeElement).toBe(field));
  });

  it("puts a field of one's own in by its key, and shows its name", async () => {
    const { user, groupSends } = at("/group-sends/new/");
    const field = await screen.findByLabelText<HTMLTextAreaElement>("Message");
    await user.type(field, "Your number: ");
    await user.click(button("Insert a field"));
    await user.click(await screen.findByRole("menuitem", { name: "Customer no." }));
    expect(groupSends.get().writing?.draft.body).toBe("Your number: {customer_no}");
  });

  it("takes the plain twin of a letter, on request", async () => {
    const { user, groupSends } = at(`/group-sends/${SENDS.draft}/`);
    await user.click(await screen.findByRole("button", { name: "Use a hyphen (-): 1 segment" }));
    expect(groupSends.get().writing?.draft.body).toContain("24-28 December");
  });

  it("says once what is wrong with the text, and shows no figures of an earlier one", async () => {
    const { change } = fakeSendsApi("wrong");
    const { user } = at(`/group-sends/${SENDS.draft}/`, { change });
    await screen.findByRole("button", { name: "Send to 412 people" });
    const field = screen.getByLabelText("Message");
    await user.type(field, " {{fist name}");
    const said = await screen.findAllByText(/There is no field/, {}, { timeout: 3000 });
    expect(said.map(({ textContent }) => textContent?.slice(0, 14))).toEqual(["There is no fi"]);
    expect(field.getAttribute("aria-describedby")).toContain(said[0]?.id);
    const before = within(screen.getByRole("complementary", { name: "Before you send" }));
    for (const old of ["Counting…", "412", "£33.00", /STOP/]) expect(before.queryByText(old)).toBeNull();
    expect(before.getByText(/^Correct what is marked\./)).toBeTruthy();
    expect(button("Send").getAttribute("aria-disabled")).toBe("true");
    expect(screen.queryByRole("region", { name: "As each person gets it" })).toBeNull();
  });

  it("says at the top, without the API's names, what is wrong with a field that has no place for it", async () => {
    const gone = "One of these groups is not there any more.";
    const change = async () => {
      throw Object.assign(new Error(`groups: ${gone}`), { status: 400, fields: { groups: gone } });
    };
    const { user } = at(`/group-sends/${SENDS.draft}/`, { change });
    await user.type(await screen.findByLabelText("Message"), "!");
    const said = await screen.findAllByText(new RegExp(gone), {}, { timeout: 3000 });
    expect(said.map(({ textContent }) => textContent?.trim())).toEqual([gone]);
    expect(said[0]?.getAttribute("role")).toBe("alert");
  });

  it("asks before it is sent, and then shows how far it is", async () => {
    const start = vi.fn(fakeSendsApi("full").start);
    const { user } = at(`/group-sends/${SENDS.draft}/`, { start });
    await user.click(await screen.findByRole("button", { name: "Send to 412 people" }));
    const dialog = within(screen.getByRole("dialog"));
    expect(start).not.toHaveBeenCalled();
    expect(dialog.getByText("£33.00")).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Send to 412 people" }));
    expect(start).toHaveBeenCalledWith(SENDS.draft, (await fakeSendsApi("full").send(SENDS.draft)).revision);
    expect(await screen.findByText("236 of 412 sent")).toBeTruthy();
  });

  it.each([
    ["08:00", "20:00", "20:30", true],
    ["08:00", "20:00", "07:59", true],
    ["08:00", "20:00", "08:00", false],
    ["22:00", "02:00", "23:00", false],
    ["22:00", "02:00", "12:00", true],
  ])("knows that within %s to %s at %s it waits: %s", (from, until, time, waits) => {
    const draft = { ...emptyDraft(null), from, until, later: true, at: `2026-11-27T${time}` };
    expect(isOutsideHours(draft, NOW)).toBe(waits);
    expect(isOutsideHours({ ...draft, keepsHours: false }, NOW)).toBe(false);
  });

  it("says from when it goes out, when it is outside its hours", async () => {
    const hour = (hours: number) => localField(new Date(NOW + hours * 3_600_000)).slice(-5);
    const [hours_from, hours_until] = [hour(1), hour(2)];
    const draft = { ...(await fakeSendsApi("full").send(SENDS.draft)), hours_from, hours_until };
    const { user } = at(`/group-sends/${SENDS.draft}/`, { send: async () => draft });
    expect(await screen.findByText(new RegExp(`, from ${hours_from}$`))).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Send to 412 people" }));
    within(screen.getByRole("dialog")).getByText(new RegExp(`it waits until ${hours_from}\\.`));
  });

  it("promises no time that is past, and says so beside it", async () => {
    const draft = async (scheduled_for: string) => ({
      ...(await fakeSendsApi("full").send(SENDS.draft)),
      scheduled_for,
    });
    const { user } = at(`/group-sends/${SENDS.draft}/`, {
      send: () => draft(new Date(Date.now() - 5 * 60_000).toISOString()),
    });
    const send = await screen.findByRole("button", { name: "Schedule for 412 people" });
    const field = screen.getByLabelText("Date and time");
    expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toContain(
      "This time is past.",
    );
    expect(send.getAttribute("aria-disabled")).toBe("true");
    await user.click(send);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("cannot be sent to nobody", async () => {
    const { user } = at("/group-sends/new/", fakeSendsApi("nobody"));
    await user.click(await screen.findByRole("combobox", { name: "To" }));
    await user.keyboard("trade{Enter}");
    await user.type(screen.getByLabelText("Message"), "Hello");
    const send = await screen.findByRole("button", { name: "Send to 0 people" }, { timeout: 3000 });
    expect(send.getAttribute("aria-disabled")).toBe("true");
    await user.click(send);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("says who is left out, and why", async () => {
    const { user } = at(`/group-sends/${SENDS.draft}/`);
    expect(await screen.findByText("17 replied STOP")).toBeTruthy();
    await user.click(button("See names"));
    const dialog = within(screen.getByRole("dialog"));
    expect((await dialog.findByText("Sam Osei")).closest("li")?.textContent).toContain("Replied STOP");
    // Of 29 that are left out the gallery names two.
    dialog.getByText("and 27 more");
  });
});

describe("a send that was started", () => {
  it("says until when it waits, and of what is due how long it takes", async () => {
    const running = await fakeSendsApi("full").send(SENDS.running);
    const goesOn = new Date(NOW + 3 * 3_600_000);
    const send = (seconds_left: number, goes_on_at: string | null) => async () => ({
      ...running,
      progress: running.progress && { ...running.progress, seconds_left, goes_on_at },
    });
    at(`/group-sends/${SENDS.running}/`, { send: send(0, goesOn.toISOString()) });
    const when = clock(goesOn.getTime()).replace(/\s/g, " ");
    await screen.findByText(`waits, goes on from ${when}`);
    cleanup();
    at(`/group-sends/${SENDS.running}/`, { send: send(300, goesOn.toISOString()) });
    await screen.findByText(`about 5 min left, others wait until ${when}`);
  });

  it("can be paused where it would go on by itself, and goes on when it is told where it would not", async () => {
    const stopped = await fakeSendsApi("full").send(SENDS.stopped);
    at(`/group-sends/${SENDS.stopped}/`);
    await screen.findByRole("button", { name: "Go on" });
    expect(screen.queryByRole("button", { name: "Pause" })).toBeNull();
    cleanup();
    const pause = vi.fn(fakeSendsApi("full").pause);
    const send = async () => ({ ...stopped, goes_on_by_itself: true });
    const { user } = at(`/group-sends/${SENDS.stopped}/`, { send, pause });
    await user.click(await screen.findByRole("button", { name: "Pause" }));
    expect(document.querySelector(".sends-keys .tag")!.textContent!.trim()).toBe("Paused");
    expect(pause).toHaveBeenCalledWith(SENDS.stopped);
    expect(screen.queryByRole("button", { name: "Go on" })).toBeNull();
  });

  it("asks before it stops for good", async () => {
    const cancel = vi.fn(() => fakeSendsApi("full").send(SENDS.canceled));
    const { user } = at(`/group-sends/${SENDS.running}/`, { cancel });
    await user.click(await screen.findByRole("button", { name: "Stop" }));
    const dialog = within(screen.getByRole("dialog"));
    expect(dialog.getByText(/^176 people have not got it yet/)).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Stop sending" }));
    expect(cancel).toHaveBeenCalledWith(SENDS.running);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("names the price before it is tried again", async () => {
    const retry = vi.fn(() => fakeSendsApi("full").send(SENDS.running));
    const { user } = at(`/group-sends/${SENDS.finished}/`, { retry });
    await user.click(await screen.findByRole("button", { name: "Try 4 again" }));
    const dialog = within(screen.getByRole("dialog"));
    expect(dialog.getByText(/about £0\.16/)).toBeTruthy();
    expect(retry).not.toHaveBeenCalled();
    await user.click(dialog.getByRole("button", { name: "Try 4 again" }));
    expect(retry).toHaveBeenCalledWith(SENDS.finished);
  });

  it("tries one person again while it runs, and no others", async () => {
    const retryOne = vi.fn(fakeSendsApi("full").retryOne);
    const retry = vi.fn(fakeSendsApi("full").retry);
    const { user } = at(`/group-sends/${SENDS.running}/`, { retry, retryOne });
    await user.click(await screen.findByRole("button", { name: "Try again: Jon Peake" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Try 1 again" }));
    expect(retryOne).toHaveBeenCalledWith(SENDS.running, 1);
    expect(retry).not.toHaveBeenCalled();
  });

  it("filters by its counts", async () => {
    const { user } = at(`/group-sends/${SENDS.finished}/`);
    await user.click(await screen.findByRole("button", { name: "Delivered 398" }));
    expect(await screen.findByRole("row", { name: /Maya Okonkwo/ })).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole("row", { name: /Jon Peake/ })).toBeNull());
    await user.click(button("29"));
    expect(screen.getByRole<HTMLInputElement>("radio", { name: "Left out 29" }).checked).toBe(true);
  });

  it("explains what helps, and asks Twilio again without sending", async () => {
    const unknown = (await fakeSendsApi("full").recipients(1, { show: "to-look-at", search: "Barth" }))
      .results[0];
    const ask = vi.fn(async () => {
      if (!unknown) throw new Error("Nobody is unknown.");
      return {
        ...unknown,
        outcome: "delivered" as const,
        outcome_text: "Delivered",
        what_now: "" as const,
        why: "",
      };
    });
    const { user } = at(`/group-sends/${SENDS.finished}/`, { ask });
    await user.click(await screen.findByRole("button", { name: "What helps: Orla Flynn" }));
    expect(within(screen.getByRole("dialog")).getByText(/^Networks filter/)).toBeTruthy();
    await user.click(button("Close"));
    await user.click(button("Ask Twilio again: Bartholomew Okafor"));
    await waitFor(() =>
      expect(screen.getByRole("row", { name: /Bartholomew Okafor/ }).textContent).toContain("Delivered"),
    );
  });

  it("leads to what somebody has answered", async () => {
    const { user } = at(`/group-sends/${SENDS.finished}/`);
    await user.click(await screen.findByRole("button", { name: "23, 6 unread" }));
    await user.click(await screen.findByRole("button", { name: "Open: texts with Maya Okonkwo" }));
    expect(screen.getByRole("tab", { name: /^Messages/ }).getAttribute("aria-selected")).toBe("true");
    await waitFor(() => expect(location.pathname).toBe("/"));
  });
});
