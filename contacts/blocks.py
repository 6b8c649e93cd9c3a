"""The block list: numbers that we neither call nor text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from agents.permissions import is_supervisor_or_admin
from contacts.models import BlockedNumber, Contact
from core.sql.prepared import Param, Prepared
from core.sql.statements import Statement
from telephony.party import same_party

if TYPE_CHECKING:
    from agents.models import Agent


def blocked_among(numbers: Iterable[str]) -> QuerySet[BlockedNumber]:
    """Those of these numbers that are blocked, with who did it."""
    return BlockedNumber.objects.filter(number__in=list(numbers)).select_related("blocked_by")


_BLOCKED = Prepared(lambda: BlockedNumber.objects.filter(number__in_array=Param("numbers")).order_by())


BLOCKED = gettext_noop("This number is blocked. Ask a supervisor to unblock it.")


def blocked_with(number: str) -> Statement:
    """The block list's row of an E.164 number, however it is written there, to be read with other queries."""
    return _BLOCKED(numbers=list(same_party(number)))


@transaction.atomic
def contact_block(contact: Contact, *, reason: str, by: Agent | None) -> list[BlockedNumber]:
    """Blocks all numbers of a contact; returns those that were not blocked before."""
    numbers = [row.number for row in contact.numbers.all()]
    known = set(blocked_among(numbers).values_list("number", flat=True))
    rows = [BlockedNumber(number=number, reason=reason, blocked_by=by) for number in numbers if number not in known]
    # Somebody else may be blocking the same numbers just now.
    BlockedNumber.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def number_block(number: str, *, reason: str, by: Agent | None) -> tuple[BlockedNumber, bool]:
    """The row of an E.164 number, and whether it is new."""
    return BlockedNumber.objects.get_or_create(number=number, defaults={"reason": reason, "blocked_by": by})


def may_unblock(row: BlockedNumber, *, by: Agent) -> bool:
    """Supervisors, admins, and whoever blocked it."""
    return is_supervisor_or_admin(by) or row.blocked_by_id == by.pk
