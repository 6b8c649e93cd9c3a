"""When a text to a group may be sent: within the send's hours and the company's, at the recipient's own place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache

from routing.outgoing.checks import TextFacts, text_spans
from routing.outgoing.rules import Channel, HoursRule, spans_open

_EVERY_DAY = frozenset(range(7))
# The send's hours and the company's move each other by a day or so each time: what has not met by then never does.
_TURNS = 16


@dataclass(frozen=True, slots=True)
class Hours:
    """From `begin` to `end` at the recipient's place; over midnight when `end` is not later than `begin`."""

    begin: time
    end: time

    def next_open(self, moment: datetime, zones: tuple[str, ...]) -> datetime:
        """The moment itself when all these zones have these hours then, otherwise the next at which they have. When
        they never have them together, the first of them counts."""
        spans = (HoursRule("", frozenset([Channel.TEXT]), _EVERY_DAY, self.begin, self.end),)
        return spans_open(spans, zones, moment) or spans_open(spans, zones[:1], moment) or moment


def text_may_go(number: str, own: Hours | None, facts: TextFacts, at: datetime) -> datetime | None:
    """When both have hours for this number: `at` itself, if they have them then; None when they never have them
    together."""
    return _both_open(own, text_spans(number, facts), facts.zones(number), at)


@lru_cache(maxsize=1024)
def _both_open(
    own: Hours | None, company: tuple[HoursRule, ...], zones: tuple[str, ...], at: datetime
) -> datetime | None:
    moment = at
    for _turn in range(_TURNS):
        wanted = own.next_open(moment, zones) if own else moment
        opens = spans_open(company, zones, wanted)
        if opens is None or opens == wanted:
            return opens
        moment = opens
    return None
