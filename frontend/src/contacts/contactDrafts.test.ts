import { describe, expect, it, vi } from "vitest";
import { fakeContactsApi } from "../../gallery/contacts";
import type { ContactsApi } from "./ports";
import { createContacts } from "./contacts";

const api = fakeContactsApi("full");
const settled = () => new Promise((resolve) => setTimeout(resolve));

async function contactsWith(change: Partial<ContactsApi> = {}) {
  const page = vi.fn(async (id: number) => {
    const read = await api.page(id);
    return { page: { ...read.page, id }, etag: `"${id}-first"` };
  });
  const contacts = createContacts({ ...api, page, ...change });
  return { contacts, page };
}

async function editing(change: Partial<ContactsApi> = {}) {
  const made = await contactsWith(change);
  made.contacts.open(1);
  await settled();
  made.contacts.edit();
  made.contacts.write({ company: "Half a na" });
  return made;
}

describe("a contact that is being edited", () => {
  it("is found as it was left, whoever was looked at meanwhile", async () => {
    const { contacts } = await editing();
    contacts.open(2);
    await settled();
    expect(contacts.get().open?.draft).toBeNull();
    expect(contacts.isUnsaved()).toBe(true);
    contacts.open(1);
    await settled();
    expect(contacts.get().open?.draft?.company).toBe("Half a na");
  });

  it("is found as it was left when its page was closed", async () => {
    const { contacts } = await editing();
    contacts.close();
    expect(contacts.isUnsaved()).toBe(true);
    contacts.open(1);
    expect(contacts.get().open?.draft?.company).toBe("Half a na");
  });

  it("is saved over what it was begun with, and over nothing newer", async () => {
    const change = vi.fn(api.change);
    const { contacts, page } = await editing({ change });
    contacts.close();
    const { page: now } = await api.page(1);
    page.mockResolvedValue({ page: { ...now, id: 1 }, etag: '"1-second"' });
    contacts.open(1);
    await settled();
    await contacts.save();
    expect(change).toHaveBeenCalledWith(1, { company: "Half a na" }, '"1-first"');
    expect(contacts.isUnsaved()).toBe(false);
  });

  it("asks again whose change is kept, when it was left before that was said", async () => {
    const { page: theirs } = await api.page(1);
    const change = vi.fn(async (_id: number, _change: unknown, etag: string) => {
      if (etag === '"1-first"') throw Object.assign(new Error("changed"), { status: 412 });
      return { page: { ...theirs, id: 1 }, etag: '"1-third"' };
    });
    const { contacts, page } = await editing({ change });
    page.mockResolvedValue({ page: { ...theirs, id: 1 }, etag: '"1-second"' });
    await contacts.save();
    expect(contacts.get().open?.theirs).not.toBeNull();
    contacts.close();
    contacts.open(1);
    await settled();
    await contacts.save();
    expect(contacts.get().open?.theirs).not.toBeNull();
    await contacts.keepMine();
    expect(change).toHaveBeenLastCalledWith(1, { company: "Half a na" }, '"1-second"');
    expect(contacts.get().open?.draft).toBeNull();
  });

  it("is forgotten when it is canceled, saved or left unchanged", async () => {
    const { contacts } = await editing();
    contacts.cancelEdit();
    contacts.close();
    expect(contacts.isUnsaved()).toBe(false);
    contacts.open(1);
    await settled();
    contacts.edit();
    contacts.close();
    expect(contacts.isUnsaved()).toBe(false);
    contacts.open(1);
    await settled();
    expect(contacts.get().open?.draft).toBeNull();
  });

  it("that is saved after it was left is a draft no more", async () => {
    let saved: () => void = () => {};
    const change = vi.fn(async () => {
      await new Promise<void>((resolve) => (saved = resolve));
      return { ...(await api.page(1)), etag: '"1-second"' };
    });
    const { contacts } = await editing({ change });
    const saving = contacts.save();
    contacts.open(2);
    contacts.open(1);
    expect(contacts.get().open).toMatchObject({ saving: true, draft: { company: "Half a na" } });
    saved();
    await saving;
    await settled();
    expect(contacts.isUnsaved()).toBe(false);
    expect(contacts.get().open).toMatchObject({ draft: null, saving: false });
  });

  it("that could not be saved after it was left is a draft still", async () => {
    let refuse: (why: Error) => void = () => {};
    const change = () => new Promise<never>((_, reject) => (refuse = reject));
    const { contacts } = await editing({ change });
    const saving = contacts.save();
    contacts.close();
    refuse(new Error("Away."));
    await saving;
    expect(contacts.isUnsaved()).toBe(true);
    contacts.open(1);
    expect(contacts.get().open).toMatchObject({ saving: false, draft: { company: "Half a na" } });
  });

  it("is forgotten when the session ends", async () => {
    const { contacts } = await editing();
    contacts.clear();
    expect(contacts.isUnsaved()).toBe(false);
    contacts.open(1);
    expect(contacts.get().open?.draft).toBeNull();
  });
});

describe("a contact that is being added", () => {
  it("is found as it was left, each by its number", async () => {
    const { contacts } = await contactsWith();
    contacts.add("+12025550142");
    contacts.write({ name: "Maya" });
    contacts.add("+12025550143");
    expect(contacts.get().open?.draft?.name).toBe("");
    contacts.write({ name: "Tom" });
    contacts.open(1);
    contacts.add("+12025550142");
    expect(contacts.get().open?.draft?.name).toBe("Maya");
    contacts.cancelEdit();
    contacts.close();
    contacts.add("+12025550143");
    expect(contacts.get().open?.draft?.name).toBe("Tom");
    contacts.cancelEdit();
    expect(contacts.isUnsaved()).toBe(false);
  });
});
