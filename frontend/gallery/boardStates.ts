/** The supervisors' board, and the callers who wait. */
import type { Queue } from "../src/messages";
import { found, inTurn, toLog } from "./acts";
import { BOARDS } from "./board";
import { grace } from "./data";
import { ago, ready, queue, ringing, talking } from "./events";
import type { Exhibit, Exhibits } from "./exhibit";

const board = (shown: keyof typeof BOARDS, more: Partial<Exhibit> = {}): Exhibit => ({
  events: ready,
  role: "supervisor",
  board: BOARDS[shown],
  before: () => history.replaceState(null, "", "/board/"),
  ...more,
});

const iso = (at: number) => new Date(at).toISOString();
const WHY = ["pressed 2, Orders", "", "pressed 1, New order"];
const waiting: Queue["callers"] = BOARDS.usual.callers.map(({ team: _team, ...caller }, at) => ({
  ...caller,
  why: WHY[at] ?? "",
}));
const many: Queue["callers"] = BOARDS.full.callers.map(({ team: _team, ...caller }) => caller);
const ringsAtGrace: Queue["callers"] = waiting.slice(0, 1).map((caller) => ({
  ...caller,
  sid: "CA7000",
  state: "offered",
  rings_at: [{ ...grace, since: iso(ago(12)) }],
}));
const toWaiting = inTurn(toLog, () => found<HTMLElement>("#tab-waiting").click());

export const BOARD_STATES: Exhibits = {
  "70-board": board("usual"),
  "70-board-calm": board("calm"),
  "70-board-empty": board("empty"),
  "70-board-no-team": board("noTeam"),
  "70-board-past": board("past"),
  "70-board-limits": board("limits"),
  "70-board-full": board("full"),
  "70-board-old": board("usual", { boardIsOld: true }),
  "70-board-assign": board("usual", {
    act: inTurn(() => found<HTMLElement>('[data-focus="assign-CA5000"]').click()),
  }),
  "70-board-call-backs": board("callBacks", {
    act: inTurn(() => found<HTMLElement>('[data-focus="assign-CA5004"]').click()),
  }),
  "70-board-presence": board("usual", {
    act: inTurn(() => found<HTMLElement>('[data-focus="presence-14"]').click()),
  }),
  "71-board-ringing": board("usual", { events: ringing }),
  "71-board-call": board("usual", { events: talking }),
  "108-waiting": { events: [...ready, queue(1, "Support", [...waiting, ...ringsAtGrace])], act: toWaiting },
  "108-waiting-two-teams": {
    events: [...ready, queue(1, "Support", waiting.slice(0, 2)), queue(2, "Sales", waiting.slice(2))],
    act: toWaiting,
  },
  "108-waiting-full": { events: [...ready, queue(1, "Support", many)], act: toWaiting },
  "108-waiting-ringing": { events: [...ready, queue(1, "Support", ringsAtGrace)], act: toWaiting },
};
