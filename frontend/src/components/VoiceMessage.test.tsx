import { fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { speakIn } from "../i18n/catalogues";
import { VoiceMessage } from "./VoiceMessage";

const recording = { sid: "RE1", duration: 37, url: "/api/v1/calls/CA1/recordings/RE1/" };
const show = () => {
  const { container } = render(<VoiceMessage recording={recording} from="Maya Okonkwo" />);
  return { player: () => container.querySelector("audio") as HTMLAudioElement, container };
};
const press = (name: string) => fireEvent.click(screen.getByRole("button", { name }));

afterEach(() => speakIn("en"));

beforeEach(() => {
  vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(async function (this: HTMLMediaElement) {
    fireEvent.play(this);
    fireEvent.playing(this);
  });
  vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(function (this: HTMLMediaElement) {
    fireEvent.pause(this);
  });
});

test("a message is fetched only when it is played", () => {
  const { container, player } = show();
  expect(container.querySelector("audio")).toBeNull();

  press("Play the message from Maya Okonkwo");

  expect(player().getAttribute("src")).toBe(recording.url);
});

test("a message has buttons of ours with names, and none of the browser's", async () => {
  const { player } = show();
  press("Play the message from Maya Okonkwo");
  const key = screen.getByRole("button", { name: "Pause the message from Maya Okonkwo" });
  expect(player().controls).toBe(false);

  fireEvent.playing(player());
  press("Pause the message from Maya Okonkwo");
  // The same button all the time: focus stays where it was pressed.
  expect(screen.getByRole("button", { name: "Play the message from Maya Okonkwo" })).toBe(key);
  expect(HTMLMediaElement.prototype.pause).toHaveBeenCalledOnce();

  press("Play the message from Maya Okonkwo");
  await screen.findByRole("button", { name: "Pause the message from Maya Okonkwo" });
});

test("a message tells its place, goes to another and plays faster", () => {
  const { player, container } = show();
  press("Play the message from Maya Okonkwo");
  player().currentTime = 12;
  fireEvent.timeUpdate(player());
  const place = screen.getByRole<HTMLInputElement>("slider", {
    name: "Place in the message from Maya Okonkwo",
  });
  expect(place.value).toBe("12");
  expect(place.getAttribute("aria-valuetext")).toBe("12 seconds of 37 seconds");
  expect(container.textContent).toContain("0:12 / 0:37");

  fireEvent.input(place, { target: { value: "30" } });
  expect(player().currentTime).toBe(30);

  press("Speed: 1 times");
  expect(player().playbackRate).toBe(1.5);
});

test("a speed is written as the language writes it", () => {
  speakIn("de");
  show();
  fireEvent.click(screen.getByRole("button", { name: /^Abspielen/ }));
  press("Tempo: 1-fach");
  expect(screen.getByRole("button", { name: "Tempo: 1,5-fach" }).textContent).toBe("1,5×");
});

test("of two messages only one is heard", () => {
  const first = show();
  press("Play the message from Maya Okonkwo");
  fireEvent.play(first.player());
  const second = show();
  press("Play the message from Maya Okonkwo");
  fireEvent.play(second.player());
  expect(vi.mocked(HTMLMediaElement.prototype.pause).mock.instances).toEqual([first.player()]);
});

test("a message that cannot be played says so and can be tried again", () => {
  const { player, container } = show();
  fireEvent.click(screen.getByRole("button"));
  fireEvent.error(player());

  expect(screen.getByRole("alert").textContent).toBe("The message could not be played.");
  fireEvent.click(screen.getByRole("button"));
  expect(container.querySelector("audio")).not.toBeNull();
});

test("a message that never begins is not waited for for ever", async () => {
  vi.useFakeTimers();
  show();
  press("Play the message from Maya Okonkwo");
  await vi.advanceTimersByTimeAsync(15_000);
  expect(screen.getByRole("alert").textContent).toBe("The message could not be played.");
});
