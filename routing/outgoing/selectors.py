"""Reading what may be called and texted from here.

An agent waits for it, so all rules are kept in each process for some seconds: after a change here, they are known at
once, and in other processes that much later. The do-not-call list is always asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contacts.blocks import blocked_with
from contacts.selectors import contacts_with
from core.brief_memory import BriefMemory
from core.sql.prepared import Param, Prepared
from core.sql.statements import Statement, fetch
from routing.models import Channels, DoNotCall, EmergencyRule, OutgoingHours, OutgoingRule
from routing.outgoing.roles import overriding
from routing.outgoing.rules import Channel, EmergencyLine, Entry, HoursRule, PlaceRule, Role, Rules
from telephony.party import same_party

if TYPE_CHECKING:
    from contacts.models import ContactNumber

_KEPT_SECONDS = 5.0
_AT_ONCE = 5000

_PLACES = Prepared(lambda: OutgoingRule.objects.order_by("pk"))
_HOURS = Prepared(lambda: OutgoingHours.objects.order_by("pk"))
_EMERGENCY = Prepared(lambda: EmergencyRule.objects.filter(line__is_active=True).select_related("line").order_by("pk"))
_LISTED = Prepared(lambda: DoNotCall.objects.filter(number__in_array=Param("numbers"), removed_at=None).order_by())


_memory: BriefMemory[Rules] = BriefMemory(_KEPT_SECONDS)


def forget() -> None:
    """After a rule has changed: whoever asks next reads anew."""
    _memory.forget()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept of one number, with the rules of this moment."""

    rules: Rules
    is_blocked: bool
    entry: Entry | None
    known: ContactNumber | None

    @property
    def time_zone(self) -> str:
        return self.known.contact.time_zone if self.known else ""


def facts_of(number: str) -> Facts:
    """All of it in one round trip."""
    rules, (blocked, listed, known) = _with_rules(
        blocked_with(number), _LISTED(numbers=list(same_party(number))), contacts_with([number])
    )
    contact = next((row for row in known if row.number == number), known[0] if known else None)
    return Facts(rules, bool(blocked), next((_entry(row) for row in listed), None), contact)


def rules_now() -> Rules:
    return _with_rules()[0]


def entries_of(numbers: Iterable[str]) -> dict[str, Entry]:
    """Those of these numbers that are on the do-not-call list, however they are written there."""
    asked = list(dict.fromkeys(numbers))
    found: dict[str, Entry] = {}
    for begin in range(0, len(asked), _AT_ONCE):
        part = asked[begin : begin + _AT_ONCE]
        (rows,) = fetch(_LISTED(numbers=list({same for number in part for same in same_party(number)})))
        listed = {row.number: _entry(row) for row in rows}
        if listed:
            found |= {number: entry for number in part if (entry := _one_of(listed, number)) is not None}
    return found


def _one_of(listed: dict[str, Entry], number: str) -> Entry | None:
    return next((listed[same] for same in same_party(number) if same in listed), None)


def _with_rules(*statements: Statement) -> tuple[Rules, list[list[Any]]]:
    """The rules, which are read with the statements when they are not known, and what these found."""
    known, turn = _memory.known(), _memory.turn()
    if known is not None:
        return known, fetch(*statements) if statements else []
    *found, places, hours, emergency = fetch(*statements, _PLACES(), _HOURS(), _EMERGENCY())
    rules = Rules(
        places=tuple(map(_place_rule, places)),
        hours=tuple(map(_hours_rule, hours)),
        emergency=tuple(EmergencyLine(row.region, row.line_id, row.line.name) for row in emergency),
    )
    _memory.put(rules, turn)
    return rules, found


def _place_rule(row: OutgoingRule) -> PlaceRule:
    roles = ((Role.AGENT, row.agents), (Role.SUPERVISOR, row.supervisors), (Role.ADMIN, row.admins))
    return PlaceRule(row.place, channels_of(row.channels), frozenset(role for role, may in roles if may))


def _hours_rule(row: OutgoingHours) -> HoursRule:
    days = frozenset(int(day) - 1 for day in row.weekdays)
    return HoursRule(
        *(row.place, channels_of(row.channels), days, row.begins_at, row.ends_at, overriding(row.override_by))
    )


def _entry(row: DoNotCall) -> Entry:
    return Entry(channels_of(row.channels), row.until, overriding(row.override_by))


def channels_of(chosen: str) -> frozenset[Channel]:
    return frozenset(Channel) if chosen == Channels.BOTH else frozenset({Channel(chosen)})
