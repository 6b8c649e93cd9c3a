/** Notes on contacts that were begun and not saved: whoever comes back finds them as they were left. */
export interface NoteDrafts {
  of(contact: number): string;
  write(contact: number, text: string): void;
  hasUnsaved(): boolean;
  clear(): void;
}

export function createNoteDrafts(): NoteDrafts {
  const drafts = new Map<number, string>();
  return {
    of: (contact) => drafts.get(contact) ?? "",
    write(contact, text) {
      if (text.trim()) drafts.set(contact, text);
      else drafts.delete(contact);
    },
    hasUnsaved: () => drafts.size > 0,
    clear: () => drafts.clear(),
  };
}
