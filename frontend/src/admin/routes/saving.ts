import { csrfToken } from "../../csrf";
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
  /** Where it is shown what stands in the way. */
  see?: string;
  /** The same may be saved a moment later. */
  again?: boolean;
}

/** Sends the route to its own page. Whatever goes wrong is an answer. `csrf`: the token that came with the page. */
export function saver(csrf: string, words: Words) {
  const notNow = (text = ""): SaveRefused => ({ saved: false, findings: [], text, again: true });
  return async (sent: object): Promise<Saved | SaveRefused> => {
    try {
      const answer = await fetch(window.location.pathname, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(csrf) },
        body: JSON.stringify(sent),
        redirect: "manual",
      });
      if (isSignedOut(answer)) return notNow(words["signed_out"]);
      if (answer.status === 404) return { saved: false, findings: [], text: words["route_gone"] ?? "" };
      const body: unknown = await answer.json();
      if (answer.ok) return { saved: true, ...(body as Omit<Saved, "saved">) };
      return { saved: false, again: answer.status === 403, ...(body as Omit<SaveRefused, "saved">) };
    } catch {
      return notNow(words["no_answer"]);
    }
  };
}

/** Led away, which is to where one signs in; or refused before it came to the route, by a page and not by what is read. */
function isSignedOut({ type, status, headers }: Response): boolean {
  const isRead = headers.get("Content-Type")?.includes("json");
  return type === "opaqueredirect" || (status === 403 && !isRead);
}
