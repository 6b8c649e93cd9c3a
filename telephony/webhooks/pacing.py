"""Long forms are read at a measured pace.

Whether Twilio sent a form is known only after all of it was read and signed, on the event loop that everybody's
webhooks wait for. Twilio's own forms are short; whoever sends long ones at full speed has proven nothing yet, and gets
a fraction of the loop's time, not all of it.
"""

from __future__ import annotations

import asyncio
import time

# Bytes. Twilio's longest ordinary form, a text of 1,600 letters of which each is quoted in full, has about 20,000; one
# of a call has 1,500.
LONG = 8192
# Bytes of long forms in a second. The worst of them are read at some fifteen million.
_RATE = 1_500_000
# Who would wait longer than this is sent away. A form that comes alone waits for nobody.
_LONGEST_WAIT = 2.0


class TooBusy(Exception):
    """So many long forms wait already that this one cannot be read soon."""


class Pace:
    """When the next long form may be read. One for each process."""

    def __init__(self) -> None:
        self._free_at = 0.0

    def seconds_until_turn(self, size: int, now: float) -> float:
        """Keeps a turn for a form of so many bytes. Raises `TooBusy`."""
        turn = max(now, self._free_at)
        if turn - now > _LONGEST_WAIT:
            raise TooBusy
        self._free_at = turn + size / _RATE
        return turn - now


_pace = Pace()


async def wait_for_turn(size: int) -> None:
    """Returns when a form of so many bytes may be read: at once if it is short, or nobody else sends long ones.

    Raises `TooBusy`.
    """
    if size <= LONG:
        return
    seconds = _pace.seconds_until_turn(size, time.monotonic())
    if seconds > 0:
        await asyncio.sleep(seconds)
