import { describe, expect, it } from "vitest";
import { after, openState } from "../testing/samples";
import { button, callArea, show } from "../testing/show";

const key = () => button("Suppress noise");
const pressed = () => key().getAttribute("aria-pressed");

describe("noise suppression in a call", () => {
  it("is off until the key is pressed, and says when it is being begun", async () => {
    const { user, preferences, send } = show(openState());
    expect(pressed()).toBe("false");
    await user.click(key());
    expect(preferences.get().suppressesNoise).toBe(true);
    send({ type: "noise.changed", noise: "starting" });
    await expect.poll(() => key().getAttribute("aria-busy")).toBe("true");
    send({ type: "noise.changed", noise: "on" });
    await expect.poll(() => key().getAttribute("aria-busy")).toBe("false");
    expect(pressed()).toBe("true");
    await user.click(key());
    expect(preferences.get().suppressesNoise).toBe(false);
  });

  it("says that it does not work; pressed again, it is chosen again", async () => {
    const { user, preferences, send } = show(openState());
    await user.click(key());
    send({ type: "noise.changed", noise: "failed" });
    await callArea().findByText(/^Noise cannot be suppressed/);
    expect(pressed()).toBe("false");
    const chosen: boolean[] = [];
    preferences.subscribe(() => chosen.push(preferences.get().suppressesNoise));
    await user.click(key());
    expect(chosen).toEqual([false, true]);
  });

  it("takes no silence for a broken microphone while noise is suppressed", async () => {
    const warned = after(openState(), {
      type: "call.warning",
      id: openState().calls.focus?.id ?? "",
      name: "constant-audio-input-level",
    });
    const { send } = show(warned);
    callArea().getByText(/no sound/i);
    send({ type: "noise.changed", noise: "on" });
    await expect.poll(() => callArea().queryByText(/no sound/i)).toBeNull();
  });
});
