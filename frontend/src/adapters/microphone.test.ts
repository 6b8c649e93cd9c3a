import { describe, expect, it, vi } from "vitest";
import { createMicrophone } from "./microphone";

type Browser = Pick<Navigator, "mediaDevices" | "permissions">;

interface Setting {
  /** null: a browser whose Permissions API does not know the microphone. */
  permission: PermissionState | null;
  devices?: { label: string }[];
  asked?: () => Promise<MediaStream>;
}

class FakePermission extends EventTarget {
  constructor(public state: PermissionState) {
    super();
  }
  becomes(state: PermissionState): void {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

const stream = async () => ({ getTracks: () => [{ stop() {} }] }) as unknown as MediaStream;
const refuse = (name: string) => () => Promise.reject(Object.assign(new Error(name), { name }));

function microphone({ permission, devices = [{ label: "Jabra" }], asked = stream }: Setting) {
  const status = permission === null ? null : new FakePermission(permission);
  const list = [...devices];
  const mediaDevices = Object.assign(new EventTarget(), {
    enumerateDevices: async () => list.map(({ label }) => ({ kind: "audioinput", deviceId: label, label })),
    getUserMedia: asked,
  });
  const query = status ? async () => status : refuse("TypeError");
  const told: string[] = [];
  const browser = { mediaDevices, permissions: { query } } as unknown as Browser;
  const adapter = createMicrophone((event) => "microphone" in event && told.push(event.microphone), browser);
  const plug = (labels: string[]) => {
    list.splice(0, list.length, ...labels.map((label) => ({ label })));
    mediaDevices.dispatchEvent(new Event("devicechange"));
  };
  return { adapter, told, status, plug };
}

describe("the microphone", () => {
  it.each<[string, Setting, string]>([
    ["granted", { permission: "granted" }, "granted"],
    ["not asked yet", { permission: "prompt" }, "prompt"],
    ["blocked", { permission: "denied" }, "denied"],
    ["granted, nothing plugged in", { permission: "granted", devices: [] }, "missing"],
    ["no Permissions API, allowed before", { permission: null }, "granted"],
    ["no Permissions API, not asked yet", { permission: null, devices: [{ label: "" }] }, "prompt"],
  ])("%s", async (_name, setting, seen) => {
    const { adapter, told } = microphone(setting);
    adapter.watch();
    await vi.waitFor(() => expect(told).toEqual([seen]));
  });

  it.each<[string, Setting, string]>([
    ["Allow", { permission: "prompt" }, "granted"],
    ["Block", { permission: "denied", asked: refuse("NotAllowedError") }, "denied"],
    ["the window closed", { permission: "prompt", asked: refuse("NotAllowedError") }, "prompt"],
    ["no device", { permission: "prompt", asked: refuse("NotFoundError") }, "missing"],
    ["held by another program", { permission: "granted", asked: refuse("NotReadableError") }, "missing"],
    ["Block, no Permissions API", { permission: null, asked: refuse("NotAllowedError") }, "denied"],
  ])("asked: %s", async (_name, setting, answer) => {
    const { adapter, told } = microphone(setting);
    adapter.watch();
    await vi.waitFor(() => expect(told).toHaveLength(1));
    adapter.request();
    await vi.waitFor(() => expect(told.at(-1)).toBe(answer));
  });

  it("notices by itself when the permission changes", async () => {
    const { adapter, told, status } = microphone({ permission: "denied" });
    adapter.watch();
    await vi.waitFor(() => expect(told).toEqual(["denied"]));
    status?.becomes("granted");
    await vi.waitFor(() => expect(told).toEqual(["denied", "granted"]));
  });

  it("notices by itself when a headset is plugged in or out", async () => {
    const { adapter, told, plug } = microphone({ permission: "granted", devices: [] });
    adapter.watch();
    await vi.waitFor(() => expect(told).toEqual(["missing"]));
    plug(["Jabra"]);
    await vi.waitFor(() => expect(told).toEqual(["missing", "granted"]));
    plug([]);
    await vi.waitFor(() => expect(told).toEqual(["missing", "granted", "missing"]));
  });

  it("does not take the question for an answer", async () => {
    const { adapter, told, plug } = microphone({ permission: "prompt", asked: () => new Promise(() => {}) });
    adapter.watch();
    await vi.waitFor(() => expect(told).toEqual(["prompt"]));
    adapter.request();
    plug(["Jabra", "Other"]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(told).toEqual(["prompt"]);
  });
});
