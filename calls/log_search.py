"""Finding calls by a word or a few digits, in bounded time.

Whole numbers, contacts and (on PostgreSQL) the words of notes have indexes, and are found however old they are. A part
of a word has none: it is looked for among the newest calls only.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from calls.models import Call
from contacts.selectors import contact_ids_matching
from telephony.errors import InvalidNumber
from telephony.phone import parse

WINDOW = 10_000
# More people than this are no answer to "who": their calls are looked for in the window, too.
_FEW_CONTACTS = 20
_MOST_CONTACTS = 500


def search_streams(calls: QuerySet[Call], text: str, *, before: datetime | None) -> list[QuerySet[Call]]:
    """Queries that together find the text in `calls`, each fast by itself."""
    streams = []
    recent = Q(caller_name__icontains=text) | Q(note__icontains=text)
    contact_ids = list(contact_ids_matching(text)[:_MOST_CONTACTS])
    if len(contact_ids) <= _FEW_CONTACTS:
        streams += [calls.filter(contact=pk) for pk in contact_ids]
    else:
        recent |= Q(contact__in=contact_ids)
    number = _whole_number(text)
    if number:
        streams += [calls.filter(caller=number), calls.filter(called=number)]
    digits = "".join(ch for ch in text if ch.isdecimal() and ch.isascii())
    if len(digits) >= 3:
        # A number's local form begins with a 0 that E.164 does not have.
        digits = digits.lstrip("0") or digits
        recent |= Q(caller__contains=digits) | Q(called__contains=digits)
    if connection.vendor == "postgresql":
        streams.append(_with_words(calls, text))
    return [*streams, _newest(calls, before).filter(recent)]


def _whole_number(text: str) -> str:
    try:
        return parse(text, home_region=settings.HOME_REGION).e164
    except InvalidNumber:
        return ""


def _with_words(calls: QuerySet[Call], text: str) -> QuerySet[Call]:
    """Calls whose note has all these words. The index: migration 0003."""
    from django.contrib.postgres.search import SearchQuery, SearchVector

    # "simple": agents note in their own language, and names must not be bent.
    words = SearchQuery(text, search_type="websearch", config="simple")
    return calls.filter(note__gt="").alias(words=SearchVector("note", config="simple")).filter(words=words)


def _newest(calls: QuerySet[Call], before: datetime | None) -> QuerySet[Call]:
    """Those of the calls that are among the newest of the log, or of its part before a time."""
    log = Call.objects.filter(parent__isnull=True)
    if before:
        log = log.filter(start_time__lt=before)
    oldest = log.order_by("-start_time", "-sid").values_list("start_time", flat=True)[WINDOW : WINDOW + 1].first()
    return calls.filter(start_time__gt=oldest) if oldest else calls
