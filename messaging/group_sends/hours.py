"""When somebody may be texted, at their own place. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_STEP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Hours:
    """From `begin` to `end` at the recipient's place; over midnight when `end` is not later than `begin`."""

    begin: time
    end: time

    def next_open(self, moment: datetime, zones: tuple[str, ...]) -> datetime:
        """The moment itself when all these zones have these hours then, otherwise the next at which they have: a
        quarter of an hour sharp. When they never have them together, the first of them counts."""
        if self._open(moment, zones):
            return moment
        quarter = moment.replace(second=0, microsecond=0, minute=moment.minute // 15 * 15)
        steps = range(1, 2 * 24 * 4 + 2)
        for some in (zones, zones[:1]):
            for step in steps:
                if self._open(quarter + step * _STEP, some):
                    return quarter + step * _STEP
        return moment

    def _open(self, moment: datetime, zones: tuple[str, ...]) -> bool:
        return all(self._holds(moment.astimezone(_zone(name)).time()) for name in zones)

    def _holds(self, at: time) -> bool:
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
