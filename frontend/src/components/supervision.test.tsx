/** A supervisor in a colleague's call: at the board, at the own phone, and at the desk of who is supervised. */
import { screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it } from "vitest";
import { BOARDS } from "../../gallery/board";
import type { BoardAgent, SuperviseMode } from "../messages";
import type { State } from "../softphone/state";
import { colleague, grace, room, roomIs, supervisor } from "../testing/rooms";
import { after, LEG, NOW, openState, push, readyState, ROOT } from "../testing/samples";
import { failingScreens } from "../testing/screens";
import { asksForHelp, begins, isInAs, SUPERVISE, supervisedCall, supervising } from "../testing/supervision";
import { button, callArea, show } from "../testing/show";

const AS_SUPERVISOR = { role: "supervisor" } as const;
const [ama] = BOARDS.usual.agents;
const AMA_CALL = ama!.call!.sid;

async function boardOf(change: Partial<BoardAgent> = {}, state: State = readyState()) {
  const desk = show(state, {}, {}, AS_SUPERVISOR);
  desk.board.connected();
  await desk.user.click(screen.getByRole("link", { name: "Board" }));
  await waitFor(() => expect(desk.boardAsked).toHaveLength(1));
  const [first, ...others] = BOARDS.usual.agents;
  const tell = (more: Partial<BoardAgent>) =>
    desk.tellBoard({ ...BOARDS.usual, agents: [{ ...first!, ...more }, ...others] });
  tell(change);
  await screen.findByText("Waiting now");
  return { ...desk, tell };
}
const menu = () => screen.queryByRole("button", { name: "Supervise Ama’s call" });
const supervised = (asked: { type: string }[]) => asked.filter(({ type }) => type === "call.supervise");
const agents = () =>
  within(screen.getByRole("table", { name: "Agents" }))
    .getAllByRole("rowheader")
    .map(({ textContent }) => textContent);

describe("the board", () => {
  it("offers what may be done in a call, with who hears it", async () => {
    const { user } = await boardOf();
    await user.click(menu()!);
    expect(screen.getAllByRole("menuitem").map(({ textContent }) => textContent)).toEqual([
      "ListenListen to Ama’s call Nobody hears you.",
      "WhisperWhisper in Ama’s call Only Ama hears you.",
      "JoinJoin Ama’s call Ama and Okonkwo Interiors hear you.",
      "Take overTake over Ama’s call Ama leaves, you talk with Okonkwo Interiors.",
    ]);
    screen.getByRole("menuitem", { name: /^Listen to Ama’s call/ });
  });

  it("begins by keyboard alone, and goes on in the call area", async () => {
    const { user, asked } = await boardOf();
    menu()!.focus();
    await user.keyboard("{Enter}");
    const first = await screen.findByRole("menuitem", { name: /^Listen to/ });
    await waitFor(() => expect(document.activeElement).toBe(first));
    await user.keyboard("{ArrowDown}{Enter}");
    await waitFor(() => expect(supervised(asked)).toHaveLength(1));
    expect(supervised(asked)).toEqual([
      { type: "call.supervise", id: expect.any(String), sid: AMA_CALL, mode: "whisper" },
    ]);
    await callArea().findByRole("heading", { name: "Ama Reyes" });
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Ama Reyes"));
  });

  it.each([
    ["whoever may not", { may_supervise: false }],
    ["a call that only rings", { talking: false }],
  ])("offers nothing of it: %s", async (_why, change) => {
    await boardOf(change);
    expect(menu()).toBeNull();
  });

  it("says why it is not possible now", async () => {
    const { user } = await boardOf({}, openState());
    await user.click(menu()!);
    expect(screen.getByRole("menuitem").textContent).toBe("You are on a call yourself.");
    expect(screen.getByRole("menuitem").getAttribute("aria-disabled")).toBe("true");
  });

  it("asks before a call is taken from a colleague; to leave it there has focus", async () => {
    const { user, asked } = await boardOf();
    await user.click(menu()!);
    await user.click(screen.getByRole("menuitem", { name: /^Take over Ama’s call/ }));
    const question = within(await screen.findByRole("dialog", { name: "Take over Ama’s call?" }));
    await user.click(question.getByRole("button", { name: "Leave it with Ama" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(supervised(asked)).toEqual([]);
    await user.click(menu()!);
    await user.click(screen.getByRole("menuitem", { name: /^Take over Ama’s call/ }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Take over" }));
    expect(supervised(asked)).toMatchObject([{ sid: AMA_CALL, mode: "take-over" }]);
  });

  it("has who asks for help on top, the longest first, in words and since when", async () => {
    const { tell, tellBoard } = await boardOf();
    expect(agents()[0]).toContain("Ama Reyes");
    const since = (seconds: number) => new Date(Date.parse(BOARDS.usual.now) - seconds * 1000).toISOString();
    const asking = BOARDS.usual.agents.map((agent, at) =>
      at === 3 ? { ...agent, help_since: since(20) } : at === 5 ? { ...agent, help_since: since(80) } : agent,
    );
    tellBoard({ ...BOARDS.usual, agents: asking });
    await waitFor(() => expect(agents()[0]).toContain("Kofi Mensah"));
    expect(agents()[1]).toContain("Grace Hopper");
    expect(agents()[2]).toContain("Ama Reyes");
    screen.getByText(/^Asks for help, 1:2/);
    tell({});
    await waitFor(() => expect(screen.queryByText(/^Asks for help/)).toBeNull());
  });

  it("says who supervises already", async () => {
    await boardOf({ supervisors: [{ id: 3, name: "Hedy Lamarr", mode: "whisper" }] });
    screen.getByText("Hedy Lamarr whispers");
  });
});

describe("the supervisor's card", () => {
  const key = (name: string) => callArea().getByRole("button", { name });
  const pressed = () =>
    within(callArea().getByRole("group", { name: "How you are in the call" }))
      .getAllByRole("button", { pressed: true })
      .map(({ textContent }) => textContent.trim());

  it("says in words who hears the supervisor, and shows the mode that is so", async () => {
    const { user, asked, send } = show(supervising(), {}, {}, AS_SUPERVISOR);
    callArea().getByText("You are listening to Grace and Maya.");
    expect(callArea().getAllByText("Nobody hears you.")[0]!.tagName).toBe("STRONG");
    callArea().getByText("Your microphone is off.");
    expect(pressed()).toEqual(["Listen"]);
    await user.click(key("Whisper"));
    await user.click(key("Join"));
    expect(supervised(asked)).toMatchObject([{ sid: ROOT, mode: "whisper" }]);
    expect(pressed()).toEqual(["Whisper"]);
    callArea().getByText("Being changed…");
    send(isInAs("whisper"));
    await callArea().findByText("You hear Grace and Maya, and whisper to Grace.");
    expect(callArea().queryByText("Your microphone is off.")).toBeNull();
    send(isInAs("join"));
    await callArea().findByText("You talk with Grace and Maya.");
    expect(pressed()).toEqual(["Join"]);
  });

  it("says what is heard while the customer hears music and a colleague is asked", async () => {
    const { send } = show(supervising(), {}, {}, AS_SUPERVISOR);
    const [music] = room({ held: true }).call.participants;
    const aside = (mode: SuperviseMode) => {
      const call = supervisedCall({ mode });
      const participants = [music!, ...call.participants.slice(1)];
      return push({
        type: "supervising.changed",
        supervising: { call: { ...call, participants }, mode, state: "in" },
      });
    };
    send(aside("listen"));
    await callArea().findByText("You hear all who are not on hold.");
    send(aside("whisper"));
    await callArea().findByText("You hear all who are not on hold, and whisper to Grace.");
    send(aside("join"));
    await callArea().findByText("You talk with all who are not on hold.");
  });

  it("has no Hang up, no keys of a call, and no note: it is the agent's", () => {
    show(supervising(), {}, {}, AS_SUPERVISOR);
    for (const name of ["Hang up", "Hold", "Mute", "Transfer", "Ask for help"])
      expect(callArea().queryByRole("button", { name })).toBeNull();
    expect(screen.queryByRole("tab", { name: "Caller" })).toBeNull();
  });

  it.each(["Leave", "Shift + E"])("is left by %s: the own leg alone is hung up", async (way) => {
    const { user, asked } = show(supervising(), {}, {}, AS_SUPERVISOR);
    await (way === "Leave" ? user.click(key("Leave")) : user.keyboard("{Shift>}E{/Shift}"));
    await callArea().findByText("You have left Grace’s call.");
    expect(asked.filter(({ type }) => /hang-up/.test(type))).toEqual([
      { type: "phone.hang-up", id: SUPERVISE },
    ]);
  });

  it("does not open the microphone by M", async () => {
    const { user, asked } = show(supervising(), {}, {}, AS_SUPERVISOR);
    await user.keyboard("m");
    expect(asked.filter(({ type }) => type === "phone.mute")).toEqual([]);
  });

  it("asks before it takes over", async () => {
    const { user, asked } = show(supervising("join"), {}, {}, AS_SUPERVISOR);
    await user.click(key("Take over"));
    const question = within(await screen.findByRole("dialog", { name: "Take over Grace’s call?" }));
    await user.click(question.getByRole("button", { name: "Take over" }));
    expect(supervised(asked)).toMatchObject([{ mode: "take-over" }]);
    await callArea().findByText("You are taking the call over…");
  });

  it("says where it was pressed why another mode is not so", async () => {
    const { user, send } = show(supervising(), {}, {}, AS_SUPERVISOR);
    await user.click(key("Join"));
    send({ type: "supervise.refused", id: SUPERVISE, message: "Twilio cannot be reached.", at: NOW });
    expect((await callArea().findByRole("alert")).textContent).toBe("Twilio cannot be reached.");
    expect(pressed()).toEqual(["Listen"]);
  });

  it("has its way out before it is loaded", async () => {
    const screens = failingScreens("never");
    const { user, asked } = show(supervising(), {}, {}, { ...AS_SUPERVISOR, screens });
    await user.click(key("Leave"));
    expect(asked).toContainEqual({ type: "phone.hang-up", id: SUPERVISE });
  });

  it("says in the call area why it did not begin", async () => {
    const { send } = show(after(readyState(), begins()), {}, {}, AS_SUPERVISOR);
    send({ type: "supervise.refused", id: SUPERVISE, message: "Nobody talks on this call.", at: NOW });
    await callArea().findByText("Nobody talks on this call.");
  });
});

describe("the agent's card", () => {
  const talking = () => after(openState(), roomIs());

  it("says who supervises, by name and mode, and nothing of whom it is not told", async () => {
    const { send } = show(talking());
    expect(callArea().queryByRole("list", { name: "Supervisors in the call" })).toBeNull();
    const list = () => callArea().getByRole("list", { name: "Supervisors in the call" }).textContent;
    send(roomIs({ others: [supervisor()] }));
    await waitFor(() => expect(list()).toBe("Hedy is listening."));
    send(roomIs({ others: [supervisor({ mode: "whisper" })] }));
    await waitFor(() => expect(list()).toBe("Hedy whispers to you. Maya does not hear it."));
    send(roomIs({ others: [supervisor({ mode: "join" })] }));
    await waitFor(() => expect(list()).toBe("Hedy has joined. You all hear each other."));
    // She is nobody whom the agent could hold, mute or remove.
    expect(callArea().queryByRole("button", { name: /Hedy/ })).toBeNull();
  });

  it("says to a colleague who was asked or taken in whom a whisper is for, and who is on hold", async () => {
    const { send } = show(after({ ...openState(), me: { ...openState().me, id: grace.id } }, roomIs()));
    const list = () => callArea().getByRole("list", { name: "Supervisors in the call" }).textContent;
    send(roomIs({ others: [supervisor({ mode: "whisper" })] }));
    await waitFor(() => expect(list()).toBe("Hedy whispers to Ada. You do not hear it."));
    send(roomIs({ held: true, others: [supervisor({ mode: "join" })] }));
    await waitFor(() => expect(list()).toBe("Hedy has joined. All who are not on hold hear each other."));
  });

  it("asks for help by one key or Shift + H, shows that it is asked for, and takes it back by the same", async () => {
    const { user, asked, send } = show(talking());
    const helps = () =>
      asked.flatMap((command) =>
        command.type === "call.act" && command.act.do === "help" ? [command.act.wanted] : [],
      );
    await user.click(button("Ask for help"));
    expect(helps()).toEqual([true]);
    expect(button("Help asked for").getAttribute("aria-pressed")).toBe("true");
    send(roomIs({ help: true }));
    await user.keyboard("{Shift>}H{/Shift}");
    expect(helps()).toEqual([true, false]);
    expect(button("Ask for help").getAttribute("aria-pressed")).toBe("false");
    // H alone is hold.
    send(roomIs());
    await user.keyboard("h");
    expect(helps()).toHaveLength(2);
  });

  it("of a colleague in the call has no help to ask for: that is its agent's", async () => {
    const { user, asked, send } = show(talking());
    send(roomIs({ agent: grace, others: [colleague()] }));
    await waitFor(() => expect(screen.queryByRole("button", { name: /help/i, pressed: false })).toBeNull());
    await user.keyboard("{Shift>}H{/Shift}");
    expect(asked).toEqual([]);
    // Grace leaves: it is Ada's call.
    send(roomIs());
    await screen.findByRole("button", { name: "Ask for help" });
  });

  it("is over with who has taken the call over", async () => {
    const { send } = show(talking());
    const by = { id: 3, identity: "agent_3", name: "Hedy Lamarr" };
    send(push({ type: "call.taken_over", sid: ROOT, by, message: "Hedy Lamarr has taken over this call." }));
    send({ type: "call.disconnected", id: LEG, at: NOW + 9000 });
    await callArea().findByText("Hedy Lamarr has taken over this call.");
  });
});

describe("help that is asked for, at a desk that shows something else", () => {
  const notice = () => screen.queryByRole("region", { name: "Grace asks for help" });

  it("is told in a notice that leads to the board, and is gone when nobody asks any more", async () => {
    const { user, send } = show(readyState(), {}, {}, AS_SUPERVISOR);
    send(asksForHelp());
    await waitFor(() => expect(notice()?.textContent).toContain("With Maya Okonkwo, since 0:10"));
    await waitFor(() => expect(screen.getByTestId("polite").textContent).toBe("Grace asks for help."));
    send(asksForHelp({ since: null }));
    await waitFor(() => expect(notice()).toBeNull());
    send(asksForHelp());
    await user.click(await screen.findByRole("button", { name: "Open board" }));
    expect(location.pathname).toBe("/board/");
    await waitFor(() => expect(notice()).toBeNull());
  });

  it("is listened to at once, and can be closed", async () => {
    const { user, asked, send } = show(readyState(), {}, {}, AS_SUPERVISOR);
    send(asksForHelp());
    await user.click(await screen.findByRole("button", { name: "Listen to Grace’s call" }));
    expect(supervised(asked)).toMatchObject([{ sid: ROOT, mode: "listen" }]);
    await user.click(button("Close this notice"));
    expect(notice()).toBeNull();
  });

  it("is not read aloud during a call, and cannot be listened to", async () => {
    const { send } = show(openState(), {}, {}, AS_SUPERVISOR);
    send(asksForHelp());
    await waitFor(() => expect(notice()).not.toBeNull());
    expect(screen.getByTestId("polite").textContent).not.toContain("asks for help");
    expect(screen.queryByRole("button", { name: "Listen to Grace’s call" })).toBeNull();
  });
});
