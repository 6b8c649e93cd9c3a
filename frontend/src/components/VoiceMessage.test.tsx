import { fireEvent, render, screen } from "@testing-library/preact";
import { expect, test } from "vitest";
import { VoiceMessage } from "./VoiceMessage";

const recording = { sid: "RE1", duration: 37, url: "/api/v1/calls/CA1/recordings/RE1/" };

test("a message is fetched only when it is played", () => {
  const { container } = render(<VoiceMessage recording={recording} from="Maya Okonkwo" />);
  expect(container.querySelector("audio")).toBeNull();

  fireEvent.click(screen.getByRole("button", { name: "Play the message from Maya Okonkwo" }));

  expect(container.querySelector("audio")?.getAttribute("src")).toBe(recording.url);
});

test("a message that cannot be played says so and can be tried again", () => {
  const { container } = render(<VoiceMessage recording={recording} from="Maya Okonkwo" />);
  fireEvent.click(screen.getByRole("button"));
  fireEvent.error(container.querySelector("audio") as HTMLAudioElement);

  expect(screen.getByRole("alert").textContent).toBe("The message could not be played.");
  fireEvent.click(screen.getByRole("button"));
  expect(container.querySelector("audio")).not.toBeNull();
});
