import { describe, expect, it } from "vitest";
import { there } from "../../gallery/data";
import { signalOf } from "../pageSignals";
import {
  after,
  dialled,
  LEG,
  NOW,
  openState,
  push,
  rang,
  readyState,
  ringingState,
  sample,
} from "../testing/samples";
import { announcement } from "./announcements";
import type { SoftphoneEvent } from "./events";
import { reach } from "./reach";
import { canDial, cue, currentFacts, myPresence } from "./selectors";
import type { State } from "./state";

const lost: SoftphoneEvent = { type: "desk.lost", at: NOW, retryAt: NOW + 8000 };
const mic = (microphone: State["microphone"]): SoftphoneEvent => ({ type: "microphone.changed", microphone });
const elsewhere: SoftphoneEvent = { type: "leader.changed", leader: "elsewhere" };
const off: SoftphoneEvent = { type: "device.changed", state: "unregistered", at: NOW };
const away: SoftphoneEvent = { type: "agent.chose", availability: "away" };
const unheard = push({
  type: "presence.changed",
  presence: there(readyState().me, { state: "not-reachable" }),
});

describe("the reach line", () => {
  it.each<[string, State, string, string]>([
    ["ready", readyState(), "ok", "You can be reached. Lines Support, Sales · microphone: Jabra"],
    ["on a call", openState(), "call", "On a call. New callers wait, go to your team or to voicemail."],
    [
      "calling",
      after(readyState(), dialled),
      "call",
      "On a call. New callers wait, go to your team or to voicemail.",
    ],
    [
      "desk lost on a call",
      after(openState(), lost),
      "amber",
      "The list may be old. Your call goes on. Reconnecting…",
    ],
    [
      "ready, but the server has not heard of it yet",
      after(readyState(), unheard),
      "amber",
      "Getting your phone ready… Calls do not ring here yet.",
    ],
    [
      "ready here, but what the server knows of may be another tab's phone",
      after(readyState(), lost, { type: "desk.opened" }),
      "amber",
      "Getting your phone ready… Calls do not ring here yet.",
    ],
    [
      "ready, as the server says",
      after(readyState(), lost, { type: "desk.opened" }, push(sample("phone.state"))),
      "ok",
      "You can be reached. Lines Support, Sales · microphone: Jabra",
    ],
    ["away", after(readyState(), away), "plain", "You are away. Calls do not ring here."],
    [
      "asked for the microphone",
      after(readyState(), mic("prompt")),
      "amber",
      "You cannot be reached: microphone not allowed yet. Callers wait, go to your team or to voicemail.",
    ],
    [
      "blocked",
      after(readyState(), mic("denied")),
      "red",
      "You cannot be reached: the browser blocks the microphone. Callers wait, go to your team or to voicemail.",
    ],
    [
      "nothing plugged in",
      after(readyState(), mic("missing")),
      "red",
      "You cannot be reached: no microphone found. Callers wait, go to your team or to voicemail.",
    ],
    [
      "another tab",
      after(readyState(), elsewhere),
      "red",
      "You cannot be reached: Ringdesk is open in another tab.",
    ],
    ["offline", after(readyState(), lost), "red", "You cannot be reached. Reconnecting in 8 s."],
    [
      "signed out",
      after(readyState(), push(sample("session.ended"))),
      "red",
      "You cannot be reached: you were signed out.",
    ],
    [
      "phone not registered",
      after(readyState(), off),
      "amber",
      "Getting your phone ready… Calls do not ring here yet.",
    ],
    [
      "no token",
      after(readyState(), off, { type: "device.failed", message: "Down." }),
      "red",
      "You cannot be reached. Down.",
    ],
    [
      "silent page",
      after(readyState(), { type: "sound.changed", sound: "blocked" }),
      "amber",
      "You will not hear calls ring. ",
    ],
  ])("%s", (_name, state, tone, sentence) => {
    const { tone: shown, title, text } = reach(state, NOW, "Jabra");
    expect([shown, `${title} ${text}`]).toEqual([tone, sentence]);
  });
});

describe("what can be done", () => {
  it("dials only when all is well", () => {
    expect(canDial(readyState())).toBe(true);
    for (const event of [lost, off, elsewhere, mic("denied"), dialled]) {
      expect(canDial(after(readyState(), event))).toBe(false);
    }
  });

  it("shows at most one cue", () => {
    expect(
      [mic("prompt"), mic("denied"), mic("granted"), mic("unknown")].map((event) =>
        cue(after(readyState(), event)),
      ),
    ).toEqual(["prompt", "denied", null, null]);
  });

  it("lets the system's word about presence win", () => {
    expect(
      [readyState(), openState(), after(readyState(), off), after(readyState(), away)].map(myPresence),
    ).toEqual(["available", "on-call", "not-reachable", "away"]);
  });
});

describe("the caller's facts", () => {
  it("come from the ring itself until the push is there", () => {
    const alone = currentFacts(after(readyState(), rang));
    expect(alone).toMatchObject({ title: "+12025550142", lineName: "Support", contact: null });
    expect(currentFacts(ringingState())).toMatchObject({
      title: "Maya Okonkwo",
      display: "(202) 555-0142",
      shortName: "Maya",
      verified: true,
    });
  });

  it("names a withheld number", () => {
    const hints = { number: "", display: "", name: "", place: "", line: "" };
    const state = after(readyState(), { type: "call.incoming", id: "x", root: "x", hints, at: NOW });
    expect(currentFacts(state)).toMatchObject({ title: "Number withheld", display: "", withheld: true });
  });
});

describe("what is said aloud", () => {
  it.each<[string, State, SoftphoneEvent, object | null]>([
    ["muted", openState(), { type: "call.muted", id: LEG, muted: true }, { polite: "Muted." }],
    [
      "reconnecting",
      openState(),
      { type: "call.reconnecting", id: LEG, at: NOW },
      { polite: "Reconnecting. Maya is still on the line." },
    ],
    [
      "the end",
      openState(),
      { type: "call.disconnected", id: LEG, at: NOW + 369_000 },
      { polite: "Call ended, 6 minutes 3 seconds." },
    ],
    ["taken", ringingState(), push(sample("call.withdrawn")), { polite: "Grace took the call." }],
    ["unreachable", readyState(), lost, { assertive: "You cannot be reached. Reconnecting." }],
    [
      "reachable again",
      after(readyState(), lost, { type: "desk.opened" }),
      push(sample("phone.state")),
      { polite: "You can be reached." },
    ],
    ["a push that changes nothing to hear", openState(), push(sample("presence.changed")), null],
  ])("%s", (_name, before, event, said) => {
    expect(announcement(before, after(before, event), false)).toEqual(said);
  });

  it("says how to answer, which differs while typing", () => {
    expect(announcement(readyState(), ringingState(), true)?.assertive).toMatch(/Control Enter to answer\.$/);
  });
});

describe("the page's title and icon", () => {
  it.each<[string, State, string[], string]>([
    ["ready", readyState(), ["Ringdesk"], "rest"],
    ["ringing", ringingState(), ["☎ Maya Okonkwo calls", "Ringdesk"], "call"],
    ["call", openState(), ["4:27 Maya Okonkwo"], "call"],
    ["unreachable", after(readyState(), lost), ["! Not reachable"], "unreachable"],
  ])("%s", (_name, state, titles, icon) => {
    expect(signalOf(state, NOW + 6000 + 267_000)).toEqual({ titles, icon });
  });
});
