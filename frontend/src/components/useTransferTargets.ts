/** The list of those who can take a call, for what is typed: names by the server, numbers as they are. */
import { useEffect, useState } from "preact/hooks";
import type { Line, PresenceState, TransferTargets } from "../messages";
import type { Api } from "../ports";
import type { Target } from "../softphone/control";
import { minutes } from "../format";
import { awaySentence, presenceWord } from "../words";
import { t } from "../i18n/i18n";
import { byOurClock } from "../serverClock";

/** Typing goes on: one question for what stands there in the end. */
const PAUSE_MS = 180;
const NUMBER = /^\s*\+?[\d\s()./-]{3,}$/;

/** Whom a call can be transferred to. */
export interface TransferTarget {
  to: Target;
  /** What somebody is; null of a number. */
  state: PresenceState | null;
  name: string;
  /** What somebody is in words, who waits there, a number. */
  detail: string;
  /** Why it cannot be chosen now, as a sentence. */
  problem: string;
}

interface Asked {
  api: Api;
  sid: string;
  line: Line | null;
  news: unknown;
}

interface Found {
  text: string;
  targets: TransferTarget[];
  problem: string;
}

export function useTransferTargets({ api, sid, line, news }: Asked, typed: string) {
  const text = typed.trim();
  const [found, setFound] = useState<Found | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isPast = false;
    const tell = (next: Found) => !isPast && setFound(next);
    const ask = () =>
      void search(api, sid, line, text).then(
        (targets) => tell({ text, targets, problem: "" }),
        (error: Error) => tell({ text, targets: [], problem: error.message }),
      );
    const timer = setTimeout(ask, text ? PAUSE_MS : 0);
    return () => {
      isPast = true;
      clearTimeout(timer);
    };
  }, [api, sid, line?.id, text, news, turn]);
  return {
    targets: found?.targets ?? [],
    problem: found?.problem ?? "",
    /** What is shown is of what is typed: a key pressed now means what is seen. */
    settled: found?.text === text,
    again: () => setTurn((before) => before + 1),
  };
}

async function search(api: Api, sid: string, line: Line | null, text: string): Promise<TransferTarget[]> {
  const [found, number] = await Promise.all([
    api.transferTargets(sid, text),
    NUMBER.test(text) ? numberTarget(api, line, text) : null,
  ]);
  const targets = targetsOf(found, Date.now());
  if (!number) return targets;
  const known = targets.some(({ to }) => JSON.stringify(to) === JSON.stringify(number.to));
  return known ? targets : [...targets, number];
}

function targetsOf({ agents, teams, numbers }: TransferTargets, now: number): TransferTarget[] {
  return [
    ...agents.map(({ presence, may, why }) => {
      const { agent, state, since } = presence;
      const length = since && state === "on-call" ? minutes((now - byOurClock(since)) / 1000) : "";
      const away = state === "away" ? awaySentence(presence) : "";
      // Of whom it rings softly for, `why` says so, and is no obstacle.
      const detail = !why ? presenceWord(state) : may ? why : away || length;
      return { to: { agent: agent.id }, state, name: agent.name, detail, problem: may ? "" : why };
    }),
    ...teams.map(({ team, waiting, may, why }) => ({
      to: { team: team.id },
      state: may ? ("available" as const) : ("not-reachable" as const),
      name: team.name,
      detail: t("transfer.team", { count: waiting }),
      problem: why,
    })),
    ...numbers.map(({ number, display, name, label, company, why }) => {
      const detail = [[label, name ? display : ""].filter(Boolean).join(" "), company];
      return {
        to: { number },
        state: null,
        name: name || display,
        detail: detail.filter(Boolean).join(" · "),
        problem: why,
      };
    }),
  ];
}

/** What was typed, as a number that can be called, or why it cannot. */
async function numberTarget(api: Api, line: Line | null, text: string): Promise<TransferTarget> {
  const check = await api.checkNumber(text, line?.id ?? null);
  const display = check.display ?? text;
  const name = check.contact?.name || display;
  const detail = [name === display ? "" : display, check.place ?? ""].filter(Boolean).join(" · ");
  return { to: { number: check.e164 ?? text }, state: null, name, detail, problem: check.message };
}
