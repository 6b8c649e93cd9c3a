import { useEffect, useState } from "preact/hooks";
import { deviceName } from "../adapters/callMicrophone";
import type { AudioDevices } from "../ports";
import type { Preferences } from "../adapters/preferences";
import type { MicrophoneState } from "../softphone/state";
import { t } from "../i18n/i18n";

/** The name of the microphone that calls use, when the browser tells it. */
export function useMicrophoneLabel(
  audio: AudioDevices,
  microphone: MicrophoneState,
  { input: chosen, inputName: name }: Pick<Preferences, "input" | "inputName">,
): string {
  const [label, setLabel] = useState("");
  useEffect(() => {
    if (microphone !== "granted") {
      setLabel("");
      return undefined;
    }
    const look = () => {
      void audio
        .inputs()
        .then((inputs) => {
          const found = inputs.find((input) => input.id === chosen);
          const used = deviceName((found ?? inputs[0])?.label ?? "");
          const missed = chosen && !found ? name || t("reach.theChosenOne") : "";
          setLabel(used && missed ? t("reach.microphoneMissed", { used, chosen: missed }) : used);
        })
        .catch(() => setLabel(""));
    };
    look();
    return audio.onChange(look);
  }, [audio, microphone, chosen, name]);
  return label;
}
