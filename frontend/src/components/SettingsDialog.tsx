/** Settings of this browser: devices with their levels, theme, shortcuts, notifications. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { PreferenceStore, Theme } from "../adapters/preferences";
import type { WebPush } from "../adapters/webPush";
import type { Config } from "../config";
import type { Api, AudioDevice, AudioDevices, OutputKind } from "../ports";
import { Dialog } from "./Dialog";
import { isolated } from "../names";
import { Icon } from "./Icon";
import { useStore } from "./useStore";
import { WakeSetting } from "./WakeSetting";
import { Switch } from "./Switch";
import { t } from "../i18n/i18n";

interface Props {
  api: Pick<Api, "chooseLanguage">;
  config: Pick<Config, "languageChosen" | "languages">;
  audio: AudioDevices;
  preferences: PreferenceStore;
  microphoneAllowed: boolean;
  webPush: WebPush;
  onClose(): void;
}

const THEMES: Theme[] = ["system", "light", "dark"];

export function SettingsDialog({
  api,
  config,
  audio,
  preferences,
  microphoneAllowed,
  webPush,
  onClose,
}: Props) {
  const chosen = useStore(preferences);
  return (
    <Dialog title={t("top.settings")} onClose={onClose}>
      {microphoneAllowed ? (
        <Devices audio={audio} preferences={preferences} />
      ) : (
        <p class="quiet">{t("settings.devicesLater")}</p>
      )}
      <NoiseChoice preferences={preferences} />
      <LanguageChoice {...{ api, config }} />
      <fieldset class="choice">
        <legend>{t("settings.theme")}</legend>
        <div class="segments">
          {THEMES.map((theme) => (
            <label key={theme}>
              <input
                type="radio"
                name="theme"
                checked={chosen.theme === theme}
                onChange={() => preferences.set({ theme })}
              />
              <span>{t(`settings.${theme}`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div class="switches">
        <Switch
          label={chosen.shortcuts ? t("settings.shortcutsOn") : t("settings.shortcutsOff")}
          on={chosen.shortcuts}
          onChange={(shortcuts) => preferences.set({ shortcuts })}
        />
        {"Notification" in globalThis && <Notifications preferences={preferences} />}
        <WakeSetting {...{ webPush, preferences }} />
      </div>
    </Dialog>
  );
}

function NoiseChoice({ preferences }: Pick<Props, "preferences">) {
  const { suppressesNoise } = useStore(preferences);
  if (!("AudioWorkletNode" in globalThis && "WebAssembly" in globalThis))
    return <p class="small quiet">{t("noise.notHere")}</p>;
  return (
    <div class="switches">
      <Switch
        label={t("noise.key")}
        on={suppressesNoise}
        onChange={(on) => preferences.set({ suppressesNoise: on })}
      />
      <p class="small quiet">{t("noise.what")}</p>
    </div>
  );
}

/** The agent's own, at every desk. What is drawn already stays as it is until the page is loaded again: no call ends
 *  because of it. */
function LanguageChoice({ api, config }: Pick<Props, "api" | "config">) {
  const [shown] = useState(config.languageChosen);
  const [chosen, setChosen] = useState(shown);
  const [failed, setFailed] = useState("");
  async function choose(language: string): Promise<void> {
    const before = chosen;
    setChosen(language);
    setFailed("");
    try {
      await api.chooseLanguage(language);
      config.languageChosen = language;
    } catch (error) {
      setChosen(before);
      setFailed(error instanceof Error ? error.message : t("failure.serverCouldNot"));
    }
  }
  return (
    <div class="device">
      <label for="language">{t("settings.language")}</label>
      <span class="select select-field">
        <select id="language" value={chosen} onChange={(event) => void choose(event.currentTarget.value)}>
          <option value="">{t("settings.languageOfBrowser")}</option>
          {config.languages.map(({ code, name }) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" size={16} />
      </span>
      <p class="small quiet" role="status">
        {chosen !== shown && !failed && t("settings.languageLater")}
      </p>
      {failed && (
        <p class="small hint-wrong" role="alert">
          {failed}
        </p>
      )}
    </div>
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
        label={t("settings.notify")}
        on={notify && permission === "granted"}
        onChange={(on) => void change(on)}
      />
      {blocked && <p class="small quiet">{t("settings.notifyBlocked")}</p>}
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
    const name = inputs.find((input) => input.id === id)?.label ?? t("settings.systemMicrophone");
    await audio.useInput(id).catch(() => setRefused({ name }));
  }
  return (
    <>
      <DeviceChoice
        id="input"
        label={t("settings.microphone")}
        devices={inputs}
        value={chosen.input}
        missing={chosen.inputName || t("settings.chosenMicrophone")}
        onChange={(id) => void chooseInput(id)}
      />
      {refused && (
        <p class="small hint-wrong" role="alert">
          {t("settings.microphoneRefused", { device: isolated(refused.name) })}
        </p>
      )}
      <InputMeter audio={audio} id={chosen.input} />
      {audio.canChooseOutput() && (
        <>
          <Output
            kind="speaker"
            label={t("settings.speaker")}
            {...{ audio, outputs }}
            value={chosen.speaker}
          />
          <Output
            kind="ringtone"
            label={t("settings.ringOn")}
            {...{ audio, outputs }}
            value={chosen.ringtone}
          />
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
          <option value="">{t("settings.system")}</option>
          {value && !known && (
            <option value={value} disabled>
              {t("settings.missing", { device: missing })}
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
  if (failed) return <p class="small hint-wrong">{t("settings.microphoneFailed")}</p>;
  return (
    <div class="device-meter">
      <span class="small quiet">{t("settings.saySomething")}</span>
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
        missing={t("settings.chosenDevice")}
        onChange={(id) => void choose(id)}
      />
      <button
        type="button"
        class="small-button"
        disabled={state === "playing"}
        aria-label={t("settings.testOf", { device: label })}
        onClick={() => void test()}
      >
        <Icon name="speaker" size={16} /> {state === "playing" ? t("settings.playing") : t("settings.test")}
      </button>
      {state === "failed" && <p class="small hint-wrong">{t("settings.outputFailed")}</p>}
    </div>
  );
}
