"""All that was with a contact on one time line. Each capability declares a source of what it knows.

Read by pages from the newest back: each source is asked for no more than one page before a place, and the newest of
them all are taken.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from agents.permissions import is_supervisor_or_admin
from contacts.models import Contact, ContactNote
from telephony.party import same_party

if TYPE_CHECKING:
    from agents.models import Agent

_MAX_CURSOR = 300
_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Entry:
    at: datetime
    kind: str
    id: str
    """Unique among those of its kind; two of one moment stand in its order. Numbers are padded by `padded`."""
    data: dict[str, Any] = field(compare=False)

    @property
    def place(self) -> Place:
        return Place(self.at, self.kind, self.id)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    at: datetime
    kind: str
    id: str

    def before(self, kind: str, *, at: str = "at", pk: str = "pk") -> Q:
        """A condition on a source's rows of that kind: that they are older than this place."""
        if kind > self.kind:
            return Q(**{f"{at}__lt": self.at})
        if kind < self.kind:
            return Q(**{f"{at}__lte": self.at})
        here = int(self.id) if _sources[self.kind].is_numbered else self.id
        return Q(**{f"{at}__lt": self.at}) | Q(**{at: self.at, f"{pk}__lt": here})

    def encoded(self) -> str:
        text = f"{self.at.astimezone(UTC).isoformat()}|{self.kind}|{self.id}"
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decoded(cls, cursor: str) -> Place:
        """Raises `ValueError`."""
        if len(cursor) > _MAX_CURSOR:
            raise ValueError(cursor)
        at, kind, pk = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        time = datetime.fromisoformat(at)
        if time.tzinfo is None or kind not in _sources or "\x00" in pk:
            raise ValueError(cursor)
        if _sources[kind].is_numbered and not (pk.isascii() and pk.isdecimal() and len(pk) == _DIGITS):
            raise ValueError(cursor)
        return cls(time.astimezone(UTC), kind, pk)


def padded(pk: int) -> str:
    """A number so that its text is in its order."""
    return f"{pk:0{_DIGITS}d}"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose time line it is, and who looks at it."""

    contact: Contact
    viewer: Agent
    numbers: tuple[str, ...]
    """The contact's, in all ways in which they are written."""

    @classmethod
    def of(cls, contact: Contact, viewer: Agent) -> Subject:
        numbers = [same for row in contact.numbers.all() for same in same_party(row.number)]
        return cls(contact, viewer, tuple(dict.fromkeys(numbers)))


class Source(ABC):
    """What one capability knows of a contact, of one kind, as far as the viewer may see it."""

    kind: str
    # Whether its entries have numbers for their ids.
    is_numbered = True

    @abstractmethod
    def newest(self, subject: Subject, before: Place | None, limit: int) -> list[Entry]:
        """At most so many, newest first by time and id, all of them before that place."""

    @abstractmethod
    def count(self, subject: Subject) -> int: ...


_sources: dict[str, Source] = {}


def declare_source(source: Source) -> None:
    _sources[source.kind] = source


def kinds() -> list[str]:
    """In the order in which they are shown."""
    shown = ("call", "text", "voicemail", "note")
    return sorted(_sources, key=lambda kind: (shown.index(kind) if kind in shown else len(shown), kind))


@dataclass(frozen=True, slots=True)
class Page:
    entries: Sequence[Entry]
    next: Place | None


def timeline_page(subject: Subject, *, only: Iterable[str], before: Place | None, size: int) -> Page:
    """The newest of these kinds before a place; of all kinds when none is named."""
    wanted = set(only) or set(_sources)
    streams = [_sources[kind].newest(subject, before, size + 1) for kind in sorted(wanted)]
    found = list(islice(merge(*streams, key=lambda entry: entry.place, reverse=True), size + 1))
    return Page(found[:size], found[size - 1].place if len(found) > size else None)


def timeline_counts(subject: Subject) -> dict[str, int]:
    """How many there are of each kind."""
    return {kind: _sources[kind].count(subject) for kind in kinds()}


class _Notes(Source):
    kind = "note"

    def newest(self, subject: Subject, before: Place | None, limit: int) -> list[Entry]:
        rows = ContactNote.objects.filter(contact=subject.contact.pk).select_related("author")
        if before is not None:
            rows = rows.filter(before.before(self.kind))
        return [
            Entry(row.at, self.kind, padded(row.pk), {"note": note_json(row, viewer=subject.viewer)})
            for row in rows.order_by("-at", "-pk")[:limit]
        ]

    def count(self, subject: Subject) -> int:
        return ContactNote.objects.filter(contact=subject.contact.pk).count()


def note_json(note: ContactNote, *, viewer: Agent) -> dict[str, Any]:
    return {
        "id": note.pk,
        "text": note.text,
        "author": {"id": note.author_id, "name": note.author.name} if note.author else None,
        "at": note.at,
        "edited_at": note.edited_at,
        "may_edit": note_may_be_edited(note, by=viewer),
    }


def note_may_be_edited(note: ContactNote, *, by: Agent) -> bool:
    """By its author, supervisors and admins."""
    return note.author_id == by.pk or is_supervisor_or_admin(by)


declare_source(_Notes())
