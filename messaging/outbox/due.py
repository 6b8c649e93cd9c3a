"""A text that is due, before anybody has claimed it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Due(NamedTuple):
    """What of a row is looked at before it is claimed: its columns, in the order in which they are asked for."""

    pk: int
    sender: str
    recipient: str
    body: str
    attempts: int
    priority: int
    num_segments: int
    created_at: datetime
    origin: str
    written_by_id: int | None
    group_send_id: int | None
