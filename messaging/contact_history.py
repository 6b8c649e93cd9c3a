"""What texts tell of contacts: their rows on a contact's time line, and a condition for rules of groups."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from agents.selectors import team_ids_of
from contacts.selectors import contact_ids_among
from contacts.timeline import Entry, Place, Source, Subject, padded
from core.languages import sentence
from messaging.models import Direction, Message, MessageStatus, Step, Thread

if TYPE_CHECKING:
    from agents.models import Agent

_FAILED = {MessageStatus.FAILED, MessageStatus.UNDELIVERED}


class _Texts(Source):
    """As far as the viewer may see their threads: those of the own teams' lines; all of them for an admin."""

    kind = "text"

    def newest(self, subject: Subject, before: Place | None, limit: int) -> list[Entry]:
        rows = self._visible(subject)
        if before is not None:
            rows = rows.filter(before.before(self.kind, at="created_at"))
        rows = rows.select_related("thread__line", "written_by").annotate(files=Count("media"))
        return [
            Entry(row.created_at, self.kind, padded(row.pk), {"text": _text(row)})
            for row in rows.order_by("-created_at", "-pk")[:limit]
        ]

    def count(self, subject: Subject) -> int:
        return self._visible(subject).count()

    def _visible(self, subject: Subject) -> QuerySet[Message]:
        return Message.objects.filter(thread__in=_threads(subject.numbers, subject.viewer))


def _threads(numbers: tuple[str, ...], viewer: Agent) -> QuerySet[Thread]:
    threads = Thread.objects.filter(number__in=numbers).order_by()
    return threads if viewer.is_superuser else threads.filter(line__team__in=team_ids_of(viewer))


def _text(row: Any) -> dict[str, Any]:
    failed = row.status in _FAILED or bool(row.problem)
    state = sentence(row.problem) or (row.get_status_display() if row.status else row.get_step_display())
    incoming = row.direction == Direction.INBOUND
    return {
        "incoming": incoming,
        "body": row.body,
        "state": "" if incoming else str(state),
        "failed": failed and not incoming,
        "author": row.written_by.name if row.written_by else None,
        "line": row.thread.line.name,
        "media": row.files,
    }


def texted_since(time: datetime) -> Q:
    """Of contacts: that there was a text with them, either way."""
    threads = Thread.objects.filter(last_at__gte=time).order_by()
    # Texts to groups are the last of no thread.
    to_groups = Message.objects.filter(
        direction=Direction.OUTBOUND, step=Step.TAKEN, sent_at__gte=time, group_send__isnull=False
    )
    numbers = to_groups.order_by().values("recipient")
    return Q(pk__in=contact_ids_among(threads.values("number"))) | Q(pk__in=contact_ids_among(numbers))


SOURCES = (_Texts(),)
