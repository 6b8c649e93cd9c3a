/** Under a number that must not be called now: a reason, and the call all the same. */
import { useState } from "preact/hooks";
import { t } from "../i18n/i18n";
import type { Api } from "../ports";
import type { Hints } from "../softphone/state";
import { Anyway } from "./Anyway";

interface Props {
  hints: Hints;
  api: Pick<Api, "overrideCall">;
  canDial: boolean;
  /** By what name focus finds its field. */
  focus?: string;
  onDial(hints: Hints): void;
}

export function CallAnyway({ hints, api, canDial, focus, onDial }: Props) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function call(): Promise<void> {
    setBusy(true);
    setProblem("");
    try {
      const override = await api.overrideCall(hints.number, reason.trim());
      onDial({ ...hints, override });
    } catch (failure) {
      setProblem((failure as { message?: string }).message || t("dial.notChecked"));
      setBusy(false);
    }
  }

  return (
    <Anyway
      id="call-reason"
      label={t("anyway.call")}
      busy={busy || !canDial}
      onReason={setReason}
      onGo={() => void call()}
      {...{ reason, problem, focus }}
    />
  );
}
