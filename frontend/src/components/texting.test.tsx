/** Texts are begun where one stands, and what cannot be texted says so. */
import { fireEvent, screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { fakeContactsApi } from "../../gallery/contacts";
import type { ContactsApi } from "../contacts/ports";
import type { Thread } from "../messages";
import { readyState, sample } from "../testing/samples";
import { button, show } from "../testing/show";

const ALEXANDRA = "Alexandra Montgomery-Fitzwilliam";
const { thread } = sample("message.new");
const tab = () => screen.getByRole("tab", { name: /^Messages/ });

async function row() {
  const [opener] = await screen.findAllByRole("button", { name: /^Maya Okonkwo.*Details$/ });
  return opener?.closest<HTMLElement>("[data-row]") as HTMLElement;
}

async function page(people: Partial<ContactsApi> = {}) {
  const desk = show(readyState(), {}, people);
  await desk.user.click(screen.getByRole("tab", { name: "Contacts" }));
  await desk.user.click(await screen.findByRole("button", { name: new RegExp(ALEXANDRA) }));
  await screen.findByRole("heading", { name: "Time line" });
  await waitFor(() => expect(desk.contacts.get().open?.consents).not.toBeNull());
  return desk;
}

describe("a row of the call log", () => {
  it("opens the thread by its menu; with nobody's words in it, one writes the first", async () => {
    const { user, api } = show(readyState());
    await user.click(
      within(await row()).getByRole("button", { name: "More about the call with Maya Okonkwo" }),
    );
    expect(screen.getAllByRole("menuitem").map(({ textContent }) => textContent.trim())).toEqual([
      "Open the call",
      "Call",
      "Text",
      "Open contact",
    ]);
    await user.click(screen.getByRole("menuitem", { name: "Text" }));
    await screen.findByText("Nobody has written yet. What you write to Maya stands here.");
    expect(tab().getAttribute("aria-selected")).toBe("true");
    await waitFor(() => expect(document.activeElement?.id).toBe("thread-title"));
    expect(api.threads).toHaveBeenCalledWith(expect.objectContaining({ number: "+12025550142" }));
  });

  it("opens the thread by S, but not while its menu is open, nor with Ctrl", async () => {
    const { user, conversation } = show(readyState());
    const line = within(await row());
    await user.click(line.getByRole("button", { name: /^More about/ }));
    await waitFor(() => expect(document.activeElement?.getAttribute("role")).toBe("menuitem"));
    await user.keyboard("s");
    await user.keyboard("{Escape}");
    expect(conversation.get()).toBeNull();
    line.getByRole("button", { name: /^Maya Okonkwo.*Details$/ }).focus();
    fireEvent.keyDown(document.activeElement as Element, { key: "s", ctrlKey: true });
    expect(conversation.get()).toBeNull();
    await user.keyboard("s");
    expect(conversation.get()?.number).toBe("+12025550142");
  });

  it.each([
    ["landline", "Maya has a landline."],
    ["blocked", "Maya is blocked."],
    ["stopped", "Maya gets no texts from Support."],
  ] as const)("says why, when nobody can be texted there: %s", async (closed, why) => {
    const { user } = show(readyState(), {
      checkText: async () => ({ closed, message: why, may_override: false }),
    });
    (await row()).querySelector<HTMLElement>(".row-open")?.focus();
    await user.keyboard("s");
    await screen.findByText(why);
    expect(screen.queryByLabelText("Text Maya")).toBeNull();
  });
});

describe("a contact's numbers", () => {
  it("can be texted one by one", async () => {
    const { user, conversation } = await page();
    const names = screen.getAllByRole("button", { name: new RegExp(`^Text ${ALEXANDRA}`) });
    await user.click(names.at(-1) as HTMLElement);
    await waitFor(() => expect(conversation.get()?.contact?.name).toBe(ALEXANDRA));
    expect(tab().getAttribute("aria-selected")).toBe("true");
  });

  it("say why none of them can be texted", async () => {
    await page({
      consents: async () => ({
        senders: [],
        history: ["+12025550142", "+12025550176", "+12025550143", "+12025550144"].map((number) => ({
          number,
          sender: "+12025550100",
          state: "forbidden" as const,
          source: "text" as const,
          note: "STOP",
          by: null,
          at: "2026-11-23T09:00:00Z",
        })),
      }),
    });
    await screen.findByText(/No texts from Support: replied STOP\./);
    expect(screen.queryByRole("button", { name: new RegExp(`^Text ${ALEXANDRA}`) })).toBeNull();
  });

  it("with an extension are not texted, and say so", async () => {
    const { page: alexandra, etag } = await fakeContactsApi("full").page(1);
    const numbers = alexandra.numbers.map((row) => ({ ...row, extension: "12" }));
    await page({ page: async () => ({ page: { ...alexandra, numbers }, etag }) });
    await screen.findByText("No texts: a number with an extension.");
    screen.getAllByText(/extension, no texts/);
    expect(screen.queryByRole("button", { name: new RegExp(`^Text ${ALEXANDRA}`) })).toBeNull();
  });
});

describe("whom one could write to", () => {
  it("are people at numbers without an extension; others say why not", async () => {
    const row = { number: "+12025550142", display: "(202) 555-0142", label: "", extension: "" };
    const extended = { ...row, number: "+12025550143", display: "(202) 555-0143 ext. 12", extension: "12" };
    const maya = { id: 1, name: "Maya Okonkwo", company: "", note: "", numbers: [row, extended] };
    const { user } = show(readyState(), { contacts: async () => [maya] });
    await user.click(tab());
    await user.type(screen.getByLabelText("Search messages"), "Maya");
    const people = within(await screen.findByRole("region", { name: "Write to" }));
    const [first, second] = people.getAllByRole<HTMLButtonElement>("button");
    expect([first?.disabled, second?.disabled]).toEqual([false, true]);
    expect(second?.textContent).toContain("extensions get no texts");
  });
});

describe("a closed thread", () => {
  const closed: Thread = { ...thread, closed: "stopped" };

  async function opened(people: Partial<ContactsApi>, change: Partial<Thread> = {}) {
    const threads = async () => ({ next: null, results: [{ ...closed, ...change }] });
    const desk = show(readyState(), { threads }, people);
    await desk.user.click(tab());
    await desk.user.click(await screen.findByRole("button", { name: /^(Maya|\(202\) 555-0142)/ }));
    await screen.findByText(/gets no texts from/);
    return desk;
  }

  it("takes a note on the contact, and says that it is saved", async () => {
    const addNote = vi.fn(async () => {});
    const { user } = await opened({ addNote });
    expect(screen.getByText(/You may ring, or add a note\./)).toBeTruthy();
    await user.click(button("Add note"));
    await user.type(await screen.findByLabelText("Note"), "Wants calls, no texts.");
    await user.click(button("Save note"));
    await screen.findByText("Saved on the page of Maya.");
    expect(addNote).toHaveBeenCalledWith(thread.contact?.id, "Wants calls, no texts.");
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Add note"));
  });

  it("keeps a note that was not saved, and says why", async () => {
    const refused = Object.assign(new Error("The server cannot be reached."), { status: 0 });
    const { user } = await opened({ addNote: () => Promise.reject(refused) });
    await user.click(button("Add note"));
    await user.type(await screen.findByLabelText("Note"), "Wants calls.");
    await user.click(button("Save note"));
    await screen.findByText("The server cannot be reached.");
    expect(screen.getByLabelText<HTMLTextAreaElement>("Note").value).toBe("Wants calls.");
  });

  it("with nobody that is known offers no note", async () => {
    await opened({}, { contact: null });
    expect(screen.queryByRole("button", { name: "Add note" })).toBeNull();
    expect(screen.getByText(/You may ring\./)).toBeTruthy();
  });
});
