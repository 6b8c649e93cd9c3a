/** Contacts at the desk, as an agent uses them. */
import { screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { fakeContactsApi } from "../../../gallery/contacts";
import type { ContactsApi } from "../../contacts/ports";
import { readyState } from "../../testing/samples";
import { button, show } from "../../testing/show";

const ALEXANDRA = "Alexandra Montgomery-Fitzwilliam";

async function opened(people: Partial<ContactsApi> = {}) {
  const desk = show(readyState(), {}, people);
  await desk.user.click(screen.getByRole("tab", { name: "Contacts" }));
  await desk.user.click(await screen.findByRole("button", { name: new RegExp(ALEXANDRA) }));
  await screen.findByRole("heading", { name: "Time line" });
  return desk;
}

const refusal = (status: number, message: string, fields = {}) =>
  Object.assign(new Error(message), { status, fields });

describe("a contact's page", () => {
  it("has an address that can be shared, and gives focus to its name", async () => {
    await opened();
    expect(location.pathname).toBe("/contacts/1/");
    await waitFor(() => expect(document.activeElement?.textContent).toBe(ALEXANDRA));
  });

  it("is opened by its address", async () => {
    history.replaceState(null, "", "/contacts/1/");
    show(readyState());
    expect(await screen.findByRole("heading", { name: ALEXANDRA })).toBeTruthy();
  });

  it("goes back to the list, and focus to the row", async () => {
    const { user } = await opened();
    await user.click(
      within(screen.getByRole("group", { name: ALEXANDRA })).getByRole("button", { name: "Contacts" }),
    );
    await waitFor(() => expect(document.activeElement?.textContent).toContain(ALEXANDRA));
    expect(location.pathname).toBe("/contacts/");
  });

  it("stays when Escape closes a dialog before it", async () => {
    const { user } = await opened();
    await user.click(button(`More for ${ALEXANDRA}`));
    await user.click(screen.getByRole("menuitem", { name: /^Block this contact/ }));
    const dialog = await screen.findByRole("dialog");
    const inField = dialog.querySelector<HTMLElement>("input, textarea");
    for (const place of [within(dialog).getByRole("button", { name: "Close" }), inField]) {
      const press = new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true });
      place?.dispatchEvent(press);
      // Not taken from the browser, which closes the dialog by it.
      expect(press.defaultPrevented).toBe(false);
    }
    expect(screen.getByRole("heading", { name: ALEXANDRA })).toBeTruthy();
  });

  it("goes back with the browser's own way", async () => {
    await opened();
    history.replaceState(null, "", "/contacts/");
    dispatchEvent(new PopStateEvent("popstate"));
    expect(await screen.findByRole("searchbox", { name: "Search contacts" })).toBeTruthy();
  });

  it("shows one kind of what was", async () => {
    const { user } = await opened();
    await user.click(await screen.findByRole("radio", { name: "Notes 1" }));
    await waitFor(() => expect(document.querySelectorAll(".entry")).toHaveLength(1));
    expect(screen.getByText("Note by Grace Hopper")).toBeTruthy();
  });

  it("calls a number of the contact's", async () => {
    const { user, asked } = await opened();
    const [call] = screen.getAllByRole("button", { name: `Call ${ALEXANDRA}, (202) 555-0142` });
    await user.click(call as HTMLElement);
    expect(asked).toContainEqual(expect.objectContaining({ type: "phone.connect", to: "+12025550142" }));
  });

  it("keeps a note that could not be saved, and says why", async () => {
    const { user } = await opened({ addNote: () => Promise.reject(refusal(0, "The server is away.")) });
    await user.click(button("Add note"));
    await user.type(screen.getByRole("textbox", { name: "Note" }), "Likes tea.");
    await user.click(button("Save note"));
    expect(await screen.findByText("The server is away.")).toBeTruthy();
    expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Note" }).value).toBe("Likes tea.");
  });
});

describe("editing", () => {
  async function editing(people: Partial<ContactsApi> = {}) {
    const desk = await opened(people);
    const [edit] = screen.getAllByRole("button", { name: "Edit numbers and the rest" });
    await desk.user.click(edit as HTMLElement);
    return desk;
  }

  it("sends what was changed and nothing else", async () => {
    const change = vi.fn<ContactsApi["change"]>(() => new Promise(() => {}));
    const { user } = await editing({ change });
    const company = screen.getByRole("textbox", { name: "Company" });
    await user.clear(company);
    await user.type(company, "Fitzwilliam Ltd");
    await user.click(button("Save contact"));
    expect(change).toHaveBeenCalledWith(1, { company: "Fitzwilliam Ltd" }, "");
  });

  it("says at the field what is wrong with it, and goes there", async () => {
    const { user } = await editing({
      change: () => Promise.reject(refusal(400, "name: No.", { name: "This field may not be blank." })),
    });
    await user.clear(screen.getByRole("textbox", { name: "Name" }));
    await user.click(button("Save contact"));
    expect(await screen.findByText("This field may not be blank.")).toBeTruthy();
    await waitFor(() => expect(document.activeElement?.id).toBe("contact-name"));
  });

  it("says whose the number is that somebody else has", async () => {
    const said = "(202) 555-0143 belongs to Tom Aldous (contact 2) already.";
    const { user } = await editing({ change: () => Promise.reject(refusal(409, said)) });
    await user.click(button("Add number"));
    await waitFor(() => expect(document.activeElement).toHaveProperty("type", "tel"));
    await user.keyboard("2025550143");
    await user.click(button("Save contact"));
    expect(await screen.findByText(said)).toBeTruthy();
  });

  it("never writes over somebody else's change without a question", async () => {
    const change = vi.fn<ContactsApi["change"]>(() => Promise.reject(refusal(412, "Changed.")));
    const { user } = await editing({ change });
    await user.type(screen.getByRole("textbox", { name: "Company" }), "!");
    await user.click(button("Save contact"));
    const conflict = within(await screen.findByTestId("conflict"));
    await user.click(conflict.getByRole("button", { name: "Take theirs" }));
    expect(change).toHaveBeenCalledOnce();
    expect(screen.queryByTestId("conflict")).toBeNull();
  });

  it("is not left by Escape", async () => {
    const { user } = await editing();
    await user.type(screen.getByRole("textbox", { name: "Company" }), "!");
    await user.keyboard("{Escape}");
    expect(screen.getByRole("textbox", { name: "Company" })).toBeTruthy();
  });
});

describe("a note of the time line", () => {
  const ofNote = (name: string | RegExp) =>
    within(screen.getByText("Note by Grace Hopper").closest("li") as HTMLElement).getByRole("button", {
      name,
    });
  const focused = () => document.activeElement;

  it("has focus in its text while it is written, and on Edit afterwards", async () => {
    const { user } = await opened({ changeNote: async () => {} });
    await screen.findByText("Note by Grace Hopper");
    for (const end of ["Cancel", "Save note"]) {
      await user.click(ofNote(/^Edit/));
      expect(focused()?.tagName).toBe("TEXTAREA");
      await user.keyboard("!");
      await user.click(ofNote(end));
      await waitFor(() => expect(focused()).toBe(ofNote(/^Edit/)));
    }
  });

  it("leaves focus to the heading when it was the last one", async () => {
    const { user } = await opened({ removeNote: async () => {} });
    await screen.findByText("Note by Grace Hopper");
    await user.click(ofNote(/^Edit/));
    await user.click(ofNote("Delete note"));
    await waitFor(() => expect(focused()?.textContent).toBe("Time line"));
  });
});

describe("a file of contacts", () => {
  /** A file that was chosen, and is looked at. */
  async function looking(people: Partial<ContactsApi> = {}) {
    const desk = show(readyState(), {}, people, { role: "supervisor" });
    await desk.user.click(screen.getByRole("tab", { name: "Contacts" }));
    await desk.user.click(await screen.findByRole("button", { name: "Import" }));
    await desk.user.upload(
      await screen.findByLabelText<HTMLInputElement>(/file/i),
      new File(["Name,Number"], "people.csv", { type: "text/csv" }),
    );
    return desk;
  }

  it("can be chosen again after it could not be read", async () => {
    const openImport = vi.fn(() => Promise.reject(refusal(0, "The server cannot be reached.")));
    const { user } = show(readyState(), {}, { openImport }, { role: "supervisor" });
    await user.click(screen.getByRole("tab", { name: "Contacts" }));
    await user.click(await screen.findByRole("button", { name: "Import" }));
    const file = new File(["Name,Number"], "people.csv", { type: "text/csv" });
    await user.upload(await screen.findByLabelText<HTMLInputElement>(/file/i), file);
    await screen.findByText("The server cannot be reached.");
    expect(screen.getByLabelText<HTMLInputElement>(/file/i).files).toHaveLength(0);
    await user.upload(screen.getByLabelText<HTMLInputElement>(/file/i), file);
    await waitFor(() => expect(openImport).toHaveBeenCalledTimes(2));
  });

  it("shows whom it changes, from what to what, and how many more there are", async () => {
    await looking();
    const list = within(await screen.findByRole("list", { name: "What changes" }));
    const rows = list.getAllByRole("listitem").map((row) => row.textContent);
    expect(rows).toHaveLength(100);
    expect(rows[0]).toContain(`Row 4 · ${ALEXANDRA} · (202) 555-0142`);
    expect(rows[0]).toContain(`Name${ALEXANDRA} →  becomes Tom Aldous`);
    expect(rows[1]).toContain("Extensionnothing →  becomes 12");
    expect(rows[1]).toContain("Groupnothing →  becomes Trade customers");
    expect(screen.getByText("12 more rows that change contacts are not shown.")).toBeTruthy();
  });

  it("says nothing of changes when there are none", async () => {
    const preview = await fakeContactsApi("full").openImport(new File([], "people.csv"));
    await looking({ openImport: async () => ({ ...preview, changes_total: 0, changes: [] }) });
    expect(await screen.findByText("Rows that cannot be used")).toBeTruthy();
    expect(screen.queryByText("What changes")).toBeNull();
    expect(screen.queryByText(/ more /)).toBeNull();
  });

  it("shows what it would do by now when contacts have changed meanwhile", async () => {
    const said = "Contacts have changed meanwhile. Nothing was imported. Look again.";
    const preview = await fakeContactsApi("full").openImport(new File([], "people.csv"));
    const changes = preview.changes.map((change) => ({ ...change, contact: "Renamed Since" }));
    const chooseImport = vi.fn(async () => ({ ...preview, changes }));
    const { user } = await looking({
      confirmImport: () => Promise.reject(refusal(409, said)),
      chooseImport,
    });
    await user.click(await screen.findByRole("button", { name: "Import the usable rows" }));
    expect(await screen.findByText(said)).toBeTruthy();
    expect(screen.getAllByText("Renamed Since")).toHaveLength(100);
    expect(chooseImport).toHaveBeenCalledExactlyOnceWith(preview.id, {});
  });
});

describe("what asks first", () => {
  it("blocks after the question, and not before", async () => {
    const block = vi.fn<ContactsApi["block"]>(async () => {});
    const { user } = await opened({ block });
    await user.click(button(`More for ${ALEXANDRA}`));
    await user.click(screen.getByRole("menuitem", { name: /Block this contact/ }));
    expect(block).not.toHaveBeenCalled();
    await user.type(await screen.findByRole("textbox", { name: /Reason/ }), "Shouts");
    await user.click(button("Block"));
    expect(block).toHaveBeenCalledWith(1, "Shouts");
  });

  it("does not offer agents what they may not do", async () => {
    const { user } = await opened();
    await user.click(button(`More for ${ALEXANDRA}`));
    expect(screen.queryByRole("menuitem", { name: /Merge/ })).toBeNull();
    expect(screen.queryByRole("menuitem", { name: /Delete/ })).toBeNull();
  });
});
