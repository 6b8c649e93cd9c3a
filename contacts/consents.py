"""Who may be texted from where. Recorded for a number and a sender, whoever has the number."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import BlockedNumber, Consent, ContactNumber, LineType
from contacts.senders import blocked_with
from core.sql import prepared  # noqa: F401 (knows `__in_array`)
from telephony.party import has_twins, same_party

if TYPE_CHECKING:
    from agents.models import Agent

__all__ = [
    "OBJECTED",
    "STOPPED",
    "Consent",
    "blocked_since",
    "consent_forbid",
    "consent_record",
    "consents_between",
    "is_forbidden",
    "is_stopped",
    "landline_forget",
    "landline_note",
    "numbers_blocked",
    "numbers_that_allow",
    "numbers_that_forbid",
    "numbers_with_landline",
    "senders_stopped",
]


# What was said last counts, and of one moment what was recorded last: a text that lay in the spool is recorded later
# than what was said after it.
_NEWEST = ("-at", "-pk")
_BY_THEMSELVES = (Consent.Source.TEXT, Consent.Source.TWILIO)
_TO_ONE_OF_US = (Consent.Source.FORM, Consent.Source.SPOKEN)
# Why a number gets no texts: it said so itself, and only it can take that back; or one of us wrote it down.
STOPPED, OBJECTED = "stopped", "objected"


def consent_record(
    number: str,
    *,
    sender: str,
    state: Consent.State,
    source: Consent.Source,
    note: str = "",
    by: Agent | None = None,
    at: datetime | None = None,
) -> Consent | None:
    """Keeps what somebody allowed or forbade, at a time before now when it is given; None when that counts already, and
    nothing is kept. What was said by text is always kept: one that was written before it may still come. So is what
    was said to one of us, unless just that was written down last: it is evidence."""
    at = at or timezone.now()
    newest = _said(number, sender).first()
    note = note[:255]
    if newest is not None and _counts_already(newest, state, source, note):
        return None
    return Consent.objects.create(
        number=number, sender=sender, state=state, source=source, note=note, recorded_by=by, at=at
    )


def _counts_already(newest: Consent, state: Consent.State, source: Consent.Source, note: str) -> bool:
    if source == Consent.Source.TEXT or newest.state != state:
        return False
    return source not in _TO_ONE_OF_US or (newest.source, newest.note) == (source, note)


def _said(number: str, sender: str) -> QuerySet[Consent]:
    """What a number, however it is written, said of a sender's texts, the newest first."""
    return Consent.objects.filter(number__in=same_party(number), sender=sender).order_by(*_NEWEST)


def is_forbidden(number: str, sender: str, *, at: datetime) -> bool:
    """Whether the number wanted no texts from this sender at that time."""
    newest = _said(number, sender).filter(at__lte=at).first()
    return newest is not None and newest.state == Consent.State.FORBIDDEN


def is_stopped(number: str, sender: str, *, at: datetime) -> bool:
    """The same, where it said so itself: by STOP, or as Twilio said."""
    return _is_stop(_said(number, sender).filter(at__lte=at).first())


def senders_stopped(number: str, *, at: datetime) -> list[str]:
    """Our numbers that this number itself wanted no texts from at that time: by STOP, or as Twilio said."""
    rows = Consent.objects.filter(number__in=same_party(number), sender__startswith="+", at__lte=at)
    newest = {row.sender: row for row in rows.order_by("at", "pk")}
    return [sender for sender, row in newest.items() if _is_stop(row)]


class OnlyTheyMay(Exception):
    """They said STOP themselves: nobody else may allow texts again. Its text is a sentence."""


def _is_stop(row: Consent | None) -> bool:
    return row is not None and row.state == Consent.State.FORBIDDEN and row.source in _BY_THEMSELVES


def consent_record_by_hand(
    number: str, *, sender: str, state: Consent.State, source: Consent.Source, note: str, by: Agent
) -> Consent | None:
    """What somebody told one of us. Returns and keeps as `consent_record` does; raises `OnlyTheyMay`."""
    if state == Consent.State.ALLOWED and any(numbers_stopped(one, [number]) for one in blocked_with(sender)):
        raise OnlyTheyMay(_("They wrote STOP. Only they can change that, by writing START to this number."))
    return consent_record(number, sender=sender, state=state, source=source, note=note, by=by)


def consent_history(numbers: Collection[str]) -> QuerySet[Consent]:
    """All that the people with these numbers allowed and forbade, newest first."""
    return Consent.objects.filter(number__in=_written(numbers)).select_related("recorded_by").order_by(*_NEWEST)


def numbers_that_forbid(sender: str, numbers: Collection[str]) -> dict[str, str]:
    """Those who want no texts from this sender, each with `STOPPED` or `OBJECTED`."""
    forbid = {number: last for number, last in _said_last(sender, numbers) if last.state == Consent.State.FORBIDDEN}
    told_us = [number for number, last in forbid.items() if not _is_stop(last)]
    before = numbers_stopped(sender, told_us)
    return {number: STOPPED if number in before or _is_stop(last) else OBJECTED for number, last in forbid.items()}


def numbers_stopped(sender: str, numbers: Collection[str]) -> set[str]:
    """Those of which the last that they said themselves was STOP: what one of us wrote down since does not take it
    back."""
    return {number for number, last in _said_last(sender, numbers, sources=_BY_THEMSELVES) if _is_stop(last)}


def numbers_that_allow(sender: str, numbers: Collection[str]) -> set[str]:
    """Those who said yes to texts from this sender, and nothing else since."""
    return {number for number, last in _said_last(sender, numbers) if last.state == Consent.State.ALLOWED}


def _said_last(
    sender: str, numbers: Collection[str], sources: Collection[Consent.Source] | None = None
) -> Iterator[tuple[str, Consent]]:
    """Of those who said anything; in these ways, if not in any."""
    if not numbers:
        return
    written = _written(numbers)
    said_so = Consent.objects.filter(sender=sender)
    if sources is not None:
        said_so = said_so.filter(source__in=sources)
    newest = said_so.filter(number=OuterRef("number")).order_by(*_NEWEST).values("pk")[:1]
    rows = said_so.filter(number__in_array=set(written), pk=Subquery(newest)).order_by()
    said = {row.number: row for row in rows.only("number", "at", "state", "source")}
    for number in numbers:
        # Of the ways to write one number, the one under which something was said last counts.
        ways = [said[same] for same in same_party(number) if same in said]
        if ways:
            yield number, max(ways, key=lambda row: (row.at, row.pk))


def numbers_blocked(numbers: Collection[str]) -> set[str]:
    """Those that are on the block list, however they are written there."""
    written = _written(numbers)
    rows = BlockedNumber.objects.filter(number__in_array=set(written)).order_by()
    return {asked for number in rows.values_list("number", flat=True) for asked in written[number]}


def blocked_since(number: str) -> datetime | None:
    """Since when a number is on the block list, however it is written there."""
    rows = BlockedNumber.objects.filter(number__in=same_party(number))
    return rows.order_by("at").values_list("at", flat=True).first()


def numbers_with_landline(numbers: Collection[str]) -> set[str]:
    """Those that are known to take no texts."""
    written = _written(numbers)
    rows = ContactNumber.objects.filter(number__in_array=set(written), line_type=LineType.LANDLINE).order_by()
    return {asked for number in rows.values_list("number", flat=True) for asked in written[number]}


def _written(numbers: Collection[str]) -> dict[str, tuple[str, ...]]:
    """All ways to write these numbers, each with those of them that it stands for."""
    found: dict[str, tuple[str, ...]] = dict(zip(numbers, zip(numbers, strict=True), strict=True))
    for number, *twins in map(same_party, filter(has_twins, numbers)):
        for twin in twins:
            found[twin] = (*found.get(twin, ()), number)
    return found


def landline_note(number: str) -> None:
    """Keeps that a text could not be delivered because the number is a landline."""
    ContactNumber.objects.filter(number__in=same_party(number)).update(line_type=LineType.LANDLINE)


def landline_forget(number: str) -> None:
    """A text came from it: whatever was known of it, it takes texts."""
    rows = ContactNumber.objects.filter(number__in=same_party(number), line_type=LineType.LANDLINE)
    rows.update(line_type="")


def consent_forbid(number: str, *, sender: str, note: str) -> None:
    """Keeps that Twilio sends no texts from there to this number."""
    consent_record(number, sender=sender, state=Consent.State.FORBIDDEN, source=Consent.Source.TWILIO, note=note)


def numbers_stopped_since(sender: str, since: datetime) -> QuerySet[Consent, str]:
    """Those that replied STOP to this sender since then."""
    rows = Consent.objects.filter(
        sender=sender, state=Consent.State.FORBIDDEN, source=Consent.Source.TEXT, at__gte=since
    )
    return rows.order_by().values_list("number", flat=True)


def consents_between(number: str, sender: str) -> QuerySet[Consent]:
    """What a number said of a sender's texts, the newest first."""
    return _said(number, sender).select_related("recorded_by")
