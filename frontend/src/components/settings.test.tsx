/** Devices, as the settings tell of them. */
import { render, screen, waitFor } from "@testing-library/preact";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { AudioDevices } from "../ports";
import { fakeAudio, fakePreferences } from "../testing/fakes";
import { SettingsDialog } from "./SettingsDialog";

const devices = async () => [
  { id: "jabra", label: "Jabra Evolve2" },
  { id: "laptop", label: "Laptop" },
];

async function open(change: Partial<AudioDevices> = {}) {
  const preferences = fakePreferences();
  preferences.set({ input: "laptop", inputName: "Laptop", speaker: "laptop" });
  const audio = { ...fakeAudio(), inputs: devices, outputs: devices, ...change };
  render(<SettingsDialog {...{ audio, preferences }} microphoneAllowed onClose={() => {}} />);
  const user = userEvent.setup({ delay: null });
  await screen.findAllByRole("option", { name: "Jabra Evolve2" });
  const choice = (label: string) => screen.getByLabelText<HTMLSelectElement>(label);
  return { user, preferences, audio, choice };
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
