import { expect, it, vi } from "vitest";
import { commandRunner, type Ports } from "./commands";

const refused = (status: number) => Object.assign(new Error("Twilio is away."), { status });

function ending(hangUp: () => Promise<void>) {
  const send = vi.fn();
  const told = vi.fn();
  const ports = { api: { hangUp }, desk: { send: told } } as unknown as Ports;
  commandRunner(ports, send)({ type: "call.hang-up", sid: "CA1" });
  return { send, told };
}

it("says when the server could not end a call", async () => {
  const { send, told } = ending(() => Promise.reject(refused(503)));
  await vi.waitFor(() =>
    expect(send).toHaveBeenCalledWith({ type: "call.not-ended", sid: "CA1", message: "Twilio is away." }),
  );
  expect(told).not.toHaveBeenCalled();
});

it("asks for all anew when the call was over already", async () => {
  const { send, told } = ending(() => Promise.reject(refused(409)));
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith({ type: "desk.refresh" }));
  expect(send).not.toHaveBeenCalled();
});
