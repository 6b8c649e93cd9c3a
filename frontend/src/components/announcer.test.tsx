import { render, screen, waitFor } from "@testing-library/preact";
import { expect, it } from "vitest";
import { readyState } from "../testing/samples";
import { Announcer } from "./Announcer";

it("says the same sentence again when it is told again", async () => {
  const polite = () => screen.getByTestId("polite").textContent;
  const lost = (sid: string) => ({
    ...readyState(),
    lostCaller: { sid, message: "Maya was lost." } as never,
  });
  const { rerender } = render(<Announcer state={readyState()} news="" />);
  rerender(<Announcer state={lost("CA1")} news="" />);
  await waitFor(() => expect(polite()).toBe("Maya was lost."));
  rerender(<Announcer state={lost("CA2")} news="" />);
  await waitFor(() => expect(polite()).toBe("Maya was lost.\u00a0"));
  rerender(<Announcer state={lost("CA2")} news="New message from Tom." />);
  await waitFor(() => expect(polite()).toBe("New message from Tom."));
});
