import { render, screen } from "@testing-library/preact";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { Editor, type EditorData } from "./Editor";
import { type Finding, newStep, type RouteDocument, type Step } from "./model";
import type { Saved, SaveRefused } from "./saving";

const WORDS: EditorData["words"] = {
  move_down: "Move down",
  moved_step: "%(name)s is step %(number)d now.",
  remove_step: "Remove the step",
  instead: "Callers who came here go instead to",
  cancel: "Cancel",
  route_name: "Name of the route",
  one_change: "1 change not saved",
  changes: "%(count)d changes not saved",
  save_as: "Save as version %(number)d",
  saved_as: "Saved as version %(number)d.",
  not_saved: "Not saved: callers would not be looked after",
  not_saved_now: "Not saved.",
  discard: "Discard",
  try_it: "Try it",
  field_name: "Name",
  prompt_words: "Words",
  remove_key: "Remove the key",
  key_words: "Words for it",
  field_skill: "Skill asked for",
  no_skill: "None",
  see_changes: "See what was changed",
};

function step(id: string, kind: string, name: string, more: Partial<Step> = {}): Step {
  return { ...newStep(kind, [], name), id, ...more };
}

function shop(): RouteDocument {
  const hello = step("hello", "announcement", "Greeting", { prompt: { text: "Welcome." }, next: "bye" });
  return { first: "hello", steps: [hello, step("bye", "goodbye", "End", { prompt: { text: "Bye." } })] };
}

type Sent = { name: string; based_on: number; document: RouteDocument };

/** The editor, and the server's answers in the test's hands. */
function edit(route = shop(), more: Partial<EditorData> = {}) {
  const sent: Sent[] = [];
  const answers: ((answer: Saved | SaveRefused) => void)[] = [];
  const onCreated = vi.fn();
  render(
    <Editor
      data={{
        route: 1,
        name: "Daytime",
        number: 1,
        saved: { by: "Ada", at: "today" },
        document: route,
        may_change: true,
        lines: [],
        choices: { teams: [], agents: [], hours: [], greetings: [], routes: [], languages: [] },
        addresses: { explain: "/explain/", versions: "/versions/", list: "/list/" },
        words: WORDS,
        ...more,
      }}
      csrf="token"
      save={(what) => {
        sent.push(what);
        return new Promise((resolve) => answers.push(resolve));
      }}
      onCreated={onCreated}
    />,
  );
  const answer = (given: Saved | SaveRefused) => answers.shift()?.(given);
  const saved = (changed: Partial<Saved> = {}) => {
    const last = sent.at(-1)!;
    answer({
      saved: true,
      number: last.based_on + 1,
      address: "/route/1/",
      document: last.document,
      warnings: [],
      ...changed,
    });
  };
  const user = userEvent.setup({ delay: null });
  const open = async (id: string) => {
    await user.click(head(id));
    await vi.waitFor(() => expect(document.activeElement).toBe(field("Name")));
  };
  return { user, open, sent, answer, saved, onCreated };
}

const save = (number: number) =>
  screen.getByRole<HTMLButtonElement>("button", { name: `Save as version ${number}` });
const head = (name: string) => document.querySelector<HTMLElement>(`#head-${name}`)!;
const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);

function refusal(at: string, where: string): Finding {
  return {
    step: at,
    field: where,
    name: "Greeting",
    number: 1,
    text: "Nobody hears it.",
    todo: "Write it.",
    is_refusal: true,
    way: [],
    send_to: "",
  };
}

describe("what is typed while a save is under way", () => {
  it("stays, counts as not saved, and is in the next save", async () => {
    const { user, open, sent, saved } = edit();
    await open("hello");
    await user.type(field("Words"), " One.");
    await user.click(save(2));
    await user.type(field("Words"), " Two.");

    saved();

    expect(await screen.findByText("Saved as version 2.")).toBeTruthy();
    expect(field("Words").value).toBe("Welcome. One. Two.");
    expect(screen.getByText("1 change not saved")).toBeTruthy();
    await user.click(save(3));
    expect(sent[1]?.based_on).toBe(2);
    expect(sent[1]?.document.steps[0]?.["prompt"]).toMatchObject({ text: "Welcome. One. Two." });
  });

  it("is all that is kept: the rest is as the server wrote it", async () => {
    const { user, open, sent, saved } = edit();
    await open("hello");
    await user.type(field("Name"), "  ");
    await user.click(save(2));
    await user.type(field("Words"), " More.");

    const [hello, bye] = sent[0]!.document.steps;
    const document = {
      first: "hello",
      steps: [
        { ...hello!, name: "Greeting" },
        { ...bye!, name: "The end" },
      ],
    };
    saved({ document });

    expect(await screen.findByText("1 change not saved")).toBeTruthy();
    expect([field("Name").value, field("Words").value]).toEqual(["Greeting", "Welcome. More."]);
    expect(head("bye").textContent).toContain("The end");
  });

  it("is gone when it is discarded, and what was saved stays", async () => {
    const { user, saved } = edit();
    vi.stubGlobal("confirm", () => true);
    await user.type(field("Name of the route"), " A");
    await user.click(save(2));
    await user.type(field("Name of the route"), "B");
    saved();
    expect(await screen.findByText("1 change not saved")).toBeTruthy();

    await user.click(screen.getByRole("button", { name: "Discard" }));

    expect(field("Name of the route").value).toBe("Daytime A");
    expect(screen.queryByText("1 change not saved")).toBeNull();
  });

  it("is not left for what was refused, and may be saved", async () => {
    const { user, open, answer } = edit();
    await open("bye");
    await user.type(field("Words"), " One.");
    await user.click(save(2));
    await user.type(field("Words"), " Two.");

    answer({ saved: false, text: "", findings: [refusal("hello", "prompt")] });

    expect((await screen.findByRole("alert")).textContent).toContain("Nobody hears it.");
    expect(document.activeElement).toBe(field("Words"));
    expect(field("Words").value).toBe("Bye. One. Two.");
    expect(save(2).disabled).toBe(false);
  });

  it("does not go with the page of a new route", async () => {
    const { user, saved, onCreated } = edit(shop(), { route: null, number: 0 });
    await user.type(field("Name of the route"), " A");
    await user.click(save(1));
    await user.type(field("Name of the route"), "B");
    saved();
    expect(await screen.findByText("1 change not saved")).toBeTruthy();
    expect(onCreated.mock.lastCall).toEqual(["/route/1/", true]);

    await user.click(save(2));
    saved();

    expect(await screen.findByText("Saved as version 2.")).toBeTruthy();
    expect(onCreated.mock.lastCall).toEqual(["/route/1/", false]);
  });
});

describe("leaving the page", () => {
  const asks = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

  it("asks while something is not saved, and not on the way to the page of a new route", async () => {
    const { user, saved, onCreated } = edit(shop(), { route: null, number: 0 });
    const left = new Promise<boolean>((resolve) =>
      onCreated.mockImplementation(() => setTimeout(() => resolve(asks()), 0)),
    );
    await user.type(field("Name of the route"), " A");
    await user.click(save(1));
    expect(asks()).toBe(true);

    saved();

    expect(await left).toBe(false);
  });
});

describe("what was refused", () => {
  it("is shown with the focus where it is, when nothing was typed since", async () => {
    const { user, answer } = edit();
    await user.type(field("Name of the route"), " A");
    await user.click(save(2));

    answer({ saved: false, text: "", findings: [refusal("hello", "prompt")] });

    expect(await screen.findByRole("alert")).toBeTruthy();
    await vi.waitFor(() => expect(document.activeElement).toBe(field("Words")));
    expect(save(2).disabled).toBe(true);
  });

  it("is not shown any more once it is mended, and is again when that is undone", async () => {
    const { user, answer } = edit();
    await user.type(field("Name of the route"), " A");
    await user.click(save(2));
    answer({ saved: false, text: "", findings: [refusal("hello", "prompt")] });
    await screen.findByRole("alert");

    await user.type(field("Words"), "!");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(document.querySelector(".re-step.refused")).toBeNull();
    expect(field("Words").getAttribute("aria-invalid")).toBeNull();
    expect(save(2).disabled).toBe(false);

    await user.type(field("Words"), "{Backspace}");
    expect(screen.getByRole("alert")).toBeTruthy();
    expect(save(2).disabled).toBe(true);
  });

  it("may be saved again when it is for no step, and is said to be no fault of the route", async () => {
    const { user, answer, saved, sent } = edit();
    await user.type(field("Name of the route"), " A");
    await user.click(save(2));
    answer({ saved: false, text: "You are signed out.", findings: [], again: true });
    expect((await screen.findByRole("alert")).textContent).toBe("Not saved.You are signed out.");

    await user.click(save(2));
    saved();

    expect(await screen.findByText("Saved as version 2.")).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
    expect(sent[1]).toEqual(sent[0]);
  });

  it("shows the way to what a colleague changed meanwhile", async () => {
    const { user, answer } = edit();
    await user.type(field("Name of the route"), " A");
    await user.click(save(2));

    answer({ saved: false, text: "Grace saved version 2 meanwhile.", findings: [], see: "/versions/" });

    const link = await screen.findByRole<HTMLAnchorElement>("link", { name: "See what was changed" });
    expect([link.pathname, link.target]).toEqual(["/versions/", "_blank"]);
  });

  it("is tried with the token of the present session", async () => {
    const { user } = edit();
    document.cookie = "csrftoken=new";
    const posted = new Promise((resolve) =>
      document.querySelector("form")!.addEventListener("submit", (event) => {
        event.preventDefault();
        resolve(new FormData(event.currentTarget as HTMLFormElement).get("csrfmiddlewaretoken"));
      }),
    );

    await user.click(screen.getByRole("button", { name: "▸ Try it" }));

    expect(await posted).toBe("new");
    document.cookie = "csrftoken=; max-age=0";
  });
});

describe("the steps of the list", () => {
  it("say where they are when they are moved", async () => {
    const { user, open } = edit();
    await open("hello");

    await user.click(screen.getByRole("button", { name: "Move down" }));

    expect(screen.getByText("Greeting is step 2 now.").getAttribute("role")).toBe("status");
  });

  it("ask where callers go instead before they are removed, and keep focus at the question", async () => {
    const { user, open } = edit();
    await open("hello");

    await user.click(screen.getByRole("button", { name: "Remove the step" }));
    expect(document.activeElement).toBe(screen.getByLabelText("Callers who came here go instead to"));
    await user.click(screen.getByRole("button", { name: "Cancel" }));

    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Remove the step" }));
  });
});

describe("the skill that a team's step asks for", () => {
  const teams: [number, string][] = [
    [1, "Support"],
    [2, "French"],
  ];
  const asking = (skill: string) =>
    edit(
      { first: "team", steps: [step("team", "team", "Team", { team: 1, skill }), shop().steps[1]!] },
      { choices: { teams, agents: [], hours: [], greetings: [], routes: [], languages: [] } },
    );
  const skill = () => screen.getByLabelText<HTMLSelectElement>("Skill asked for");
  const offered = () => [...skill().options].map((one) => one.text);

  it("is the name of a team, however it was written", async () => {
    const { user, open, sent } = asking("french");
    await open("team");
    expect([skill().value, offered()]).toEqual(["French", ["None", "Support", "French"]]);

    await user.selectOptions(skill(), "None");
    await user.click(save(2));

    expect(sent[0]?.document.steps[0]?.["skill"]).toBe("");
  });

  it("stays when no team has that name, for whoever must mend it to see", async () => {
    const { open } = asking("Klingon");
    await open("team");

    expect([skill().value, offered()]).toEqual(["Klingon", ["None", "Support", "French", "Klingon"]]);
  });
});

describe("the words for the keys of a menu", () => {
  const said = () => screen.getAllByLabelText<HTMLInputElement>("Words for it").map(({ value }) => value);

  function menu(): RouteDocument {
    const keys = [
      { digit: "1", meaning: "Orders", next: "bye", words: ["order", "buy"] },
      { digit: "2", meaning: "Repairs", next: "bye", words: ["broken"] },
      { digit: "3", meaning: "Others", next: "bye" },
    ];
    const [, bye] = shop().steps;
    return { first: "menu", steps: [step("menu", "menu", "Menu", { keys, speech: true }), bye!] };
  }

  it("stay with their key when one before it is removed", async () => {
    const { user, open, sent } = edit(menu());
    await open("menu");
    expect(said()).toEqual(["order, buy", "broken", ""]);
    await user.type(screen.getAllByLabelText("Words for it")[0]!, ", pay,");

    await user.click(screen.getByRole("button", { name: "Remove the key 1" }));

    expect(said()).toEqual(["broken", ""]);
    await user.type(screen.getAllByLabelText("Words for it")[0]!, ", mend");
    await user.click(save(2));
    expect(sent[0]?.document.steps[0]?.["keys"]).toMatchObject([{ words: ["broken", "mend"] }, {}]);
  });

  it("are those of the saved version again when changes are discarded", async () => {
    const { user, open } = edit(menu());
    vi.stubGlobal("confirm", () => true);
    await open("menu");
    await user.type(screen.getAllByLabelText("Words for it")[1]!, ", mend");
    await user.click(screen.getByRole("button", { name: "Discard" }));

    expect(said()).toEqual(["order, buy", "broken", ""]);
  });

  it("are as typed until the field is left: a comma is a letter on the way", async () => {
    const { user, open } = edit(menu());
    await open("menu");
    await user.type(screen.getAllByLabelText("Words for it")[2]!, "other , ");
    expect(said()[2]).toBe("other , ");

    await user.tab();

    expect(said()[2]).toBe("other");
  });
});
