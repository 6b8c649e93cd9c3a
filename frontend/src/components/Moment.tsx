/** When something in a thread was: as short as it can be, and whole in its title. */
import { fullTime } from "../format";
import { momentOf } from "../threads/words";
import { serverNow } from "../serverClock";

export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)}>
      {momentOf(at, serverNow())}
    </time>
  );
}
