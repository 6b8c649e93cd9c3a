import { screen, waitFor, within } from "@testing-library/preact";
import { describe, expect, it, vi } from "vitest";
import { screenLoader } from "../adapters/screenFiles";
import { de as boardDe } from "../i18n/board/de";
import { speakIn } from "../i18n/catalogues";
import { setLanguage, t } from "../i18n/i18n";
import type { PageWords } from "../i18n/messages";
import { createScreens, type LoadScreen, type ScreenModules } from "../screens/screens";
import { failingScreens, SCREENS } from "../testing/screens";
import { openState, readyState } from "../testing/samples";
import { button, show } from "../testing/show";

const tab = (name: string) => screen.getByRole("tab", { name });
async function failure(): Promise<HTMLElement> {
  await waitFor(() => expect(document.querySelector(".later")).not.toBeNull());
  return document.querySelector<HTMLElement>(".later") as HTMLElement;
}
const with404 = async () => new Response("", { status: 404 });
const beside = {
  language: "de",
  words: { board: "/b-w.js", contacts: "/c-w.js", messages: "/m-w.js", sends: "/w.js", settings: "/t-w.js" },
  styles: {},
} as const;
const urls = {
  board: "/desk-board.js",
  contacts: "/c.js",
  messages: "/m.js",
  sends: "/s.js",
  settings: "/t.js",
};

/** Fails so often, and then brings what is asked for. */
function loaderAfter(failures: number): LoadScreen {
  return async (name, again) => {
    if (again < failures) throw new Error("down");
    return SCREENS[name];
  };
}

describe("a screen that is loaded later", () => {
  it("is asked for when it is first opened, once", async () => {
    const load = vi.fn(loaderAfter(0)) as LoadScreen & ReturnType<typeof vi.fn>;
    const { user } = show(readyState(), {}, {}, { screens: createScreens(load) });
    expect(load).not.toHaveBeenCalled();
    await user.click(tab("Messages"));
    await screen.findByLabelText("Search messages");
    await user.click(tab("Call log"));
    await user.click(tab("Messages"));
    expect(load.mock.calls).toEqual([["messages", 0]]);
  });

  it("says when it did not come, and is asked for again; focus goes on in it", async () => {
    const { user } = show(readyState(), {}, {}, { screens: createScreens(loaderAfter(1)) });
    await user.click(tab("Messages"));
    expect((await failure()).textContent).toMatch(/Messages did not load\..*Your calls are not affected\./);
    expect(screen.queryByRole("button", { name: "Load the page again" })).toBeNull();
    await user.click(button("Try again"));
    await screen.findByLabelText("Search messages");
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Messages"));
  });

  it("takes focus to its heading when it comes after what it was opened from has gone", async () => {
    let come: () => void = () => {};
    const load: LoadScreen = async (name) => {
      await new Promise<void>((resolve) => (come = resolve));
      return SCREENS[name];
    };
    const { user } = show(readyState(), {}, {}, { screens: createScreens(load) });
    await user.click((await screen.findAllByText("Details"))[0]!);
    await waitFor(() => expect(document.activeElement?.className).toBe("work"));
    // After focus was to go there, had it been there.
    await new Promise((resolve) => setTimeout(resolve));
    come();
    await waitFor(() => expect(document.activeElement?.id).toBe("details-title"));
  });

  it("offers to load the page again when it failed twice", async () => {
    const { user } = show(readyState(), {}, {}, { screens: failingScreens({}) });
    await user.click(tab("Contacts"));
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    expect((await screen.findByRole<HTMLButtonElement>("button", { name: /^Load the page/ })).disabled).toBe(
      false,
    );
  });

  it("of a version that is gone is got by loading the page again, but not in a call", async () => {
    const { user } = show(openState(), {}, {}, { screens: failingScreens({ gone: true }) });
    await user.click(tab("Messages"));
    expect((await failure()).textContent).toMatch(/Ringdesk was renewed since you opened/);
    expect(button("Load the page again").disabled).toBe(true);
    expect(screen.getByText(/Load the page again when it is over/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });

  it("leaves the way back from a contact's page", async () => {
    const { contacts, user } = show(readyState(), {}, {}, { screens: failingScreens({}) });
    history.pushState(null, "", "/contacts/1/");
    dispatchEvent(new PopStateEvent("popstate"));
    await failure();
    expect(contacts.get().open?.id).toBe(1);
    await user.click(within(await failure()).getByRole("button", { name: "Contacts" }));
    expect(contacts.get().open).toBeNull();
  });
});

describe("screens", () => {
  it("come ahead one after the other, and nobody hears of one that does not", async () => {
    const asked: string[] = [];
    const screens = createScreens(async (name) => {
      asked.push(name);
      if (name === "contacts") throw new Error("down");
      return SCREENS[name];
    });
    await screens.loadAhead();
    expect(asked).toEqual(["settings", "messages", "contacts", "sends", "board"]);
    const { contacts, messages, sends } = screens.get();
    expect([messages.state, contacts.state, sends.state]).toEqual(["ready", "absent", "ready"]);
    await screens.load("contacts");
    expect(screens.get().contacts.state).toBe("failed");
  });

  it("are asked for once by all who want them at once", async () => {
    const load = vi.fn(loaderAfter(0)) as LoadScreen & ReturnType<typeof vi.fn>;
    const screens = createScreens(load);
    await Promise.all([screens.load("sends"), screens.load("sends"), screens.loadAhead()]);
    expect(load.mock.calls.filter(([name]) => name === "sends")).toHaveLength(1);
  });
});

describe("the file of a screen", () => {
  it("is asked for under another address after it failed: browsers remember failures", async () => {
    const bring = vi.fn(async () => ({}) as ScreenModules["sends"]);
    await screenLoader(urls, beside, bring, with404)("sends", 0);
    await screenLoader(urls, beside, bring, with404)("sends", 2);
    expect(bring.mock.calls).toEqual([["/s.js"], ["/w.js"], ["/s.js?again=2"], ["/w.js?again=2"]]);
  });

  it("brings its style before it is drawn, once, and again only when that failed", async () => {
    const styled = { ...beside, styles: { sends: "/s.css" } };
    const addStyle = vi.fn().mockRejectedValueOnce(new Error("down")).mockResolvedValue(undefined);
    const load = screenLoader(urls, styled, async () => SCREENS.sends as never, with404, addStyle);
    await expect(load("sends", 0)).rejects.toMatchObject({ gone: true });
    expect(await load("sends", 1)).toBe(SCREENS.sends);
    await load("sends", 2);
    await load("messages", 0);
    expect(addStyle.mock.calls).toEqual([["/s.css"], ["/s.css?again=1"]]);
  });

  it("brings its words in the language of the page, before it is drawn", async () => {
    setLanguage("de", {} as PageWords);
    expect(t("board.teams")).toBe("board.teams");
    const load = screenLoader(urls, beside, async (url) =>
      url === "/b-w.js" ? { de: boardDe } : SCREENS.board,
    );
    expect(await load("board", 0)).toBe(SCREENS.board);
    expect(t("board.allTeams")).toBe("Alle Teams");
    speakIn("en");
  });

  it.each([
    [with404, true],
    [async () => new Response(""), false],
    [() => Promise.reject(new TypeError("offline")), false],
  ])("is gone only when the server says so: %#", async (fetcher, gone) => {
    const load = screenLoader(urls, beside, () => Promise.reject(new TypeError("Failed to fetch")), fetcher);
    await expect(load("messages", 0)).rejects.toMatchObject({ gone });
  });
});
