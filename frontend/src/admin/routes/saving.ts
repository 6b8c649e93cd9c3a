import type { Finding, RouteDocument, Words } from "./model";

export interface Saved {
  saved: true;
  number: number;
  address: string;
  document: RouteDocument;
  warnings: Finding[];
}
export interface SaveRefused {
  saved: false;
  findings: Finding[];
  text: string;
  /** The same may be saved a moment later. */
  again?: boolean;
}

/** Sends the route to its own page. Whatever goes wrong is an answer. */
export function saver(csrf: string, words: Words) {
  return async (sent: object): Promise<Saved | SaveRefused> => {
    try {
      const answer = await fetch(window.location.pathname, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
        body: JSON.stringify(sent),
      });
      const body: unknown = await answer.json();
      if (answer.ok) return { saved: true, ...(body as Omit<Saved, "saved">) };
      return { saved: false, ...(body as Omit<SaveRefused, "saved">) };
    } catch {
      return { saved: false, findings: [], text: words["no_answer"] ?? "", again: true };
    }
  };
}
