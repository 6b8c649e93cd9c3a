/**
 * The server's clock: this computer's may be minutes off. A time that the server says is a text, and is counted by
 * `byOurClock`; a time that is a number is one by this computer's clock.
 */

/** In milliseconds. So long a frame may be on its way: a smaller difference is none of the clocks. */
const ON_ITS_WAY = 2000;
let ahead = 0;

/** A frame has come that says what time it is at the server. The last one counts. */
export function heardTime(now: string, at: number): void {
  const difference = Date.parse(now) - at;
  if (!Number.isNaN(difference)) ahead = Math.abs(difference) > ON_ITS_WAY ? difference : 0;
}

/** When it is at this computer what the server says. */
export function byOurClock(time: string): number {
  return Date.parse(time) - ahead;
}

/** What time it is, for what is compared with days and times of the server, or sent to it. */
export function serverNow(): number {
  return Date.now() + ahead;
}
