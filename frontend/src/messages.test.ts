import { describe, expect, it } from "vitest";
import { decodeMessage } from "./messages";
import { sampleTexts } from "./testing/samples";

describe("decodeMessage", () => {
  it("has a sample of every message", () => {
    expect(Object.keys(sampleTexts).sort()).toEqual([
      "board.changed",
      "call.ended",
      "call.incoming",
      "call.problem",
      "call.status",
      "call.taken_over",
      "call.withdrawn",
      "call_back.changed",
      "desk.snapshot",
      "error",
      "help.changed",
      "log.changed",
      "lost_caller.changed",
      "message.new",
      "message.status",
      "phone.renew",
      "phone.state",
      "ping",
      "pong",
      "presence.changed",
      "presences.changed",
      "queue.changed",
      "reach.restored",
      "send.progress",
      "session.ended",
      "supervising.changed",
      "thread.changed",
    ]);
  });

  it.each(Object.entries(sampleTexts))("reads %s", (type, text) => {
    expect(decodeMessage(text)).toEqual(JSON.parse(text));
    expect(decodeMessage(text)?.type).toBe(type);
  });

  it.each(["", "no json", "null", "[]", '"text"', "{}", '{"type":"unheard.of"}', '{"type":"constructor"}'])(
    "ignores %j",
    (text) => expect(decodeMessage(text)).toBeNull(),
  );

  it("ignores a message that lacks a field", () => {
    expect(decodeMessage('{"type":"call.incoming"}')).toBeNull();
  });
});
