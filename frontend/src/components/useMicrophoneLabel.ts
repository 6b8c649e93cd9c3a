import { useEffect, useState } from "preact/hooks";
import type { AudioDevices } from "../ports";
import type { MicrophoneState } from "../softphone/state";

/** The name of the microphone that calls use, when the browser tells it. */
export function useMicrophoneLabel(audio: AudioDevices, microphone: MicrophoneState, chosen: string): string {
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
          const found = inputs.find((input) => input.id === chosen) ?? inputs[0];
          // Chrome names the default one "Default - …", and adds the device's numbers in brackets.
          setLabel(
            (found?.label ?? "").replace(/^Default - /, "").replace(/ \([0-9a-f]{4}:[0-9a-f]{4}\)$/, ""),
          );
        })
        .catch(() => setLabel(""));
    };
    look();
    return audio.onChange(look);
  }, [audio, microphone, chosen]);
  return label;
}
