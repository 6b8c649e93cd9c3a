"""Who a group send goes to, what each gets, and who is left out, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from contacts.consents import STOPPED, numbers_blocked, numbers_that_allow, numbers_with_landline
from contacts.people import own_keys, people_of
from contacts.selectors import contacts_by_number
from messaging.models import GroupSend, LeftOut
from messaging.opt_outs import forbidden_of
from messaging.outbox.hours import Hours, text_may_go
from messaging.placeholders import FIELDS, empty_fields, fields_in, filled_in, values_of
from messaging.refused_numbers import INVALID_CODES, LANDLINE_CODES, numbers_last_refused
from messaging.segments import MAX_LENGTH, Count, Encoding, count, plain
from routing.outgoing.checks import TextFacts, never_texted, text_facts, text_refusals
from routing.outgoing.roles import role_of
from routing.outgoing.rules import Rule
from telephony.errors import InvalidNumber
from telephony.party import same_party
from telephony.phone import parse

_AT_ONCE = 5000
# The longest, as far as plain letters make it shorter.
_LONGEST = 50


class Row(NamedTuple):
    """One person, as the send will keep it. `reason`: why nothing is sent; "" for who gets the text."""

    contact_id: int | None
    name: str
    number: str
    time_zone: str
    body: str
    segments: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    rows: tuple[Row, ...]
    duplicates: int
    template: str
    counts: Mapping[str, Count]
    """Of each text that somebody gets, or would get."""

    @property
    def recipients(self) -> list[Row]:
        return [row for row in self.rows if not row.reason]

    @property
    def left_out(self) -> list[Row]:
        return [row for row in self.rows if row.reason]

    @property
    def reasons(self) -> dict[str, int]:
        """How many for each reason, the most first."""
        return dict(Counter(row.reason for row in self.left_out).most_common())


@dataclass(slots=True)
class _Chosen:
    """A person with the numbers that may be texted, each with its kind of line, as far as that is known; and, once that
    is decided, with the one that is, and why not."""

    contact_id: int | None
    name: str
    numbers: tuple[tuple[str, str], ...]
    time_zone: str = ""
    values: dict[str, str] = field(default_factory=dict)
    is_number: bool = True
    # All of this person's numbers have one.
    has_extension: bool = False
    number: str = ""
    reason: str = ""


def audience_of(send: GroupSend) -> Audience:
    """Who gets the text of a send: of one that was started, those it was started for; of a draft, those whom it would
    go to now."""
    every = list(_chosen(send))
    strangers = [number for one in every if one.contact_id is None for number, _kind in one.numbers]
    numbers = list(dict.fromkeys(number for one in every for number, _kind in one.numbers))
    _decide(send, every, _unwanted(send, numbers, strangers))
    chosen, duplicates = _without_doubles(every)
    time_zones = {one.number: one.time_zone for one in chosen}
    may_ever_go = _may_ever_go(send, text_facts([], time_zones=time_zones))
    named = fields_in(send.body)
    counts: dict[str, Count] = {}
    rows = []
    for one in chosen:
        body = filled_in(send.body, one.values) if named else send.body
        if body not in counts:
            counts[body] = count(body)
        reason = one.reason
        if not reason and named and empty_fields(send.body, one.values):
            reason = LeftOut.EMPTY_FIELD
        if not reason and len(body) > MAX_LENGTH:
            reason = LeftOut.TOO_LONG
        if not reason and not may_ever_go(one.number):
            reason = LeftOut.NO_HOURS
        rows.append(Row(one.contact_id, one.name, one.number, one.time_zone, body, counts[body].segments, str(reason)))
    return Audience(tuple(rows), duplicates, send.body, counts)


def known_fields() -> dict[str, str]:
    """What a text may name."""
    return dict.fromkeys([*FIELDS, *own_keys()], "")


def _chosen(send: GroupSend) -> Iterator[_Chosen]:
    keys = own_keys()
    whom = (send.group_ids, send.contact_ids) if send.chosen_ids is None else ((), send.chosen_ids)
    people = people_of(*whom, with_own=bool(keys))
    for person in people:
        numbers = tuple((number, line_type) for number, line_type, extension in person.numbers if not extension)
        has_extension = bool(person.numbers) and not numbers
        own = {key: person.own.get(key, "") for key in keys}
        values = values_of(person.name, person.company, own)
        yield _Chosen(person.contact_id, person.name, numbers, person.time_zone, values, has_extension=has_extension)
    typed = contacts_by_number(number for number in send.numbers if number.startswith("+"))
    for number in send.numbers:
        contact = typed.get(number)
        is_number = bool(number_of(number))
        if contact is None:
            yield _Chosen(None, "", ((number, ""),), values=values_of(""), is_number=is_number)
        else:
            own = {key: contact.own.get(key, "") for key in keys}
            values = values_of(contact.name, contact.company, own)
            yield _Chosen(contact.pk, contact.name, ((number, ""),), contact.time_zone, values)


@lru_cache(maxsize=20_000)
def number_of(text: str) -> str:
    """What somebody typed as E.164, or "" when it is no number that can be texted."""
    try:
        number = parse(text, home_region=settings.HOME_REGION)
    except InvalidNumber:
        return ""
    # What has an extension is somebody at a company's telephone, and not whoever reads texts to its number.
    return "" if number.extension else number.e164


_ORDER = {"mobile": 0, "": 1, "voip": 2, "other": 3, "toll-free": 4, "landline": 5}


def _decide(send: GroupSend, every: list[_Chosen], unwanted: _Unwanted) -> None:
    """Which number of each is texted: one that may be, before others at which they said yes to texts; a mobile, else
    one that may be; the first of them. Who wants no texts at one of them gets none at another."""
    several = [number for one in every if len(one.numbers) > 1 for number, _kind in one.numbers]
    allow = set().union(*(numbers_that_allow(send.line.number, part) for part in _parts(several)))

    def rank(one: tuple[str, str]) -> tuple[bool, int]:
        return one[0] not in allow, _ORDER.get(one[1], 3)

    for one in every:
        if not one.numbers:
            one.reason = LeftOut.EXTENSION if one.has_extension else LeftOut.NO_NUMBER
            continue
        said = [
            (unwanted.forbidden[number] != STOPPED, number)
            for number, _k in one.numbers
            if number in unwanted.forbidden
        ]
        if said:
            _objects, one.number = min(said)
            one.reason = LeftOut(unwanted.forbidden[one.number])
            continue
        reasons = {number: _reason(number, kind, unwanted) for number, kind in one.numbers}
        best = one.numbers[0]
        if len(one.numbers) > 1:
            best = min(one.numbers, key=lambda two: (bool(reasons[two[0]]), *rank(two)))
        one.number, one.reason = best[0], reasons[best[0]]
        if not one.is_number:
            one.reason = LeftOut.INVALID


def _without_doubles(every: list[_Chosen]) -> tuple[list[_Chosen], int]:
    """Each number once, however it is written, and each contact once: who gets the text, else whoever comes first."""
    numbers: set[str] = set()
    contacts: set[int] = set()
    kept: set[int] = set()
    for at, one in sorted(enumerate(every), key=lambda pair: bool(pair[1].reason)):
        if one.number in numbers or (one.contact_id is not None and one.contact_id in contacts):
            continue
        if one.number:
            numbers.update(same_party(one.number))
        if one.contact_id is not None:
            contacts.add(one.contact_id)
        kept.add(at)
    return [one for at, one in enumerate(every) if at in kept], len(every) - len(kept)


@dataclass(frozen=True, slots=True)
class _Unwanted:
    forbidden: dict[str, str]
    blocked: set[str]
    landlines: set[str]
    invalid: set[str]
    # By what the company allows.
    not_allowed: dict[str, LeftOut]


def _unwanted(send: GroupSend, numbers: list[str], strangers: list[str]) -> _Unwanted:
    """`strangers`: those of the numbers that are no contact's."""
    sender = send.line.number
    parts, own_parts = _parts(numbers), _parts(strangers)
    return _Unwanted(
        forbidden={number: why for part in parts for number, why in forbidden_of(sender, part).items()},
        blocked=set().union(*(numbers_blocked(part) for part in parts)),
        landlines=set().union(
            *(numbers_with_landline(part) for part in parts),
            *(numbers_last_refused(part, LANDLINE_CODES) for part in own_parts),
        ),
        # A line cannot text itself.
        invalid={sender}.union(*(numbers_last_refused(part, INVALID_CODES) for part in parts)),
        not_allowed=_not_allowed(send, numbers),
    )


def _parts(numbers: list[str]) -> list[list[str]]:
    return [numbers[begin : begin + _AT_ONCE] for begin in range(0, len(numbers), _AT_ONCE)]


def _not_allowed(send: GroupSend, numbers: list[str]) -> dict[str, LeftOut]:
    """Those that may never be texted by whoever sends it. Hours leave nobody out: they are waited for."""
    role, now = role_of(send.started_by or send.written_by), timezone.now()
    facts = text_facts(numbers, time_zones={})
    facts = replace(facts, rules=replace(facts.rules, hours=()))
    found: dict[str, LeftOut] = {}
    for number in numbers:
        refused = text_refusals(number, facts, role=role, at=now)
        if never_texted(number) or any(one.rule == Rule.PLACE for one in refused):
            found[number] = LeftOut.FORBIDDEN
        elif refused:
            found[number] = LeftOut.DO_NOT_CALL
    return found


def _may_ever_go(send: GroupSend, facts: TextFacts) -> Callable[[str], bool]:
    """Of a number, whether the send and the company have hours for it at the same time."""
    own = Hours(send.hours_from, send.hours_until) if send.keeps_hours else None
    now = timezone.now()
    return lambda number: not facts.rules.hours or text_may_go(number, own, facts, now) is not None


def _reason(number: str, line_type: str, unwanted: _Unwanted) -> str:
    if number in unwanted.invalid:
        return LeftOut.INVALID
    if line_type == "landline" or number in unwanted.landlines:
        return LeftOut.LANDLINE
    if number in unwanted.blocked:
        return LeftOut.BLOCKED
    return unwanted.not_allowed.get(number, "")


@dataclass(frozen=True, slots=True)
class Size:
    """How long the text is for whom it is longest, and what plain letters would make of it."""

    longest: Count
    segments: int
    plain_body: str
    plain_segments_each: int
    letters: tuple[str, ...]
    ucs2_people: int


def size_of(audience: Audience) -> Size:
    recipients = audience.recipients
    bodies = {row.body for row in recipients}
    counts = {body: audience.counts[body] for body in bodies} or {audience.template: count(audience.template)}
    longest = max(counts, key=lambda body: (counts[body].segments, counts[body].units))
    sample = sorted(counts, key=len, reverse=True)[:_LONGEST]
    plain_body = plain(audience.template)
    return Size(
        longest=counts[longest],
        segments=sum(row.segments for row in recipients),
        plain_body=plain_body if plain_body != audience.template else "",
        plain_segments_each=max(count(plain(body)).segments for body in (longest, *sample)),
        letters=count(audience.template).letters,
        ucs2_people=sum(counts[row.body].encoding is Encoding.UCS_2 for row in recipients),
    )
