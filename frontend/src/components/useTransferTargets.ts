/** The list of those who can take a call, for what is typed: names by the server, numbers as they are. */
import { useEffect, useState } from "preact/hooks";
import type { Line } from "../messages";
import type { Api, TransferTarget } from "../ports";

/** Typing goes on: one question for what stands there in the end. */
const PAUSE_MS = 180;
const NUMBER = /^\s*\+?[\d\s()./-]{3,}$/;

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
  const [targets, number] = await Promise.all([
    api.transferTargets(sid, text),
    NUMBER.test(text) ? numberTarget(api, line, text) : null,
  ]);
  if (!number) return targets;
  const known = targets.some(({ to }) => JSON.stringify(to) === JSON.stringify(number.to));
  return known ? targets : [...targets, number];
}

/** What was typed, as a number that can be called, or why it cannot. */
async function numberTarget(api: Api, line: Line | null, text: string): Promise<TransferTarget> {
  const check = await api.checkNumber(text, line?.id ?? null);
  const display = check.display ?? text;
  const name = check.contact?.name || display;
  const detail = [name === display ? "" : display, check.place ?? ""].filter(Boolean).join(" · ");
  return { to: { number: check.e164 ?? text }, state: null, name, detail, problem: check.message };
}
