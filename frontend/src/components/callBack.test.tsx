/** A caller who hung up and kept the place is offered to this agent, and called by this desk's own phone. */
import { screen, waitFor } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { announcement } from "../softphone/announcements";
import { transition } from "../softphone/machine";
import { signalOf } from "../pageSignals";
import { after, NOW, push, readyState, sample } from "../testing/samples";
import { button, show } from "../testing/show";
import type { CallBack, Queue } from "../messages";

const told = sample("call_back.changed") as { type: "call_back.changed"; call_back: CallBack };
const offered = push(told);
const gone = push({ type: "call_back.changed", call_back: null });

describe("a call-back", () => {
  it("is shown with who it is, what was chosen and how long they have waited", async () => {
    const { send } = show(readyState());
    send(offered);
    await screen.findByRole("heading", { name: "Maya Okonkwo" });
    expect(screen.getByRole("timer").textContent).toMatch(/^\d+:\d\d$/);
    expect(screen.getByText("pressed 2, Orders")).toBeTruthy();
    send(gone);
    await waitFor(() => expect(screen.queryByRole("heading", { name: "Maya Okonkwo" })).toBeNull());
  });

  it("is called from the line that was called, with the caller named to the server", () => {
    const [state, ...commands] = transition(after(readyState(), offered), {
      type: "agent.called-back",
      id: "back-1",
      at: NOW,
    });
    expect(commands).toContainEqual({
      type: "phone.connect",
      id: "back-1",
      to: "+12025550142",
      lineId: 1,
      override: null,
      callBack: told.call_back.sid,
    });
    expect(state.callBack).toBeNull();
    expect(state.calls.focus?.state).toBe("connecting");
  });

  it("is not called twice, nor while another call is on", () => {
    const once = transition(after(readyState(), offered), {
      type: "agent.called-back",
      id: "b1",
      at: NOW,
    })[0];
    const again = after(once, offered);
    expect(transition(again, { type: "agent.called-back", id: "b2", at: NOW })).toEqual([again]);
  });

  it("goes to somebody else with a press", async () => {
    const { user, send, ...more } = show(readyState());
    send(offered);
    await screen.findByRole("heading", { name: "Maya Okonkwo" });
    await user.click(button("Not now"));
    expect(screen.queryByRole("heading", { name: "Maya Okonkwo" })).toBeNull();
    void more;
    const [, ...commands] = transition(after(readyState(), offered), { type: "agent.declined-call-back" });
    expect(commands).toContainEqual({ type: "call-back.decline", sid: told.call_back.sid });
  });

  it("is called with Enter when nothing else has focus", async () => {
    const { user, send, asked } = show(readyState());
    send(offered);
    await screen.findByRole("heading", { name: "Maya Okonkwo" });
    await waitFor(() => expect(document.activeElement).toBe(document.querySelector("[data-focus=answer]")));
    await user.keyboard("{Enter}");
    expect(asked).toContainEqual(
      expect.objectContaining({ type: "phone.connect", callBack: told.call_back.sid }),
    );
  });

  it("takes focus from nothing that has it", async () => {
    const { user, send, asked } = show(readyState());
    const other = screen.getAllByRole("tab")[0]!;
    other.focus();
    send(offered);
    await screen.findByRole("heading", { name: "Maya Okonkwo" });
    await user.keyboard("{Enter}");
    expect(document.activeElement).toBe(other);
    expect(asked).not.toContainEqual(expect.objectContaining({ type: "phone.connect" }));
  });

  it("is put off by a key that is not red: nothing is hung up by it", async () => {
    const { send } = show(readyState());
    send(offered);
    await screen.findByRole("heading", { name: "Maya Okonkwo" });
    expect(button("Not now").className).toBe("button-plain");
  });

  it("is said aloud and stands in the title", () => {
    const before = readyState();
    const state = after(before, offered);
    expect(announcement(before, state, false)?.assertive).toContain("Call back:");
    expect(signalOf(state, NOW).titles[0]).toContain("Maya Okonkwo");
  });

  it("is not shown to whoever comes to this computer next", () => {
    const out = after(readyState(), offered, push({ type: "session.ended", message: "Signed out." }));
    expect(out.callBack).toBeNull();
  });
});

describe("callers to be called back in the queue", () => {
  const { queue } = sample("queue.changed") as { type: "queue.changed"; queue: Queue };
  const back = { ...queue.callers[0]!, state: "call-back" as const };
  const changed = push({
    type: "queue.changed",
    queue: { ...queue, waiting: 0, call_backs: 1, callers: [back] },
  });

  it("are counted, and can be called", async () => {
    const takeCaller = vi.fn(async () => {});
    const { user, send } = show(readyState(), { takeCaller });
    send(changed);
    await user.click(await screen.findByRole("tab", { name: "Waiting 1" }));
    expect(screen.getByText(/is to be called back/)).toBeTruthy();
    await user.click(button("Call back: Maya Okonkwo"));
    expect(takeCaller).toHaveBeenCalledWith(back.sid);
  });

  it("are taken out only when that is meant, which is said", async () => {
    const cancelCallBack = vi.fn(async () => {});
    const { user, send } = show(readyState(), { cancelCallBack });
    send(changed);
    await user.click(await screen.findByRole("tab", { name: "Waiting 1" }));
    const key = await screen.findByRole("button", { name: "No call-back: Maya Okonkwo" });
    await user.click(key);
    const question = () => screen.queryByRole("dialog", { name: "No call-back for Maya Okonkwo?" });
    expect(question()?.textContent).toContain("This cannot be undone.");
    expect(button("Keep the call-back").hasAttribute("autofocus")).toBe(true);
    await user.click(button("Keep the call-back"));
    expect([question(), document.activeElement]).toEqual([null, key]);
    expect(cancelCallBack).not.toHaveBeenCalled();

    await user.click(key);
    await user.click(button("No call-back"));
    expect(cancelCallBack).toHaveBeenCalledWith(back.sid);
    const said = await screen.findByText("The call-back for Maya Okonkwo is canceled.");
    expect(said.getAttribute("role")).toBe("status");
    expect(question()).toBeNull();
  });

  it("are asked about no more once they are called back meanwhile", async () => {
    const { user, send } = show(readyState());
    send(changed);
    await user.click(await screen.findByRole("tab", { name: "Waiting 1" }));
    await user.click(button("No call-back: Maya Okonkwo"));
    screen.getByRole("dialog");
    send(push({ type: "queue.changed", queue: { ...queue, waiting: 0, call_backs: 0, callers: [] } }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });
});
