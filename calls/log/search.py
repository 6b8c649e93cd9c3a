"""Finding calls by a word or a few digits, in bounded time.

Near the page's place, among some thousands of calls, everything is looked at. Beyond that only what has an index is
found: whole numbers, contacts and, on PostgreSQL, the words of notes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from calls.log.merge import Page, first_of
from calls.models import Call
from contacts.selectors import contact_ids_matching
from core.folding import fold
from telephony.number_search import digits_wanted, numbers_wanted

WINDOW = 10_000
# More people than this are no answer to "who": their older calls are not looked for.
_FEW_CONTACTS = 20
_MOST_CONTACTS = 500


def sids_found(calls: QuerySet[Call], text: str, page: Page, *, before: datetime | None) -> list[str]:
    """The sids of the calls in which the text is found, from the page's place on."""
    wanted = _Wanted.from_text(text)
    edge = _edge(page, before)
    way = "lte" if page.backwards else "gte"
    near = calls.filter(start_time__gte=page.place.start_time) if page.backwards and page.place else calls
    if edge is not None:
        near = calls.filter(**{f"start_time__{way}": edge})
    found = first_of([wanted.in_all(near)], page)
    if len(found) == page.size or edge is None:
        return found
    far = calls.filter(**{f"start_time__{'gt' if page.backwards else 'lt'}": edge})
    return found + first_of(wanted.in_indexes(far), replace(page, size=page.size - len(found)))


def _edge(page: Page, before: datetime | None) -> datetime | None:
    """When the last call began that everything is looked for in; None when the log ends sooner."""
    log = page.order(Call.objects.filter(parent__isnull=True))
    if before and not page.backwards:
        log = log.filter(start_time__lt=before)
    return log.values_list("start_time", flat=True)[WINDOW : WINDOW + 1].first()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the text may mean."""

    text: str
    contact_ids: list[int]
    numbers: tuple[str, ...]
    digits: str

    @classmethod
    def from_text(cls, text: str) -> _Wanted:
        return cls(
            text=fold(text),
            contact_ids=list(contact_ids_matching(text)[:_MOST_CONTACTS]),
            numbers=numbers_wanted(text),
            digits=digits_wanted(text),
        )

    def in_all(self, calls: QuerySet[Call]) -> QuerySet[Call]:
        condition = Q(searched_name__contains=self.text) | Q(searched_note__contains=self.text)
        if self.contact_ids:
            condition |= Q(contact__in=self.contact_ids)
        if self.numbers:
            condition |= Q(caller__in=self.numbers) | Q(called__in=self.numbers)
        if self.digits:
            condition |= Q(caller__contains=self.digits) | Q(called__contains=self.digits)
        return calls.filter(condition)

    def in_indexes(self, calls: QuerySet[Call]) -> list[QuerySet[Call]]:
        streams = []
        if len(self.contact_ids) <= _FEW_CONTACTS:
            streams += [calls.filter(contact=pk) for pk in self.contact_ids]
        for number in self.numbers:
            streams += [calls.filter(caller=number), calls.filter(called=number)]
        if connection.vendor == "postgresql":
            streams.append(_with_words(calls, self.text))
        return streams


def _with_words(calls: QuerySet[Call], text: str) -> QuerySet[Call]:
    """Calls whose note has all these words. The index: migration 0009."""
    from django.contrib.postgres.search import SearchQuery, SearchVector

    # "simple": agents note in their own language, and names must not be bent.
    words = SearchQuery(text, search_type="websearch", config="simple")
    vector = SearchVector("searched_note", config="simple")
    return calls.filter(searched_note__gt="").alias(words=vector).filter(words=words)
