/** Contacts that are being edited or added and were not saved: whoever comes back finds them as they were left. */
import { type Draft, isChanged } from "./draft";
import type { ContactPage } from "./ports";

interface ContactDraft {
  /** As it was when the draft was begun; null for one that is being added. */
  page: ContactPage | null;
  /** The version of that page: the draft is saved over no other. */
  etag: string;
  draft: Draft;
  before: Draft;
}

/** `id` is null for a new contact, of whom `number` is all that is known. */
export interface ContactDrafts {
  of(id: number | null, number?: string): ContactDraft | null;
  /** Nothing is kept of one in which nothing was written. */
  keep(id: number | null, left: ContactDraft): void;
  /** Saved, or not wanted any more. */
  drop(id: number | null, before: Draft): void;
  hasUnsaved(): boolean;
  clear(): void;
}

export function createContactDrafts(): ContactDrafts {
  const drafts = new Map<string, ContactDraft>();
  const nameOf = (id: number | null, number: string): string => (id === null ? `new ${number}` : String(id));
  const numberOf = ({ numbers }: Draft): string => numbers[0]?.number ?? "";
  return {
    of: (id, number = "") => drafts.get(nameOf(id, number)) ?? null,
    keep(id, left) {
      if (isChanged(left.draft, left.before)) drafts.set(nameOf(id, numberOf(left.before)), left);
    },
    drop: (id, before) => drafts.delete(nameOf(id, numberOf(before))),
    hasUnsaved: () => drafts.size > 0,
    clear: () => drafts.clear(),
  };
}
