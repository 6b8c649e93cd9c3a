"""A text as it is asked for, by the API or by TwiML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from simulator.world import MessagingService

#: Seconds that a text may wait at the most, as Twilio has it.
LONGEST_VALIDITY = 36_000


@dataclass(frozen=True)
class Draft:
    """A text as it is asked for. `from_` may be empty when there is a service; URLs are where media is fetched."""

    to: str
    from_: str
    body: str
    media_urls: tuple[str, ...] = ()
    service: MessagingService | None = None
    status_callback: str = ""
    validity: int = LONGEST_VALIDITY
    send_at: datetime | None = None
    as_mms: bool = False
    smart: bool | None = None
