"""Finding out whether Twilio took a text. POST Messages is not idempotent: nothing is sent again on spec."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from messaging.models import IS_OPEN, Message, Step
from messaging.outbox.results import taken_values
from messaging.outbox.sends import waiting_again
from messaging.outbox.signals import messages_moved
from messaging.segments import plain
from telephony.errors import TelephonyError
from telephony.rest.messages import MessageFacts, messages_between

logger = logging.getLogger(__name__)

UNKNOWN = gettext_noop("Twilio never said whether it took this text.")
_LOOKS = 2
# Twilio's clock and ours are never so far apart.
_CLOCKS = timedelta(minutes=5)
# What Twilio puts before a text of a trial account.
_TRIAL = "Sent from your Twilio trial account - "


@dataclass(frozen=True, slots=True)
class Looked:
    """What Twilio has of texts from a sender to a number, or why it could not be asked."""

    row: Message
    listed: tuple[MessageFacts, ...] = ()
    error: TelephonyError | None = None


def lookups_next_at() -> datetime | None:
    """When the next one is to be looked for."""
    due = Message.objects.filter(IS_OPEN, step=Step.UNCLEAR).order_by("due_at").values_list("due_at", flat=True)
    return due.first()


def lookups_take(limit: int) -> list[Message]:
    """Some that are due. No other worker looks for them, unless this one takes far too long."""
    now = timezone.now()
    away = now + timedelta(seconds=3 * settings.TWILIO_TIMEOUT_SECONDS + settings.MESSAGE_SETTLE_SECONDS)
    with transaction.atomic():
        rows = Message.objects.filter(IS_OPEN, step=Step.UNCLEAR, due_at__lte=now).order_by("due_at")
        if connection.features.has_select_for_update:
            rows = rows.select_for_update(skip_locked=True)
        taken = list(rows[:limit])
        Message.objects.filter(pk__in=[row.pk for row in taken]).update(due_at=away)
    for row in taken:
        row.due_at = away
    return taken


def look(row: Message) -> Looked:
    """Asks Twilio. Touches no database, and raises nothing."""
    try:
        return Looked(row, tuple(_listed(row)))
    except TelephonyError as error:
        return Looked(row, error=error)
    except Exception as error:
        logger.exception("outbox: message=%s: what Twilio answered could not be read", row.pk)
        return Looked(row, error=TelephonyError(type(error).__name__))


def look_write(looked: Looked) -> None:
    """Keeps what it says of the text."""
    row, now = looked.row, timezone.now()
    if looked.error is not None:
        _not_asked(row, now, looked.error)
    elif (found := _match(row, looked.listed)) is not None:
        _found(row, found, now)
    elif row.looks + 1 < _LOOKS:
        settle = timedelta(seconds=settings.MESSAGE_SETTLE_SECONDS)
        _still(row).update(looks=row.looks + 1, due_at=now + settle)
    elif _may_be_there(row, looked.listed):
        logger.warning("outbox: message=%s is not known: Twilio has a text in other words", row.pk)
        _still(row).update(step=Step.UNKNOWN, problem=UNKNOWN)
        _tell(row)
    else:
        # Its claim ends here: whoever had it finds nothing to write to.
        with transaction.atomic():
            _still(row).update(step=Step.WAITING, due_at=now, claim="", unclear_at=None)
            waiting_again([row.pk], now)
        _tell(row)


def _still(row: Message) -> QuerySet[Message]:
    """The row, as long as it is this worker's to look for: whoever took it later set it another time."""
    return Message.objects.filter(pk=row.pk, step=Step.UNCLEAR, claim=row.claim, due_at=row.due_at)


def _not_asked(row: Message, now: datetime, error: TelephonyError) -> None:
    since = row.unclear_at or row.claimed_at or row.created_at
    if now - since > timedelta(seconds=settings.MESSAGE_UNKNOWN_SECONDS):
        logger.warning("outbox: message=%s is not known: %s", row.pk, error.key)
        _still(row).update(step=Step.UNKNOWN, problem=UNKNOWN)
        _tell(row)
    else:
        _still(row).update(due_at=now + timedelta(seconds=settings.MESSAGE_SETTLE_SECONDS / 4))


def _found(row: Message, facts: MessageFacts, now: datetime) -> None:
    values = taken_values(facts, row.claimed_at or now) | {"problem": ""}
    lookable = Message.objects.filter(pk=row.pk, sid=None, claim=row.claim, step__in=[Step.UNCLEAR, Step.UNKNOWN])
    try:
        with transaction.atomic():
            lookable.update(**values)
    except IntegrityError:
        # Its sid became another row's since it was looked for.
        _still(row).update(due_at=now)
        return
    _tell(row)


def _tell(row: Message) -> None:
    messages_moved.send_robust(sender=Message, ids=[row.pk])


def _listed(row: Message) -> list[MessageFacts]:
    return messages_between(row.sender, row.recipient, since=(row.claimed_at or row.created_at) - _CLOCKS)


def _match(row: Message, listed: Sequence[MessageFacts]) -> MessageFacts | None:
    """Twilio's record of this text: the oldest that can be it, and is no other text of ours."""
    return next((facts for facts in reversed(_nobodys(listed)) if _same(facts.body, row.body)), None)


def _may_be_there(row: Message, listed: Sequence[MessageFacts]) -> bool:
    """Whether Twilio has a text that is none of ours by its words: a service shortens links in them, an account may
    keep none. It may be this one."""
    others = Message.objects.filter(sender=row.sender, recipient=row.recipient, sid=None).exclude(pk=row.pk)
    bodies = list(others.values_list("body", flat=True))
    return any(not any(_same(facts.body, body) for body in bodies) for facts in _nobodys(listed))


def _nobodys(listed: Sequence[MessageFacts]) -> list[MessageFacts]:
    """Those that were sent, and that no row of ours is known to be."""
    sent = [facts for facts in listed if facts.direction.startswith("outbound")]
    known = set(Message.objects.filter(sid__in=[facts.sid for facts in sent]).values_list("sid", flat=True))
    return [facts for facts in sent if facts.sid not in known]


def _same(theirs: str, ours: str) -> bool:
    """Also when a messaging service put plain letters in the place of others ("Smart Encoding")."""
    theirs, ours = theirs.removeprefix(_TRIAL).strip(), ours.strip()
    return theirs == ours or plain(theirs) == plain(ours)


def ask_again(message_id: int) -> str:
    """Looks, on request, for a text that is not known: sends nothing. Returns the step that it has now. Raises
    `TelephonyError` when Twilio cannot be asked, and `Message.DoesNotExist`."""
    row = Message.objects.get(pk=message_id)
    if row.step == Step.UNKNOWN and (facts := _match(row, _listed(row))) is not None:
        _found(row, facts, timezone.now())
        row.refresh_from_db()
    return row.step
