"""Whether texts go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, Min, OuterRef, Q
from django.utils import timezone

from messaging.models import IS_OPEN, Message, Priority, Sender, Step
from messaging.outbox.claims import lease

# A minute more than a worker may have a text, and than anybody should wait for one.
_GRACE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """`waits`: how long the oldest text waits that could be sent, None when there is none. `resting`: senders that
    Twilio asked to slow down. `stuck`: texts that a worker has had for too long, and that nobody looks up."""

    waits: timedelta | None
    resting: int
    stuck: int
    unclear: int

    @property
    def is_late(self) -> bool:
        return self.waits is not None and self.waits > _GRACE


def outbox_health() -> OutboxHealth:
    """Raises what the database raises."""
    now = timezone.now()
    resting = Sender.objects.filter(slow_until__gt=now)
    # What goes to many waits for its turn, and what waits for an earlier text of its thread waits for that.
    earlier = Message.objects.filter(IS_OPEN, thread=OuterRef("thread"), pk__lt=OuterRef("pk"))
    waiting = Message.objects.filter(
        ~Q(sender__in=resting.values("name")),
        ~Exists(earlier),
        IS_OPEN,
        step=Step.WAITING,
        priority=Priority.SINGLE,
        due_at__lte=now,
    )
    oldest = waiting.aggregate(first=Min("due_at"))["first"]
    return OutboxHealth(
        waits=now - oldest if oldest else None,
        resting=resting.count(),
        stuck=Message.objects.filter(IS_OPEN, step=Step.CLAIMED, claimed_at__lt=now - lease() - _GRACE).count(),
        unclear=Message.objects.filter(IS_OPEN, step=Step.UNCLEAR).count(),
    )
