"""Who may be texted from where. Recorded for a number and a sender, whoever has the number."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from contacts.models import BlockedNumber, Consent, ContactNumber, LineType
from core.sql import prepared  # noqa: F401 (knows `__in_array`)

if TYPE_CHECKING:
    from agents.models import Agent

__all__ = [
    "Consent",
    "consent_forbid",
    "consent_record",
    "consents_between",
    "landline_note",
    "numbers_blocked",
    "numbers_that_forbid",
    "numbers_with_landline",
]


def consent_record(
    number: str,
    *,
    sender: str,
    state: Consent.State,
    source: Consent.Source,
    note: str = "",
    by: Agent | None = None,
) -> Consent | None:
    """Keeps what somebody allowed or forbade; None when that is what counts already, and nothing is kept."""
    newest = Consent.objects.filter(number=number, sender=sender).order_by("-pk").first()
    if newest is not None and newest.state == state:
        return None
    return Consent.objects.create(
        number=number, sender=sender, state=state, source=source, note=note[:255], recorded_by=by
    )


class OnlyTheyMay(Exception):
    """They said STOP themselves: nobody else may allow texts again. Its text is a sentence."""


_BY_THEMSELVES = (Consent.Source.TEXT, Consent.Source.TWILIO)


def consent_record_by_hand(
    number: str, *, sender: str, state: Consent.State, source: Consent.Source, note: str, by: Agent
) -> Consent | None:
    """What somebody told one of us. Returns and keeps as `consent_record` does; raises `OnlyTheyMay`."""
    newest = Consent.objects.filter(number=number, sender=sender).order_by("-pk").first()
    stopped = newest is not None and newest.state == Consent.State.FORBIDDEN and newest.source in _BY_THEMSELVES
    if stopped and state == Consent.State.ALLOWED:
        raise OnlyTheyMay(_("They wrote STOP. Only they can change that, by writing START to this number."))
    return consent_record(number, sender=sender, state=state, source=source, note=note, by=by)


def consent_history(numbers: Collection[str]) -> QuerySet[Consent]:
    """All that the people with these numbers allowed and forbade, newest first."""
    rows = Consent.objects.filter(number__in=numbers).select_related("recorded_by")
    # As they were recorded: of two of one moment, too, the one that counts is the first.
    return rows.order_by("-pk")


def numbers_that_forbid(sender: str, numbers: Collection[str]) -> set[str]:
    """Those who want no texts from this sender."""
    newest = Consent.objects.filter(number=OuterRef("number"), sender=sender).order_by("-pk").values("pk")[:1]
    rows = Consent.objects.filter(
        sender=sender, number__in_array=list(numbers), pk=Subquery(newest), state=Consent.State.FORBIDDEN
    )
    return set(rows.values_list("number", flat=True))


def numbers_blocked(numbers: Collection[str]) -> set[str]:
    return set(BlockedNumber.objects.filter(number__in_array=list(numbers)).values_list("number", flat=True))


def numbers_with_landline(numbers: Collection[str]) -> set[str]:
    """Those that are known to take no texts."""
    rows = ContactNumber.objects.filter(number__in_array=list(numbers), line_type=LineType.LANDLINE)
    return set(rows.values_list("number", flat=True))


def landline_note(number: str) -> None:
    """Keeps that a text could not be delivered because the number is a landline."""
    ContactNumber.objects.filter(number=number).update(line_type=LineType.LANDLINE)


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
    return Consent.objects.filter(number=number, sender=sender).select_related("recorded_by").order_by("-pk")
