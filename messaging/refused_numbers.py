"""Numbers of which Twilio has said that they take no texts."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from core.sql import prepared  # noqa: F401 (knows `__in_array`)
from messaging.models import Direction, Message, MessageStatus

# Twilio's codes for numbers that nobody has.
INVALID_CODES = ("21211", "30005")
# And for landlines: of a contact, its number says so since (`landline_note`).
LANDLINE_CODES = ("21614", "30006")


def numbers_last_refused(numbers: Collection[str], codes: Collection[str]) -> set[str]:
    """Those of which Twilio has said one of these, and of which nothing better was heard since: a text that was
    delivered there, or one that came from there."""
    heard = Q(error_code__in=codes) | Q(status=MessageStatus.DELIVERED) | Q(direction=Direction.INBOUND)
    said = Message.objects.filter(thread__number__in_array=set(numbers), error_code__in=codes).order_by()
    suspects = set(said.values_list("thread__number", flat=True))
    rows = Message.objects.filter(heard, thread__number__in_array=suspects).order_by("created_at", "pk")
    last = dict(rows.values_list("thread__number", "error_code"))
    return {number for number, code in last.items() if code in codes}
