"""The spend guard: what may go on when a limit is reached. Calls that come in are never asked about.

It is asked in an agent's or a worker's way, so what it knows is kept in this process for some seconds; after a limit
was changed here, it is known at once, and in other processes that much later.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_noop

from core.brief_memory import BriefMemory
from routing.models import Line
from telephony.phone import Number, NumberKind, region_of
from usage.models import Period, SpendLimit
from usage.spending import Spent, spent_in

_KEPT_SECONDS = 10.0

PAUSED = {
    Period.DAILY: gettext_noop(
        "This send is paused: today's spend limit is reached. An admin can raise it; the send then goes on where it "
        "stopped."
    ),
    Period.MONTHLY: gettext_noop(
        "This send is paused: the month's spend limit is reached. An admin can raise it; the send then goes on where "
        "it stopped."
    ),
}
_REFUSED = {
    Period.DAILY: gettext_noop("This call would cost more than today's limit allows. Ask your admin."),
    Period.MONTHLY: gettext_noop("This call would cost more than this month's limit allows. Ask your admin."),
}


class SpendLimitReached(Exception):
    """Something must not go on for now. Its text is a sentence in English, as it is stored."""


_memory: BriefMemory[list[Spent]] = BriefMemory(_KEPT_SECONDS)


def spent_now() -> list[Spent]:
    """Of each limit, as it was known some seconds ago."""
    known, turn = _memory.known(), _memory.turn()
    if known is None:
        known = spent_in(list(SpendLimit.objects.all()))
        _memory.put(known, turn)
    return known


def forget() -> None:
    """After a limit or a figure has changed: the next who asks reads anew."""
    _memory.forget()


def group_sends_may_go_on() -> None:
    """Raises `SpendLimitReached` with the reason when texts to groups must wait."""
    if reason := group_sends_paused():
        raise SpendLimitReached(reason)


def group_sends_paused() -> str:
    """Why texts to groups must wait, in English; "" when they may go on."""
    reached = [one for one in spent_now() if one.is_reached and one.limit.stops_group_sends]
    return PAUSED[Period(_longest(reached))] if reached else ""


def dear_calls_may_go_on(number: Number) -> None:
    """Raises `SpendLimitReached` with the reason when this number must not be called for now."""
    if reason := dear_call_refused(number):
        raise SpendLimitReached(reason)


def dear_call_refused(number: Number) -> str:
    """Why the number must not be called, in English; "" when it may be: it is not dear, or there is money left."""
    if _is_ordinary(number) and number.region == settings.HOME_REGION:
        return ""
    reached = [one for one in spent_now() if one.is_reached and one.limit.stops_dear_calls]
    reached = [one for one in reached if _is_dear(number, one.limit)]
    return _REFUSED[Period(_longest(reached))] if reached else ""


def _longest(reached: list[Spent]) -> str:
    """The period that is said: waiting for tomorrow does not help when the month's limit is reached, too."""
    periods = {one.limit.period for one in reached}
    return Period.MONTHLY if Period.MONTHLY in periods else Period.DAILY


def _is_ordinary(number: Number) -> bool:
    return number.kind == NumberKind.ORDINARY


def _is_dear(number: Number, limit: SpendLimit) -> bool:
    """Whether it has a special rate, or is in a country that nobody said is cheap."""
    if not _is_ordinary(number):
        return True
    if number.region in limit.cheap_regions.split():
        return False
    return number.region not in {region_of(line) for line in Line.objects.values_list("number", flat=True)}
