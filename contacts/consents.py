"""Who may be texted from where. Recorded for a number and a sender, whoever has the number."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import OuterRef, QuerySet, Subquery

from contacts.models import BlockedNumber, Consent, ContactNumber, LineType

if TYPE_CHECKING:
    from agents.models import Agent

__all__ = [
    "Consent",
    "consent_forbid",
    "consent_record",
    "consents_between",
    "landline_note",
    "numbers_blocked",
    "numbers_landline",
    "numbers_that_forbid",
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


def numbers_that_forbid(sender: str, numbers: Collection[str]) -> set[str]:
    """Those who want no texts from this sender."""
    newest = Consent.objects.filter(number=OuterRef("number"), sender=sender).order_by("-pk").values("pk")[:1]
    rows = Consent.objects.filter(sender=sender, number__in=numbers, pk=Subquery(newest), state=Consent.State.FORBIDDEN)
    return set(rows.values_list("number", flat=True))


def numbers_blocked(numbers: Collection[str]) -> set[str]:
    return set(BlockedNumber.objects.filter(number__in=numbers).values_list("number", flat=True))


def numbers_landline(numbers: Collection[str]) -> set[str]:
    """Those that are known to take no texts."""
    rows = ContactNumber.objects.filter(number__in=numbers, line_type=LineType.LANDLINE)
    return set(rows.values_list("number", flat=True))


def consents_between(number: str, sender: str) -> QuerySet[Consent]:
    """What a number said of a sender's texts, the newest first."""
    return Consent.objects.filter(number=number, sender=sender).select_related("recorded_by").order_by("-pk")


def landline_note(number: str) -> None:
    """Keeps that a text could not be delivered because the number is a landline."""
    ContactNumber.objects.filter(number=number).update(line_type=LineType.LANDLINE)


def consent_forbid(number: str, *, sender: str, note: str) -> None:
    """Keeps that Twilio sends no texts from there to this number."""
    consent_record(number, sender=sender, state=Consent.State.FORBIDDEN, source=Consent.Source.TWILIO, note=note)
