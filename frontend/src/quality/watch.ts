/** Has a call of the Voice SDK measured from the moment that it sounds. Returns what says that it is over. */
import type { QualityKeeper } from "./keeper";
import { type Sample, sampled, type Surroundings, warned } from "./measure";

/** What is needed of the SDK's call. */
export interface MeasuredCall {
  on(event: "accept" | "cancel" | "disconnect", listener: () => void): unknown;
  on(event: "sample", listener: (sample: Sample) => void): unknown;
  on(event: "warning" | "warning-cleared", listener: (name: string) => void): unknown;
}

/** The sids of the whole call, null where it is its own root, and of the phone's own leg. */
export type Sids = () => { root: string | null; leg: string };

export function watchQuality(
  call: MeasuredCall,
  sids: Sids,
  keeper: QualityKeeper,
  surroundings: () => Surroundings,
  supervises: () => boolean = () => false,
): () => void {
  let leg = "";
  /** How it sounded to whoever only supervises is in no log. Who has taken the call over is its agent. */
  let isOthers = false;
  let measured: ReturnType<QualityKeeper["began"]> | null = null;
  call.on("accept", () => {
    const now = sids();
    leg = now.leg;
    measured = keeper.began(now.root ?? leg, leg);
  });
  call.on("sample", (sample) => {
    if (!measured) return;
    // A device may be changed in the middle: the last one counts.
    Object.assign(measured, surroundings());
    sampled(measured, sample);
    isOthers = supervises();
    if (!isOthers) keeper.touched(leg);
  });
  call.on("warning", (name) => measured && warned(measured, name, true));
  call.on("warning-cleared", (name) => measured && warned(measured, name, false));
  const over = () => {
    if (measured && isOthers) keeper.dropped(leg);
    else if (measured) keeper.ended(leg);
    measured = null;
  };
  call.on("disconnect", over);
  call.on("cancel", over);
  return over;
}
