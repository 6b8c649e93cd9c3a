import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "./api";
import { VoiceToken } from "./voiceToken";

const MINUTE = 60_000;

function tokens({ ttl = 3600, refreshSeconds = 60, fail = 0 } = {}) {
  const state = { busy: false, fetched: 0, renewed: [] as number[], problems: [] as string[] };
  const token = new VoiceToken({
    refreshSeconds,
    isBusy: () => state.busy,
    onRenewed: () => state.renewed.push(Date.now()),
    onProblem: (message) => state.problems.push(message),
    async fetch() {
      state.fetched += 1;
      if (state.fetched <= fail) throw new ApiError("The server cannot be reached.", 0);
      return {
        token: `jwt-${state.fetched}`,
        edge: "roaming",
        ttl,
        grants: { incoming: true, outgoing: true },
      };
    },
  });
  return { token, state };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});

describe("the voice token", () => {
  it("is renewed before it expires, again and again", async () => {
    const { token, state } = tokens();
    await token.first();
    await vi.advanceTimersByTimeAsync(121 * MINUTE);
    expect(state.renewed).toEqual([59 * MINUTE, 118 * MINUTE]);
  });

  it("is renewed once when the SDK and the timer say so together", async () => {
    const { token, state } = tokens();
    await token.first();
    await vi.advanceTimersByTimeAsync(59 * MINUTE - 500);
    await Promise.all([token.renew(), token.renew()]);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(state.renewed).toHaveLength(1);
  });

  it("does not renew without end when its life is shorter than the margin", async () => {
    const { token, state } = tokens({ ttl: 30, refreshSeconds: 60 });
    await token.first();
    expect(token.refreshBefore).toBe(10_000);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(state.renewed).toEqual([20_000, 40_000, 60_000]);
  });

  it("leaves a call alone until the call is over", async () => {
    const { token, state } = tokens();
    await token.first();
    state.busy = true;
    await vi.advanceTimersByTimeAsync(59 * MINUTE + 20_000);
    expect(state.renewed).toEqual([]);
    state.busy = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(state.renewed).toHaveLength(1);
  });

  it("does renew in a call when it is about to expire", async () => {
    const { token, state } = tokens();
    await token.first();
    state.busy = true;
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(state.renewed).toHaveLength(1);
    expect(state.renewed[0]).toBeLessThan(60 * MINUTE);
  });

  it("is renewed on waking from sleep", async () => {
    const { token, state } = tokens();
    await token.first();
    vi.setSystemTime(75 * MINUTE);
    token.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(state.renewed).toHaveLength(1);
  });

  it("is fetched with patience, and says why it waits", async () => {
    const { token, state } = tokens({ fail: 3 });
    const first = token.first();
    await vi.advanceTimersByTimeAsync(20_000);
    await expect(first).resolves.toMatchObject({ token: "jwt-4" });
    expect(state.problems).toEqual(Array(3).fill("The server cannot be reached."));
  });

  it("stops", async () => {
    const { token, state } = tokens();
    await token.first();
    token.stop();
    await vi.advanceTimersByTimeAsync(120 * MINUTE);
    expect(state.fetched).toBe(1);
  });
});
