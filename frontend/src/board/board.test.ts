import { expect, it } from "vitest";
import { BOARDS } from "../../gallery/board";
import type { Board, DeskMessage } from "../messages";
import { createBoard, isLive } from "./board";

function started() {
  const asked: DeskMessage[] = [];
  return { asked, board: createBoard((message) => asked.push(message)) };
}
const usual: Board = BOARDS.usual;

it("asks for the board while it is open, on each connection anew, and lets go of it afterwards", () => {
  const { asked, board } = started();
  board.connected();
  expect(asked).toEqual([]);
  board.open();
  board.lost();
  board.connected();
  board.connected();
  board.close();
  expect(asked).toEqual([
    { type: "board.open", team: null },
    { type: "board.open", team: null },
    { type: "board.close" },
  ]);
});

it("shows nothing old when it is opened again", () => {
  const { board } = started();
  board.connected();
  board.open();
  board.merge(usual, 1);
  board.close();
  board.open();
  expect(board.get().board).toBeNull();
  board.close();
  board.merge(usual, 2);
  expect(board.get().board).toBeNull();
});

it("does not take what was on its way for what was chosen since", () => {
  const { asked, board } = started();
  board.connected();
  board.open();
  board.choose(2);
  expect(asked.at(-1)).toEqual({ type: "board.open", team: 2 });
  board.merge(usual, 1);
  expect(board.get().board).toBeNull();
  board.merge({ ...usual, team: 2 }, 2);
  expect(board.get().board?.team).toBe(2);
});

it("goes on with all teams when the chosen one is none of the own any more", () => {
  const { board } = started();
  board.connected();
  board.open();
  board.choose(2);
  board.merge({ ...usual, teams: [{ id: 1, name: "Support" }] }, 1);
  expect(board.get().team).toBeNull();
});

it("is live only while the server speaks", () => {
  const { board } = started();
  board.connected();
  board.open();
  expect(isLive(board.get(), 0)).toBe(false);
  board.merge(usual, 1000);
  expect(isLive(board.get(), 20_000)).toBe(true);
  expect(isLive(board.get(), 27_000)).toBe(false);
  board.lost();
  expect(isLive(board.get(), 1000)).toBe(false);
});
