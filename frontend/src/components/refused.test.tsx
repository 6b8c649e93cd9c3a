/** What must not be called is said before it is dialled, wherever the call begins, with the remedy for each reason. */
import { screen, waitFor } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import type { Api, NumberCheck } from "../ports";
import { validCheck } from "../testing/fakes";
import { after, dialled, dialSid, NOW, push, readyState, sample } from "../testing/samples";
import { button, callArea, show } from "../testing/show";

const NIGHT = "It is 23:10 in Germany. Your company calls there from 08:00 to 21:00.";
const { thread } = sample("message.new");
const refused: NumberCheck = { ...validCheck, valid: false, message: NIGHT };
const overridden: NumberCheck = { ...refused, may_override: true };
const mistyped: NumberCheck = { ...refused, e164: null, display: null, message: "This number is too short." };
const emergency: NumberCheck = { ...refused, e164: null, display: "911", message: "Use another telephone." };
const dials = (asked: { type: string }[]) => asked.filter(({ type }) => type === "phone.connect");

/** Where a call may begin beside the dial pad: what is loaded, and what is pressed. */
const places: Record<string, { api?: Partial<Api>; press(desk: ReturnType<typeof show>): Promise<void> }> = {
  "a row of the log": {
    async press({ user }) {
      const [first] = await screen.findAllByRole("button", { name: "Call Maya Okonkwo, (202) 555-0142" });
      if (first) await user.click(first);
    },
  },
  "the keyboard in the log": {
    async press({ user }) {
      const [row] = await screen.findAllByRole("button", { name: /^Maya Okonkwo.*Details$/ });
      row?.focus();
      await user.keyboard("c");
    },
  },
  "a thread": {
    api: { threads: async () => ({ next: null, results: [thread] }) },
    async press({ user }) {
      await user.click(screen.getByRole("tab", { name: /^Messages/ }));
      await user.click(await screen.findByRole("button", { name: /^Maya Okonkwo/ }));
      await user.click(await screen.findByRole("button", { name: /^Call Maya Okonkwo/ }));
    },
  },
  "a contact's page": {
    async press({ user }) {
      await user.click(screen.getByRole("tab", { name: "Contacts" }));
      await user.click(await screen.findByRole("button", { name: /Montgomery/ }));
      const [call] = await screen.findAllByRole("button", { name: /^Call .*Montgomery/ });
      if (call) await user.click(call);
    },
  },
  "a contact found on the pad": {
    api: {
      contacts: async () => [
        {
          id: 1,
          name: "Maya Okonkwo",
          company: "",
          note: "",
          numbers: [
            { number: "+12025550142", extension: "", display: "(202) 555-0142", label: "", place: "" },
          ],
        } as never,
      ],
    },
    async press({ user }) {
      await user.type(screen.getByLabelText("Name or number"), "Maya");
      await user.click(await screen.findByRole("option", { name: /Maya Okonkwo/ }));
    },
  },
};

describe.each(Object.entries(places))("a call from %s", (_name, { api = {}, press }) => {
  it("is not dialled when nobody may make it, and says why", async () => {
    const desk = show(readyState(), { ...api, checkNumber: vi.fn(async () => refused) });
    await press(desk);
    await callArea().findByText(NIGHT);
    callArea().getByText("This call cannot be made.");
    expect(screen.queryByRole("button", { name: "Edit number" })).toBeNull();
    await waitFor(() =>
      expect(document.activeElement).toBe(callArea().getByRole("button", { name: "Close" })),
    );
    expect(dials(desk.asked)).toEqual([]);
  });

  it("is made all the same by those who may, with a reason", async () => {
    const desk = show(readyState(), { ...api, checkNumber: async () => overridden });
    await press(desk);
    const reason = await callArea().findByLabelText(/^Reason/);
    await waitFor(() => expect(document.activeElement).toBe(reason));
    await desk.user.type(reason, "She asked for it{Enter}");
    await waitFor(() => expect(dials(desk.asked)).toHaveLength(1));
    expect(dials(desk.asked)[0]).toMatchObject({ override: "override-1" });
  });

  it("is dialled when nothing forbids it, or the server does not answer", async () => {
    const checkNumber = async () => Promise.reject(new Error("The server cannot be reached."));
    const desk = show(readyState(), { ...api, checkNumber });
    await press(desk);
    await waitFor(() => expect(dials(desk.asked)).toHaveLength(1));
  });
});

describe("a call that is asked about", () => {
  const call = () => screen.findAllByRole("button", { name: "Call Maya Okonkwo, (202) 555-0142" });

  it("gives way to one that rings meanwhile, and is asked about once", async () => {
    let answer: (check: NumberCheck) => void = () => {};
    const checkNumber = vi.fn(() => new Promise<NumberCheck>((resolve) => (answer = resolve)));
    const { user, asked, send } = show(readyState(), { checkNumber });
    const [first] = await call();
    if (first) await user.dblClick(first);
    expect(checkNumber).toHaveBeenCalledTimes(1);
    send(push(sample("call.incoming")), {
      type: "call.incoming",
      id: "leg",
      root: "CA1",
      hints: { ...hints },
      at: NOW,
    });
    answer(validCheck);
    await waitFor(() => expect(button("Answer")).toBeTruthy());
    expect(dials(asked)).toEqual([]);
  });
});

const hints = { number: "+12025550142", display: "", name: "", place: "", line: "" };

describe("a call that the server refused", () => {
  const ringing = { type: "call.ringing", id: "dial-1", sid: dialSid } as const;
  const failed = (checkNumber: Api["checkNumber"]) =>
    show(after(readyState(), dialled, ringing, push({ ...sample("call.problem"), message: "Why not." })), {
      checkNumber,
    });

  it.each([
    ["for what the company forbids", refused, "This call cannot be made."],
    ["for an emergency number", emergency, "This call cannot be made."],
    ["for what a reason would do for", overridden, "You may call all the same, with a reason."],
    ["for a mistyped number", mistyped, "The number must be changed first."],
    ["by the network", validCheck, "The number must be changed first."],
  ] as const)("%s says what helps", async (_why, check, helps) => {
    failed(async () => check);
    await callArea().findByText(helps);
    screen.getByRole("heading", { name: "Why not." });
    const edits = helps.startsWith("The number");
    expect(screen.queryByRole("button", { name: "Edit number" }) !== null).toBe(edits);
    expect(screen.queryByLabelText(/^Reason/) !== null).toBe(check === overridden);
  });

  it("can be closed before the server has said what helps, and when it does not say", async () => {
    const { user } = failed(async () => Promise.reject(new Error("Away.")));
    await callArea().findByText("This call cannot be made.");
    await user.click(button("Close"));
    await screen.findByLabelText("Name or number");
  });
});
