"""What admins' rules say of a number, a role, and a moment. Pure: rows are read elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from core.days import desk_day
from core.languages import Country, Sentence, key_of
from core.languages import kept as _
from routing.places import closeness
from telephony.phone import Number


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Channel(StrEnum):
    """As `Channels` of the rules has them."""

    CALL = "calls"
    TEXT = "texts"


class Rule(StrEnum):
    """Which kind of rule refused. The words are kept with overrides."""

    PLACE = "place"
    DO_NOT_CALL = "do-not-call"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and whose reason would do to do it all the same: nobody's when there is no role."""

    rule: Rule
    sentence: Sentence
    override_by: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class PlaceRule:
    place: str
    channels: frozenset[Channel]
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class HoursRule:
    """From `begin` to `end` of these days (Monday is 0) at the called person's place; past midnight when `end` is not
    later than `begin`."""

    place: str
    channels: frozenset[Channel]
    days: frozenset[int]
    begin: time
    end: time
    override_by: frozenset[Role] = frozenset()

    def holds(self, local: datetime) -> bool:
        at, today = local.time(), local.weekday()
        if self.begin < self.end:
            return today in self.days and self.begin <= at < self.end
        return (today in self.days and at >= self.begin) or ((today - 1) % 7 in self.days and at < self.end)


@dataclass(frozen=True, slots=True)
class EmergencyLine:
    region: str
    line_id: int
    line_name: str


@dataclass(frozen=True, slots=True)
class Rules:
    places: tuple[PlaceRule, ...] = ()
    hours: tuple[HoursRule, ...] = ()
    emergency: tuple[EmergencyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """Of the do-not-call list."""

    channels: frozenset[Channel]
    until: date | None
    override_by: frozenset[Role] = frozenset()


_NOBODY_MAY = {
    Channel.CALL: _("Your company does not allow calls to %(place)s. Ask your admin."),
    Channel.TEXT: _("Your company does not allow texts to %(place)s. Ask your admin."),
}
_ROLE_MAY_NOT = {
    Channel.CALL: _("You are not allowed to call %(place)s. Ask a supervisor or your admin."),
    Channel.TEXT: _("You are not allowed to text %(place)s. Ask a supervisor or your admin."),
}
_LISTED = {
    Channel.CALL: _("This number is on your company's do-not-call list."),
    Channel.TEXT: _("This number is on your company's do-not-call list, which holds for texts too."),
}
_LISTED_UNTIL = {
    Channel.CALL: _("This number is on your company's do-not-call list until %(day)s."),
    Channel.TEXT: _("This number is on your company's do-not-call list, which holds for texts too, until %(day)s."),
}
# Where a number may be in several time zones, the one in which it is too early or too late is said.
_IT_IS = {
    (Channel.CALL, True): _("It is %(time)s in %(place)s. Your company calls there from %(from)s to %(until)s."),
    (Channel.CALL, False): _("It may be %(time)s in %(place)s. Your company calls there from %(from)s to %(until)s."),
    (Channel.TEXT, True): _("It is %(time)s in %(place)s. Your company texts there from %(from)s to %(until)s."),
    (Channel.TEXT, False): _("It may be %(time)s in %(place)s. Your company texts there from %(from)s to %(until)s."),
}
_SPANS = {
    Channel.CALL: _("It is %(time)s in %(place)s. Your company calls there at these hours: %(spans)s."),
    Channel.TEXT: _("It is %(time)s in %(place)s. Your company texts there at these hours: %(spans)s."),
}
_NOT_TODAY = {
    Channel.CALL: _("It is %(day)s, %(time)s, in %(place)s. Your company does not call there on this day."),
    Channel.TEXT: _("It is %(day)s, %(time)s, in %(place)s. Your company does not text there on this day."),
}
_OF_HOURS = frozenset(said.key for some in (_IT_IS, _SPANS, _NOT_TODAY) for said in some.values())
# Django's catalogues have them.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def refusals(
    number: Number,
    *,
    role: Role,
    channel: Channel,
    at: datetime,
    rules: Rules,
    entry: Entry | None = None,
    zones: tuple[str, ...] = (),
) -> tuple[Refusal, ...]:
    """All that forbids it, what this role cannot override first; nothing when it is allowed. `entry`: the number's own
    on the do-not-call list. `zones`: all time zones in which the number may be."""
    if entry is None and not (rules.places or rules.hours):
        # Of ten thousand people who are texted, each is asked about.
        return ()
    found = (
        _of_place(number, role, channel, rules),
        _of_list(entry, channel, at),
        _of_hours(number, channel, at, rules, zones),
    )
    some = (refusal for refusal in found if refusal is not None)
    return tuple(sorted(some, key=lambda refusal: role in refusal.override_by))


class _Placed(Protocol):
    @property
    def place(self) -> str: ...
    @property
    def channels(self) -> frozenset[Channel]: ...


P = TypeVar("P", bound=_Placed)


def closest(number: Number, channel: Channel, rows: Iterable[P]) -> list[P]:
    """The rules that count for a number: those of the place that names it most closely."""
    ranked = [(closeness(row.place, number), row) for row in rows if channel in row.channels]
    best = max((rank for rank, _row in ranked), default=-1)
    return [row for rank, row in ranked if rank == best >= 0]


def _of_place(number: Number, role: Role, channel: Channel, rules: Rules) -> Refusal | None:
    rule = next(iter(closest(number, channel, rules.places)), None)
    if rule is None or role in rule.roles:
        return None
    said = (_ROLE_MAY_NOT if rule.roles else _NOBODY_MAY)[channel]
    return Refusal(Rule.PLACE, said % {"place": _place(number, rule.place)})


def _place(number: Number, prefix: str = "") -> str:
    """A prefix is said as such when it is no whole country."""
    if number.region and not prefix.startswith("+"):
        return Country(number.region)
    return prefix or number.e164


def _of_list(entry: Entry | None, channel: Channel, at: datetime) -> Refusal | None:
    if entry is None or channel not in entry.channels or (entry.until is not None and desk_day(at) > entry.until):
        return None
    said = _LISTED_UNTIL[channel] % {"day": f"{entry.until:%Y-%m-%d}"} if entry.until else _LISTED[channel]
    return Refusal(Rule.DO_NOT_CALL, said, entry.override_by)


def _of_hours(number: Number, channel: Channel, at: datetime, rules: Rules, zones: tuple[str, ...]) -> Refusal | None:
    spans = closest(number, channel, rules.hours)
    closed = _closed(spans, zones, at)
    if closed is None:
        return None
    today = sorted((span for span in spans if closed.weekday() in span.days), key=lambda span: span.begin)
    blanks = {"time": f"{closed:%H:%M}", "place": _place(number)}
    if not today:
        said = _NOT_TODAY[channel] % (blanks | {"day": Sentence(_DAYS[closed.weekday()])})
    elif len(today) == 1:
        span = today[0]
        sure = len({at.astimezone(_zone(name)).utcoffset() for name in zones}) == 1
        said = _IT_IS[channel, sure] % (blanks | {"from": f"{span.begin:%H:%M}", "until": f"{span.end:%H:%M}"})
    else:
        shown = ", ".join(f"{span.begin:%H:%M}–{span.end:%H:%M}" for span in today[:3])
        said = _SPANS[channel] % (blanks | {"spans": shown})
    return Refusal(Rule.HOURS, said, frozenset.intersection(*(span.override_by for span in spans)))


def is_of_hours(kept: str) -> bool:
    """Whether a refusal, as it is kept, was for the hour."""
    return key_of(kept) in _OF_HOURS


def _closed(spans: Iterable[HoursRule], zones: tuple[str, ...], at: datetime) -> datetime | None:
    """The time at the first of these places where none of the spans holds; None when it is allowed at all of them."""
    spans = list(spans)
    if not spans:
        return None
    local = (at.astimezone(_zone(name)) for name in zones)
    return next((each for each in local if not any(span.holds(each) for span in spans)), None)


def next_open(
    number: Number, *, channel: Channel, at: datetime, rules: Rules, zones: tuple[str, ...]
) -> datetime | None:
    """That moment when the hours allow it then, otherwise the next at which they do; None when they do not within a
    week."""
    return spans_open(tuple(closest(number, channel, rules.hours)), zones, at)


def spans_open(spans: tuple[HoursRule, ...], zones: tuple[str, ...], at: datetime) -> datetime | None:
    """That moment when each of these zones has one of these spans then, otherwise the next at which each has; None when
    they have none together within a week."""
    if _closed(spans, zones, at) is None:
        return at
    return next((begin for begin in _begins(spans, zones, at.astimezone(UTC).date()) if begin > at), None)


@lru_cache(maxsize=1024)
def _begins(spans: tuple[HoursRule, ...], zones: tuple[str, ...], day: date) -> tuple[datetime, ...]:
    """When it begins to be allowed at all these places, from the day before this one on: whenever that is, a span
    begins at one of them."""
    moments = {
        # An hour that the clock has twice begins twice.
        datetime.combine(day + timedelta(days=days), span.begin.replace(fold=fold), _zone(zone)).astimezone(UTC)
        for days in range(-1, 10)
        for span in spans
        for zone in zones
        for fold in (0, 1)
    }
    return tuple(sorted(moment for moment in moments if _closed(spans, zones, moment) is None))


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
