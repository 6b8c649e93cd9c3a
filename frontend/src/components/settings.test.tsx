/** Devices, as the settings tell of them. */
import { render, screen, waitFor } from "@testing-library/preact";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { WebPush } from "../adapters/webPush";
import type { AudioDevices } from "../ports";
import { fakeApi, fakeAudio, fakePreferences } from "../testing/fakes";
import { SettingsDialog } from "./SettingsDialog";

const devices = async () => [
  { id: "jabra", label: "Jabra Evolve2" },
  { id: "laptop", label: "Laptop" },
];

async function open(change: Partial<AudioDevices> = {}, push: Partial<WebPush> = {}) {
  const preferences = fakePreferences();
  preferences.set({ input: "laptop", inputName: "Laptop", speaker: "laptop" });
  const audio = { ...fakeAudio(), inputs: devices, outputs: devices, ...change };
  const api = fakeApi();
  const webPush: WebPush = {
    state: async () => "off",
    allow: async () => "on",
    end: async () => "off",
    leave: async () => {},
    ...push,
  };
  const config = {
    languageChosen: "",
    languages: [
      { code: "en", name: "English" },
      { code: "de", name: "Deutsch" },
    ],
  };
  render(
    <SettingsDialog {...{ api, config, audio, preferences, webPush }} microphoneAllowed onClose={() => {}} />,
  );
  const user = userEvent.setup({ delay: null });
  await screen.findAllByRole("option", { name: "Jabra Evolve2" });
  const choice = (label: string) => screen.getByLabelText<HTMLSelectElement>(label);
  return { user, api, config, preferences, audio, choice };
}

const refuse = () => vi.fn(async () => Promise.reject(new Error("NotReadableError")));

describe("a microphone that cannot be opened", () => {
  it("is said to be so, each time, and the one before stays the choice", async () => {
    const useInput = refuse();
    const { user, choice } = await open({ useInput });
    for (const times of [1, 2]) {
      await user.selectOptions(choice("Microphone"), "Jabra Evolve2");
      const alert = await screen.findByRole("alert");
      expect(alert.textContent).toContain("Jabra Evolve2 could not be used");
      expect(useInput).toHaveBeenCalledTimes(times);
      await waitFor(() => expect(choice("Microphone").value).toBe("laptop"));
    }
  });

  it("is forgotten when another is chosen", async () => {
    const useInput = refuse();
    const { user, choice } = await open({ useInput });
    await user.selectOptions(choice("Microphone"), "Jabra Evolve2");
    await screen.findByRole("alert");
    useInput.mockImplementation((async () => {}) as never);
    await user.selectOptions(choice("Microphone"), "As the system");
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  });
});

describe("the agent's language", () => {
  it("is kept by the server, and said to be read when the page is loaded again", async () => {
    const { user, api, config, choice } = await open();
    await user.selectOptions(choice("Language"), "Deutsch");
    expect(api.chooseLanguage).toHaveBeenCalledWith("de");
    await screen.findByText(/^Saved\. Load the page again/);
    await waitFor(() => expect(config.languageChosen).toBe("de"));
    await user.selectOptions(choice("Language"), "As the browser");
    expect(api.chooseLanguage).toHaveBeenLastCalledWith("");
    await waitFor(() => expect(screen.queryByText(/^Saved/)).toBeNull());
  });

  it("stays what it was when the server cannot keep it", async () => {
    const { user, api, config, choice } = await open();
    vi.mocked(api.chooseLanguage).mockRejectedValue(new Error("Ringdesk cannot be reached."));
    await user.selectOptions(choice("Language"), "Deutsch");
    expect((await screen.findByRole("alert")).textContent).toBe("Ringdesk cannot be reached.");
    expect([choice("Language").value, config.languageChosen]).toEqual(["", ""]);
  });
});

describe("a loudspeaker that cannot be used", () => {
  it("is said to be so, and the one before stays the choice", async () => {
    const { user, choice } = await open({ useOutput: refuse() });
    for (const _ of [1, 2]) {
      await user.selectOptions(choice("Speaker"), "Jabra Evolve2");
      await screen.findByText("This device could not play a sound.");
      await waitFor(() => expect(choice("Speaker").value).toBe("laptop"));
    }
  });
});

describe("waking this browser", () => {
  const label = "Wake this browser when a caller waits and no desk answers";

  it("is allowed, names hidden or not, and taken back", async () => {
    const allow = vi.fn(async () => "on" as const);
    const end = vi.fn(async () => "off" as const);
    const { user, preferences } = await open({}, { allow, end });
    await user.click(await screen.findByRole("switch", { name: label }));
    expect(allow).toHaveBeenLastCalledWith(false);
    await user.click(await screen.findByRole("switch", { name: "Notifications name nobody" }));
    expect(allow).toHaveBeenLastCalledWith(true);
    expect(preferences.get().hidesNames).toBe(true);
    await user.click(screen.getByRole("switch", { name: label }));
    expect(end).toHaveBeenCalled();
    await waitFor(() =>
      expect(screen.queryByRole("switch", { name: "Notifications name nobody" })).toBeNull(),
    );
  });

  it("goes on naming callers, and says so, when the server does not take the change", async () => {
    const allow = vi.fn(async () => Promise.reject(new Error("No answer.")));
    const { user, preferences } = await open({}, { allow, state: async () => "on" });
    const hides = await screen.findByRole("switch", { name: "Notifications name nobody" });
    await user.click(hides);
    expect((await screen.findByRole("alert")).textContent).toContain("No answer.");
    expect((hides as HTMLInputElement).checked).toBe(false);
    expect(preferences.get().hidesNames).toBe(false);
  });

  it.each([
    ["blocked", /it blocks notifications of this page/],
    ["unset", /your admin has set no key/],
    ["unsupported", /add Ringdesk to the Home Screen/],
  ] as const)("that cannot be is said in words: %s", async (state, words) => {
    await open({}, { state: async () => state });
    expect(await screen.findByText(words)).toBeTruthy();
    expect(screen.queryByRole("switch", { name: label })).toBeNull();
  });

  it("that fails is said with its reason", async () => {
    const allow = vi.fn(async () => Promise.reject(new Error("This browser's push service is not known.")));
    const { user } = await open({}, { allow });
    await user.click(await screen.findByRole("switch", { name: label }));
    expect((await screen.findByRole("alert")).textContent).toContain("push service is not known");
  });
});
