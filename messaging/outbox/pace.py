"""How fast a sender may send. Pure.

Twilio takes more than a sender may send, and keeps up to ten hours' worth in a queue (support article "Understanding
Twilio Rate Limits and Message Queues"). What goes to many is handed over as fast as it leaves that queue, so that what
an agent writes meanwhile is next, and so that a send can be stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from messaging.models import Priority

# So far ahead of its pace a sender may be: less would leave it idle between two looks.
_AHEAD = timedelta(seconds=1)
# Twilio's queue holds ten hours. Its end is for what others send from the same number.
_QUEUE = timedelta(hours=9)
_NORTH_AMERICA = "+1"
_TOLL_FREE_CODES = frozenset(["800", "833", "844", "855", "866", "877", "888"])


def rate(sender: str, recipient: str) -> float:
    """Segments a second that Twilio sends from one kind of number to another, where nothing else was agreed."""
    if sender.lstrip("+").isdecimal() and len(sender.lstrip("+")) <= 6:
        return 100.0
    if not sender.startswith(_NORTH_AMERICA) or not recipient.startswith(_NORTH_AMERICA):
        return 10.0
    if sender[2:5] in _TOLL_FREE_CODES:
        return 3.0
    # A long code: to Canada as the table says; to the US as its campaign may, which only Twilio knows.
    return 1.0


@dataclass(slots=True)
class Pace:
    """A sender's place in its queue at Twilio."""

    free_at: datetime
    now: datetime
    own_rate: float | None = None

    def take(self, sender: str, recipient: str, segments: int, priority: int) -> bool:
        """Whether the text may be handed over now; then it has its place in the queue."""
        begins = max(self.free_at, self.now)
        if begins >= self.now + (_AHEAD if priority == Priority.GROUP else _QUEUE):
            return False
        self.free_at = begins + timedelta(seconds=max(1, segments) / (self.own_rate or rate(sender, recipient)))
        return True

    @property
    def free_again(self) -> datetime:
        """When the next one of many may be handed over."""
        return self.free_at - _AHEAD
