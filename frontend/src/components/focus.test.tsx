import { fireEvent, screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { loggedCalls } from "../testing/fakes";
import {
  after,
  dialled,
  dialSid,
  NOW,
  openState,
  push,
  rang,
  readyState,
  ringingState,
  sample,
} from "../testing/samples";
import { button, callArea, show } from "../testing/show";
import { widthOf } from "../testing/width";

const number = () => screen.getByLabelText<HTMLInputElement>("Name or number");
const focused = () => document.activeElement as HTMLElement;
const types = (asked: { type: string }[]) => asked.map(({ type }) => type);

describe("letters that were meant for a field", () => {
  it("are no shortcuts when the field has gone", async () => {
    // One moment: a machine that is slow presses slowly, and slow presses are no run.
    vi.spyOn(Event.prototype, "timeStamp", "get").mockReturnValue(performance.now());
    const { user, asked, send } = show(readyState());
    await user.type(number(), "Tom");
    send(push(sample("call.incoming")), rang);
    await waitFor(() => expect(focused()).toBe(button("Answer")));
    await user.keyboard("{Shift>}R{/Shift}{Enter} ?");
    expect(types(asked)).not.toContain("phone.reject");
    expect(types(asked)).not.toContain("phone.accept");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("end with the run: a second later keys are keys again", async () => {
    const { user, asked, send } = show(readyState());
    await user.type(number(), "Tom");
    send(push(sample("call.incoming")), rang);
    await waitFor(() => expect(focused()).toBe(button("Answer")));
    vi.spyOn(Event.prototype, "timeStamp", "get").mockReturnValue(performance.now() + 1500);
    await user.keyboard("{Shift>}R{/Shift}");
    expect(types(asked)).toContain("phone.reject");
  });

  it("end when the agent leaves the field", async () => {
    const { user, asked, send } = show(readyState());
    await user.type(number(), "Tom");
    send(push(sample("call.incoming")), rang);
    await waitFor(() => expect(focused()).toBe(button("Answer")));
    await user.tab({ shift: true });
    await user.tab();
    await user.keyboard("{Enter}");
    expect(types(asked)).toContain("phone.accept");
  });
});

describe("focus", () => {
  it("goes to the call when a number is called, and Enter pressed twice does not end it", async () => {
    const { user, asked } = show(readyState());
    await user.type(number(), "2025550142{Enter}");
    await waitFor(() => expect(types(asked)).toContain("phone.connect"));
    await waitFor(() => expect(focused().textContent).toBe("Maya Okonkwo"));
    await user.keyboard("{Enter} ");
    expect(types(asked)).not.toContain("phone.hang-up");
  });

  it("goes on to Mute when somebody answers", async () => {
    const { send } = show(after(readyState(), dialled));
    send({ type: "call.ringing", id: "dial-1", sid: dialSid });
    send({ type: "call.accepted", id: "dial-1", sid: dialSid, at: NOW });
    await waitFor(() => expect(focused()).toBe(button("Mute")));
  });

  it("stays on Allow microphone while the browser asks", async () => {
    const { user } = show(after(readyState(), { type: "microphone.changed", microphone: "prompt" }));
    button("Allow microphone").focus();
    await user.keyboard("{Enter}");
    expect(focused()).toBe(button("Waiting for your browser…"));
  });

  it("stays on Answer until the call is there", async () => {
    const { user } = show(ringingState());
    button("Answer").focus();
    await user.keyboard("{Enter}");
    expect(focused()).toBe(button("Answer"));
  });

  it("stays on Earlier calls while they load, and goes to the log when there are no more", async () => {
    let come: (page: { next: null; results: [] }) => void = () => {};
    const { user } = show(readyState(), {
      calls: async () => ({ next: "/?cursor=1", results: loggedCalls }),
      callsAt: () => new Promise((resolve) => (come = resolve)),
    });
    (await screen.findByRole("button", { name: "Earlier calls" })).focus();
    await user.keyboard("{Enter}");
    expect(focused()).toBe(button("Loading…"));
    come({ next: null, results: [] });
    await waitFor(() => expect(focused().textContent).toBe("Call log"));
  });

  it("stays in the call area when a message is closed", async () => {
    const { user } = show(after(openState(), { type: "agent.hung-up", at: NOW }));
    button("Close this message").focus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(focused().textContent).toBe("Ready"));
  });

  it("comes back from a dialog that was closed with its button", async () => {
    const { user } = show(readyState());
    await user.click(button("Keyboard shortcuts"));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Close" }));
    expect(focused()).toBe(button("Keyboard shortcuts"));
  });

  it("goes on from a menu's button when Tab leaves its choices", async () => {
    const { user } = show(readyState());
    await user.click(button("Availability: Available"));
    await waitFor(() => expect(focused().getAttribute("role")).toBe("menuitemradio"));
    // Before the browser moves focus: the choices are gone by then.
    fireEvent.keyDown(focused(), { key: "Tab" });
    expect(focused()).toBe(button("Availability: Available"));
    await waitFor(() => expect(screen.queryByRole("menu")).toBeNull());
  });

  it("stays in a dialog when a call rings, and which keys answer is said as it is", async () => {
    const { user, send } = show(readyState());
    await user.click(button("Keyboard shortcuts"));
    const dialog = await screen.findByRole("dialog");
    within(dialog).getByRole("button", { name: "Close" }).focus();
    // As a browser does it: what stands behind a dialog takes no focus.
    const focus = HTMLElement.prototype.focus;
    vi.spyOn(HTMLElement.prototype, "focus").mockImplementation(function (this: HTMLElement) {
      if (dialog.contains(this)) focus.call(this);
    });
    send(push(sample("call.incoming")), rang);
    await waitFor(() =>
      expect(screen.getByTestId("assertive").textContent).toMatch(/Control Enter to answer\.$/),
    );
    expect(dialog.contains(focused())).toBe(true);
  });

  it("stays in its region when Escape leaves a field", async () => {
    const { user } = show(readyState());
    await user.type(number(), "202{Escape}");
    expect(focused().textContent).toBe("Ready");
  });
});

describe("F6", () => {
  it("goes through all regions and round again, those without a control included", async () => {
    // With room for the side column.
    widthOf(1440);
    const { user } = show(readyState());
    const seen = [];
    for (let press = 0; press < 6; press++) {
      await user.keyboard("{F6}");
      seen.push(focused().closest("header, section, .side, .mobile-nav")?.className.split(" ")[0]);
    }
    expect(seen).toEqual(["top", "reach", "call-area", "work", "side", "mobile-nav"]);
    await user.keyboard("{F6}");
    expect(focused().closest("header")).not.toBeNull();
    await user.keyboard("{Shift>}{F6}{/Shift}");
    expect(focused().closest("nav")?.className).toBe("mobile-nav");
  });
});

describe("the log", () => {
  it("is one stop of Tab; arrows go through rows and their buttons", async () => {
    const { user, asked } = show(readyState());
    await screen.findAllByText("Details");
    const list = document.querySelector(".log-card") as HTMLElement;
    const stops = () =>
      [...list.querySelectorAll<HTMLElement>("button")].filter(({ tabIndex }) => tabIndex === 0);
    expect(stops()).toHaveLength(1);
    stops()[0]?.focus();
    await user.keyboard("{ArrowDown}");
    expect(focused().closest("[data-row]")?.getAttribute("data-row")).toBe("CA-missed");
    expect(stops()).toEqual([focused()]);
    await user.keyboard("{ArrowUp}{ArrowRight}");
    expect(focused().getAttribute("aria-label")).toMatch(/^Call /);
    await user.keyboard("{ArrowLeft}c");
    expect(types(asked)).toContain("phone.connect");
  });
});

describe("the name search", () => {
  const mary = {
    id: 2,
    name: "Mary Seacole",
    company: "",
    note: "",
    numbers: [
      { number: "+12025550155", extension: "", display: "(202) 555-0155", label: "Home" },
      { number: "+12025550156", extension: "", display: "(202) 555-0156", label: "Office" },
    ],
  };

  it("is a combobox: arrows choose, Enter calls, Escape folds, and focus stays in the field", async () => {
    const { user, asked } = show(readyState(), { contacts: async () => [mary] });
    const field = callArea().getByRole("combobox", { name: "Name or number" });
    expect(field.getAttribute("inputmode")).toBe("text");
    expect(field.getAttribute("aria-expanded")).toBe("false");
    await user.type(field, "mar");
    const list = await screen.findByRole("listbox", { name: "Contacts found" });
    expect(field.getAttribute("aria-expanded")).toBe("true");
    expect(field.getAttribute("aria-controls")).toBe(list.id);
    await user.keyboard("{ArrowDown}{ArrowDown}");
    const chosen = within(list).getByRole("option", { selected: true });
    expect(chosen.textContent).toContain("(202) 555-0156");
    expect(field.getAttribute("aria-activedescendant")).toBe(chosen.id);
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(focused()).toBe(field);
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() =>
      expect(asked.find(({ type }) => type === "phone.connect")).toMatchObject({ to: "+12025550155" }),
    );
  });
});
