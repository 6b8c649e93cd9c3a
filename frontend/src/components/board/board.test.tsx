/** The board as a supervisor sees it. */
import { screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { BOARDS } from "../../../gallery/board";
import type { Board } from "../../messages";
import type { Api } from "../../ports";
import { readyState, ringingState } from "../../testing/samples";
import { button, show } from "../../testing/show";
import type { State } from "../../softphone/state";

const link = () => screen.queryByRole("link", { name: "Board" });
const heading = () => screen.findByRole("heading", { name: "Board", level: 1 });
const usual: Board = BOARDS.usual;

async function opened(told: Board = usual, api: Partial<Api> = {}, state: State = readyState()) {
  const desk = show(state, api, {}, { role: "supervisor" });
  desk.board.connected();
  await desk.user.click(link()!);
  await heading();
  await waitFor(() => expect(desk.boardAsked).toHaveLength(1));
  const tell = desk.tellBoard;
  tell(told);
  await screen.findByText("Waiting now");
  return { ...desk, tell };
}
const figure = (name: string) => screen.getByText(name).closest("dl")!;
const row = (name: string) => screen.getByRole("rowheader", { name: new RegExp(name) }).closest("tr")!;

describe("who is not shown any more", () => {
  it("is counted, whoever waits and whoever is to be called back", async () => {
    const { tell } = await opened({ ...BOARDS.callBacks, all: { ...usual.all, waiting: 5 }, call_backs: 6 });
    // Two of those who wait are shown, and two who are to be called back and are offered to nobody yet.
    expect(screen.getByText("And 7 more.")).toBeTruthy();
    tell(BOARDS.callBacks);
    await waitFor(() => expect(screen.queryByText(/^And .* more/)).toBeNull());
  });
});

it("says what has stopped, and what will, in a place that is read aloud", async () => {
  const { tell } = await opened();
  const place = document.querySelector(".board-notices")!;
  expect([place.getAttribute("role"), place.textContent]).toEqual(["status", ""]);
  tell(BOARDS.limits);
  await waitFor(() => expect(place.querySelectorAll("p")).toHaveLength(2));
  expect(place.textContent).toMatch(/100 % of today's spend limit.*72 % of this month's spend limit/);
});

describe("the way to the board", () => {
  it("is there for supervisors only", () => {
    show(readyState());
    expect(link()).toBeNull();
  });

  it("has an address of its own, and the browser's Back leads from it", async () => {
    const { user, boardAsked } = await opened();
    expect(location.pathname).toBe("/board/");
    expect(boardAsked).toEqual([{ type: "board.open", team: null }]);
    await user.click(screen.getByRole("link", { name: "Group sends" }));
    await waitFor(() => expect(location.pathname).toBe("/group-sends/"));
    expect(boardAsked.at(-1)).toEqual({ type: "board.close" });
    history.back();
    await heading();
    expect(location.pathname).toBe("/board/");
    await user.click(screen.getByRole("link", { name: "Desk" }));
    await waitFor(() => expect(location.pathname).toBe("/"));
    await screen.findByRole("tab", { name: "Call log" });
  });

  it("is opened by its address, but not for agents", async () => {
    history.replaceState(null, "", "/board/");
    show(readyState(), {}, {}, { role: "supervisor" });
    await heading();
  });

  it("is no way for an agent who knows the address", () => {
    history.replaceState(null, "", "/board/");
    const { boardAsked, board } = show(readyState());
    board.connected();
    expect(screen.getByRole("tab", { name: "Call log" })).toBeTruthy();
    expect(boardAsked).toEqual([]);
  });
});

describe("the figures", () => {
  it("say their goal in words, and are red only past it", async () => {
    const { tell } = await opened();
    expect(figure("Longest wait").className).toContain("figure-past");
    expect(figure("Longest wait").textContent).toContain("Goal: under 2:00");
    expect(figure("Answered in 20 s, today").textContent).toContain("Goal 80% · 146 calls");
    expect(figure("Answered in 20 s, today").className).toContain("figure-near");
    expect(figure("Agents free").textContent).toContain("1 of 7");
    expect(figure("Hung up waiting, today").textContent).toContain("4% · 3 still to call back");

    tell(BOARDS.calm);
    await waitFor(() => expect(figure("Longest wait").className).not.toContain("figure-past"));
    expect(figure("Answered in 20 s, today").className).toContain("figure-plain");
    expect(figure("Waiting now").textContent).toContain("1 Sales");

    tell(BOARDS.past);
    await waitFor(() => expect(screen.getByText("Answered in time, today")).toBeTruthy());
    expect(figure("Answered in time, today").className).toContain("figure-past");
    expect(figure("Longest wait").textContent).toContain("Each line has its own goal");
  });

  it("say per cents in one way, on the cards and in the tables, and reach no goal by rounding", async () => {
    const withLevel = (service_level: number): Board => {
      const standing = { ...usual.all, figures: { ...usual.all.figures, service_level } };
      return {
        ...usual,
        all: standing,
        by_line: usual.by_line.slice(0, 1).map((line) => ({ ...line, ...standing })),
      };
    };
    const { tell } = await opened(withLevel(42.9));
    const shown = () => [
      figure("Answered in 20 s, today").querySelector(".figure-value")?.textContent,
      within(screen.getByRole("table", { name: "Today: Line" })).getByText(/goal 80%/).previousSibling
        ?.textContent,
    ];
    expect(shown()).toEqual(["43%", "43%"]);
    tell(withLevel(79.6));
    await waitFor(() => expect(shown()).toEqual(["79%", "79%"]));
  });

  it("say that they are old when the connection is lost", async () => {
    const { board } = await opened();
    expect(screen.getByText(/^Live · /)).toBeTruthy();
    board.lost();
    await screen.findByText(/^Not live since /);
  });

  it("make no noise: what moves is in no live region", async () => {
    await opened();
    for (const region of document.querySelectorAll(
      "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]",
    ))
      expect(region.textContent).toBe("");
  });
});

describe("a team", () => {
  it("is chosen, and asked for", async () => {
    const { user, boardAsked } = await opened();
    await user.click(screen.getByRole("radio", { name: "Support" }));
    expect(boardAsked.at(-1)).toEqual({ type: "board.open", team: 1 });
  });
});

describe("a caller who waits", () => {
  it("is given to somebody who can be reached: who is free comes first", async () => {
    const assignCaller = vi.fn(async () => {});
    const { user } = await opened(usual, { assignCaller });
    await user.click(button("Assign Harbour Dental to"));
    const choices = within(screen.getByRole("menu", { name: "Assign Harbour Dental to" })).getAllByRole(
      "menuitem",
    );
    expect(choices.map(({ textContent }) => textContent)).toEqual([
      "Grace Hopper Available",
      "Kofi Mensah Wrap-up",
    ]);
    await user.click(choices[0]!);
    expect(assignCaller).toHaveBeenCalledWith("CA5000", 14);
    await screen.findByText("Harbour Dental is about to ring at Grace Hopper.");
  });

  it("who is to be called back is told apart, is never late, and the call-back is given away in words of its own", async () => {
    const assignCaller = vi.fn(async () => {});
    const { user } = await opened(BOARDS.callBacks, { assignCaller });
    const rows = within(screen.getByRole("table", { name: "Waiting callers" })).getAllByRole("rowheader");
    expect(rows.map(({ textContent }) => textContent)).toEqual([
      "Harbour Dentalis to be called back",
      "Okonkwo InteriorsGrace Hopper is asked to call back",
      expect.stringMatching(/^\(206\) 555-0111is called back again at \d/),
      "Harbour Dental",
      "(206) 555-0111",
    ]);
    expect(rows.map((one) => one.closest("tr")!.textContent.includes("Past the goal:"))).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
    await user.click(button("Assign the call-back to Okonkwo Interiors to"));
    // Grace is asked already.
    const choices = screen.getAllByRole("menuitem");
    expect(choices.map(({ textContent }) => textContent)).toEqual(["Kofi Mensah Wrap-up"]);
    await user.click(choices[0]!);
    expect(assignCaller).toHaveBeenCalledWith("CA5005", 16);
    await screen.findByText("Kofi Mensah is asked to call Okonkwo Interiors back.");
  });

  it("stays when that is refused, with the reason", async () => {
    const assignCaller = vi.fn(async () => {
      throw new Error("That agent cannot be reached now. Choose another.");
    });
    const { user } = await opened(usual, { assignCaller });
    await user.click(button("Assign Harbour Dental to"));
    await user.click(screen.getByRole("menuitem", { name: /Grace/ }));
    const reason = await screen.findByText("That agent cannot be reached now. Choose another.");
    expect(reason.getAttribute("role")).toBe("alert");
  });

  it("is past the goal with a sign and a word, not by colour alone", async () => {
    await opened();
    expect(row("Harbour Dental").textContent).toContain("Past the goal:");
    expect(row("Okonkwo Interiors").textContent).not.toContain("Past the goal:");
  });

  it("takes focus along to the next row when a push takes the row away", async () => {
    const { tell } = await opened();
    button("Assign Harbour Dental to").focus();
    tell({ ...usual, callers: usual.callers.slice(1) });
    await waitFor(() => expect(document.activeElement).toBe(button("Assign Okonkwo Interiors to")));
    tell({ ...usual, callers: [] });
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole("heading", { name: "Waiting callers" })),
    );
  });
});

describe("an agent", () => {
  it("stands there with what is so, since when, with whom and how many calls", async () => {
    await opened();
    expect(row("Ama Reyes").textContent).toContain("With Okonkwo Interiors");
    expect(row("Ben Otis").textContent).toContain("Ringing (206) 555-0111");
    expect(row("Inés Roca").textContent).toContain("On a call");
    expect(row("Dana Lis").textContent).toContain("Away: Lunch, back at");
    expect(within(row("Grace Hopper")).getByText("21")).toBeTruthy();
  });

  it("is changed by the supervisor", async () => {
    const setPresence = vi.fn(async () => {});
    const { user } = await opened(usual, { setPresence });
    await user.click(button("Change Grace Hopper to"));
    await user.click(screen.getByRole("menuitemradio", { name: "Away" }));
    expect(setPresence).toHaveBeenCalledWith(14, "away", { reason: null, backAt: null });
    await screen.findByText("Grace Hopper is now: Away.");
    await user.click(button("Change Grace Hopper to"));
    await user.click(screen.getByRole("menuitemradio", { name: "Finished" }));
    expect(setPresence).toHaveBeenLastCalledWith(14, "offline", undefined);
  });

  it("is set away for one of the admins' reasons, and until when", async () => {
    const setPresence = vi.fn(async () => {});
    const { user } = await opened(usual, { setPresence });
    await user.click(button("Change Grace Hopper to"));
    const menu = within(screen.getByRole("menu"));
    const available = menu.getByRole("menuitemradio", { name: "Available" });
    expect(available.getAttribute("aria-checked")).toBe("true");
    await waitFor(() => expect(document.activeElement).toBe(available));
    // Where calls ring "here" is said of one's own desk alone.
    expect(screen.getByRole("menu").textContent).not.toContain("here");
    await user.click(within(menu.getByRole("group", { name: "Back at" })).getAllByRole("menuitemradio")[1]!);
    await user.click(menu.getByRole("menuitemradio", { name: "Lunch" }));
    expect(setPresence).toHaveBeenCalledOnce();
    expect(document.activeElement).toBe(button("Change Grace Hopper to"));
    const reason = expect.objectContaining({ name: "Lunch" });
    expect(setPresence).toHaveBeenCalledWith(14, "away", { reason, backAt: expect.any(String) });
    await screen.findByText(/^Grace Hopper is now Away: Lunch, back at .*\.$/);
  });

  it("who is in wrap-up is none of what can be chosen yet", async () => {
    const { user } = await opened();
    await user.click(button("Change Kofi Mensah to"));
    const available = screen.getByRole("menuitemradio", { name: "Available After wrap-up" });
    expect(available.getAttribute("aria-checked")).toBe("false");
  });

  it("who is away already is ticked with the reason, and told another time of return at one press", async () => {
    const setPresence = vi.fn(async () => {});
    const { user } = await opened(usual, { setPresence });
    await user.click(button("Change Dana Lis to"));
    const lunch = screen.getByRole("menuitemradio", { name: "Lunch" });
    expect(lunch.getAttribute("aria-checked")).toBe("true");
    await user.click(screen.getByRole("menuitemradio", { name: "Not said" }));
    const [agent, availability, away] = setPresence.mock.lastCall as unknown as [number, string, object];
    expect([typeof agent, availability]).toEqual(["number", "away"]);
    expect(away).toMatchObject({ reason: { name: "Lunch" }, backAt: null });
  });

  it("has no menu when it is the one who looks: the bar on top has it", async () => {
    await opened({ ...usual, agents: [{ ...usual.agents[0]!, agent: readyState().me }] });
    expect(screen.queryByRole("button", { name: /^Change / })).toBeNull();
  });
});

describe("the call area beside the board", () => {
  it("is a rail until a call rings", async () => {
    await opened();
    expect(document.querySelector("[data-rail=true]")).toBeTruthy();
  });

  it("is whole while it rings", async () => {
    await opened(usual, {}, ringingState());
    expect(document.querySelector("[data-rail=true]")).toBeNull();
    expect(button(/Answer/)).toBeTruthy();
  });
});
