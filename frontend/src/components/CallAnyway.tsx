/** Under a number that must not be called now: a reason, and the call all the same. */
import { useState } from "preact/hooks";
import { t } from "../i18n/i18n";
import type { Api, NumberCheck } from "../ports";
import type { Hints } from "../softphone/state";
import { Anyway } from "./Anyway";
import { hintsOf } from "./useNumberCheck";

interface Props {
  check: NumberCheck;
  api: Pick<Api, "overrideCall">;
  canDial: boolean;
  onDial(hints: Hints): void;
}

export function CallAnyway({ check, api, canDial, onDial }: Props) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function call(): Promise<void> {
    setBusy(true);
    setProblem("");
    try {
      const override = await api.overrideCall(check.e164 ?? check.input, reason.trim());
      onDial({ ...hintsOf(check), override });
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
      {...{ reason, problem }}
    />
  );
}
