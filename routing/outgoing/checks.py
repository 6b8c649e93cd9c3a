"""Whether a number may be called or texted: the one question that everybody asks who calls or texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from contacts.blocks import BLOCKED
from contacts.selectors import time_zones_said
from core.languages import kept as _
from routing.models import Line
from routing.outgoing import rules as decided
from routing.outgoing.rules import Channel, Entry, HoursRule, Refusal, Role, Rules
from routing.outgoing.selectors import Facts, entries_of, facts_of, rules_now
from telephony.errors import InvalidNumber
from telephony.numbers import zones_of
from telephony.phone import (
    EMERGENCY_NO_TEXTS,
    EMERGENCY_REFUSED,
    Number,
    NumberKind,
    emergency_number,
    forbidden,
    is_emergency,
    parse,
    parse_dialled,
)

_OTHER_LINE = _("Emergency numbers can be called from %(line)s only. Choose that line, or use another telephone.")
_OWN = gettext_noop("This is the number you are calling from.")


@dataclass(frozen=True, slots=True)
class Dialled:
    """A number that may be dialled, but for `refusals`, which somebody may override. `facts`: None of an emergency
    number, about which nothing is asked."""

    number: Number
    facts: Facts | None = None
    refusals: tuple[Refusal, ...] = ()

    @property
    def is_emergency(self) -> bool:
        return self.number.kind == NumberKind.EMERGENCY


def dialled(text: str, *, line: Line | None, caller_id: str, role: Role, at: datetime | None = None) -> Dialled:
    """What somebody with this role wants to call from this line.

    Raises `InvalidNumber` with the sentence for what nobody can override, emergency numbers without a rule included.
    """
    if emergency := _emergency(text, line):
        return Dialled(emergency)
    number = parse_dialled(text)
    if number.e164 == caller_id:
        raise InvalidNumber(_OWN, permanent=True)
    facts = facts_of(number.e164)
    if facts.is_blocked:
        raise InvalidNumber(BLOCKED, permanent=True)
    found = decided.refusals(
        number,
        role=role,
        channel=Channel.CALL,
        at=at or timezone.now(),
        rules=facts.rules,
        entry=facts.entry,
        zones=zones_of(number.e164, default=settings.TIME_ZONE, own=facts.time_zone),
    )
    if found and not found[0].override_by:
        raise InvalidNumber(found[0].sentence, permanent=True)
    return Dialled(number, facts, found)


def _emergency(text: str, line: Line | None) -> Number | None:
    """The emergency number that this line may call, as it is dialled; None when the text is none. Raises
    `InvalidNumber` for one that it may not call."""
    rules = rules_now().emergency
    own = next((each for each in rules if line is not None and each.line_id == line.pk), None)
    if own is not None and (number := emergency_number(text, own.region)):
        return number
    other = next((each for each in rules if emergency_number(text, each.region)), None)
    if other is not None:
        raise InvalidNumber(_OTHER_LINE % {"line": other.line_name[:60]}, permanent=True)
    # `parse_dialled` refuses what is one in the home country; the line may be in another.
    if line is not None and is_emergency(text, _region_of(line.number)):
        raise InvalidNumber(EMERGENCY_REFUSED, permanent=True)
    return None


def call_opens(number: str, *, at: datetime) -> datetime | None:
    """When the hours allow a call to this E.164 number: `at` itself, if they do then; None when they never do."""
    known = number_known(number)
    if known is None:
        return at
    facts = facts_of(number)
    zones = zones_of(number, default=settings.TIME_ZONE, own=facts.time_zone)
    return decided.next_open(known, channel=Channel.CALL, at=at, rules=facts.rules, zones=zones)


@lru_cache(maxsize=512)
def _region_of(number: str) -> str:
    known = number_known(number)
    return known.region if known else ""


@lru_cache(maxsize=50_000)
def number_known(e164: str) -> Number | None:
    """A number that is kept somewhere; None for what is none, such as a short code."""
    if not e164.startswith("+"):
        return None
    try:
        return parse(e164, home_region=settings.HOME_REGION)
    except InvalidNumber:
        return None


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What texts to some numbers are judged by: read once for all of them."""

    rules: Rules
    entries: Mapping[str, Entry]
    time_zones: Mapping[str, str]

    def zones(self, number: str) -> tuple[str, ...]:
        return zones_of(number, default=settings.TIME_ZONE, own=self.time_zones.get(number, ""))


def text_facts(numbers: Collection[str], *, time_zones: Mapping[str, str] | None = None) -> TextFacts:
    """`time_zones`: of those numbers of which the caller knows what their contacts say."""
    rules = rules_now()
    if time_zones is None:
        time_zones = time_zones_said(numbers) if rules.hours else {}
    return TextFacts(rules, entries_of(numbers), time_zones)


def never_texted(number: str) -> str:
    """Why the server texts no such number, in English, as it is stored; "" when it does."""
    if not number.startswith("+"):
        return EMERGENCY_NO_TEXTS if is_emergency(number, settings.HOME_REGION) else ""
    known = number_known(number)
    return forbidden(known, is_text=True) if known else ""


def text_refusals(number: str, facts: TextFacts, *, role: Role, at: datetime) -> tuple[Refusal, ...]:
    """What admins' rules say against a text to this E.164 number; nothing for short codes and names of senders."""
    known = number_known(number)
    if known is None:
        return ()
    return decided.refusals(
        known,
        role=role,
        channel=Channel.TEXT,
        at=at,
        rules=facts.rules,
        entry=facts.entries.get(number),
        zones=facts.zones(number) if facts.rules.hours else (),
    )


def text_spans(number: str, facts: TextFacts) -> tuple[HoursRule, ...]:
    """The company's hours that count for texts to this number; none where it may be texted at any time."""
    known = number_known(number) if facts.rules.hours else None
    return tuple(decided.closest(known, Channel.TEXT, facts.rules.hours)) if known else ()


def text_opens(number: str, facts: TextFacts, *, at: datetime) -> datetime | None:
    """When the hours allow a text to this number: `at` itself, if they do then; None when they never do."""
    known = number_known(number)
    if known is None or not facts.rules.hours:
        return at
    return decided.next_open(known, channel=Channel.TEXT, at=at, rules=facts.rules, zones=facts.zones(number))


@dataclass(frozen=True, slots=True)
class TextVerdict:
    """Whether somebody may text a number now. `sentence`: why not, in English, as it is stored; "" when it is allowed.
    Without `refusals`, nobody can override it."""

    sentence: str = ""
    refusals: tuple[Refusal, ...] = ()


def text_verdict(number: str, *, role: Role, at: datetime | None = None) -> TextVerdict:
    if reason := never_texted(number):
        return TextVerdict(reason)
    found = text_refusals(number, text_facts([number]), role=role, at=at or timezone.now())
    if not found:
        return TextVerdict()
    return TextVerdict(found[0].sentence, found if found[0].override_by else ())
