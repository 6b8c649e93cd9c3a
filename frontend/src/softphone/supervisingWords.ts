/** What a supervisor's desk says aloud of a colleague's call. Its words are loaded with the board, where it begins. */
import { firstName } from "../names";
import { t } from "../i18n/i18n";
import { currentFacts } from "./selectors";
import { shownCall } from "./room";
import type { State } from "./state";
import { heardAs } from "./supervision";

export function superviseAnnouncement(before: State, after: State): { polite: string } | null {
  const [was, is] = [before.calls.focus, after.calls.focus];
  if (is?.state !== "supervising") return null;
  const [name, customer] = [
    firstName(is.agent.name),
    currentFacts(after)?.spoken.shortName ?? t("say.otherSide"),
  ];
  const known = was?.state === "supervising" && was.id === is.id ? was : null;
  if (is.phase === "lost" && known?.phase !== "lost") return { polite: t("say.reconnecting") };
  if (is.phase !== "in" || (known?.phase === "in" && known.mode === is.mode)) return null;
  if (known?.phase === "lost") return { polite: t("say.connectedAgain") };
  const heard = t(`supervise.heard.${heardAs(is.mode, shownCall(after))}`, { name, customer });
  return {
    polite: known?.phase === "in" ? heard : `${t(`supervise.are.${is.mode}`, { name, customer })} ${heard}`,
  };
}
