/** Settings of this browser: devices with their levels, theme, shortcuts, notifications. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PreferenceStore, Theme } from "../adapters/preferences";
import type { AudioDevice, AudioDevices, OutputKind } from "../ports";
import { Dialog, Switch } from "./Dialog";
import { Icon } from "./Icon";
import { useStore } from "./useStore";

interface Props {
  audio: AudioDevices;
  preferences: PreferenceStore;
  microphoneAllowed: boolean;
  onClose(): void;
}

const THEMES: [Theme, string][] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function SettingsDialog({ audio, preferences, microphoneAllowed, onClose }: Props) {
  const chosen = useStore(preferences);
  return (
    <Dialog title="Settings" onClose={onClose}>
      {microphoneAllowed ? (
        <Devices audio={audio} preferences={preferences} />
      ) : (
        <p class="quiet">Devices can be chosen when the browser allows the microphone.</p>
      )}
      <fieldset class="choice">
        <legend>Theme</legend>
        <div class="segments">
          {THEMES.map(([theme, label]) => (
            <label key={theme}>
              <input
                type="radio"
                name="theme"
                checked={chosen.theme === theme}
                onChange={() => preferences.set({ theme })}
              />
              <span>{label}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div class="switches">
        <Switch
          label={`Single-key shortcuts are ${chosen.shortcuts ? "on" : "off"}`}
          on={chosen.shortcuts}
          onChange={(shortcuts) => preferences.set({ shortcuts })}
        />
        {"Notification" in globalThis && <Notifications preferences={preferences} />}
      </div>
    </Dialog>
  );
}

function Notifications({ preferences }: { preferences: PreferenceStore }) {
  const { notify } = useStore(preferences);
  const [permission, setPermission] = useState(Notification.permission);
  async function change(on: boolean): Promise<void> {
    preferences.set({ notify: on });
    if (on && permission === "default") setPermission(await Notification.requestPermission());
  }
  const blocked = permission === "denied";
  return (
    <>
      <Switch
        label="Show a notification when a call rings and this page is hidden"
        on={notify && permission === "granted"}
        onChange={(on) => void change(on)}
      />
      {blocked && <p class="small quiet">Your browser blocks notifications of this page.</p>}
    </>
  );
}

function Devices({ audio, preferences }: Pick<Props, "audio" | "preferences">) {
  const chosen = useStore(preferences);
  const [inputs, setInputs] = useState<AudioDevice[]>([]);
  const [outputs, setOutputs] = useState<AudioDevice[]>([]);
  const [refused, setRefused] = useState<{ name: string } | null>(null);
  useEffect(() => {
    const list = () => {
      void audio.inputs().then(setInputs);
      void audio.outputs().then(setOutputs);
    };
    list();
    return audio.onChange(list);
  }, [audio]);
  async function chooseInput(id: string): Promise<void> {
    setRefused(null);
    const name = inputs.find((input) => input.id === id)?.label ?? "The system’s microphone";
    await audio.useInput(id).catch(() => setRefused({ name }));
  }
  return (
    <>
      <DeviceChoice
        id="input"
        label="Microphone"
        devices={inputs}
        value={chosen.input}
        missing={chosen.inputName || "The chosen microphone"}
        onChange={(id) => void chooseInput(id)}
      />
      {refused && (
        <p class="small hint-wrong" role="alert">
          {refused.name} could not be used: it is not there, or another program holds it. The choice is as
          before.
        </p>
      )}
      <InputMeter audio={audio} id={chosen.input} />
      {audio.canChooseOutput() && (
        <>
          <Output kind="speaker" label="Speaker" {...{ audio, outputs }} value={chosen.speaker} />
          <Output kind="ringtone" label="Ring on" {...{ audio, outputs }} value={chosen.ringtone} />
        </>
      )}
    </>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  devices: AudioDevice[];
  value: string;
  /** What stands there for a device that was chosen and is not plugged in. */
  missing: string;
  onChange(id: string): void;
}

function DeviceChoice({ id, label, devices, value, missing, onChange }: ChoiceProps) {
  // "default" and "communications" are the system's own names for one of the others.
  const named = devices.filter((device) => !["default", "communications"].includes(device.id));
  const known = named.some((device) => device.id === value);
  return (
    <div class="device">
      <label for={`device-${id}`}>{label}</label>
      <span class="select select-field">
        <select id={`device-${id}`} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">As the system</option>
          {value && !known && (
            <option value={value} disabled>
              {missing} (not there)
            </option>
          )}
          {named.map((device) => (
            <option key={device.id} value={device.id}>
              {device.label}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" size={16} />
      </span>
    </div>
  );
}

function InputMeter({ audio, id }: { audio: AudioDevices; id: string }) {
  const bar = useRef<HTMLSpanElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let stop = () => {};
    let current = true;
    setFailed(false);
    audio
      .meterInput(id, (level) => bar.current?.style.setProperty("--level", level.toFixed(2)))
      .then((end) => {
        if (current) stop = end;
        else end();
      })
      .catch(() => current && setFailed(true));
    return () => {
      current = false;
      stop();
    };
  }, [audio, id]);
  if (failed)
    return (
      <p class="small hint-wrong">
        This microphone could not be used: it is not there, or another program holds it. Calls use another
        one.
      </p>
    );
  return (
    <div class="device-meter">
      <span class="small quiet">Say something: the bar moves.</span>
      <span class="meter" ref={bar} aria-hidden="true" />
    </div>
  );
}

interface OutputProps {
  kind: OutputKind;
  label: string;
  audio: AudioDevices;
  outputs: AudioDevice[];
  value: string;
}

function Output({ kind, label, audio, outputs, value }: OutputProps) {
  const [state, setState] = useState<"idle" | "playing" | "failed">("idle");
  async function choose(id: string): Promise<void> {
    setState("idle");
    await audio.useOutput(kind, id).catch(() => setState("failed"));
  }
  async function test(): Promise<void> {
    setState("playing");
    setState(
      await audio.testOutput(kind).then(
        () => "idle" as const,
        () => "failed" as const,
      ),
    );
  }
  return (
    <div class="device-row">
      <DeviceChoice
        id={kind}
        label={label}
        devices={outputs}
        value={value}
        missing="The chosen device"
        onChange={(id) => void choose(id)}
      />
      <button
        type="button"
        class="small-key"
        disabled={state === "playing"}
        aria-label={`Test: ${label}`}
        onClick={() => void test()}
      >
        <Icon name="speaker" size={16} /> {state === "playing" ? "Playing…" : "Test"}
      </button>
      {state === "failed" && <p class="small hint-wrong">This device could not play a sound.</p>}
    </div>
  );
}
