"""What agents do to calls beside telephoning. Each is recorded with the call."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live import services
from calls.live.endings import hang_up_announced
from calls.live.locks import lock
from calls.live.status_callbacks import push
from calls.models import Call, CallEvent, Recording, RecordingPlay
from calls.rooms import leaving
from calls.rooms import services as rooms
from telephony.errors import TelephonyError

if TYPE_CHECKING:
    from agents.models import Agent

logger = logging.getLogger(__name__)

# A player asks for one file in many parts. What comes so soon after the last is the same listening.
_SAME_LISTENING = timedelta(minutes=10)
_EDITABLE = ("note", "outcome")


@transaction.atomic
def call_edit(*, sid: str, changes: Mapping[str, str], by: Agent, check: Callable[[Call], None]) -> None:
    """Keeps what an agent notes of a call, and tells the desks. `check` is given the call as it is now, and may raise.

    Raises `Call.DoesNotExist`.
    """
    # As all who change a call: a callback that comes at the same time must not give its change the same revision.
    lock([sid])
    call = Call.objects.get(pk=sid)
    check(call)
    changed = [name for name in _EDITABLE if name in changes and changes[name] != getattr(call, name)]
    if not changed:
        return
    for name in changed:
        before, after = getattr(call, name), changes[name]
        setattr(call, name, after)
        CallEvent.objects.create(
            call_sid=call.sid,
            kind=CallEvent.Kind.ACTION,
            name=name,
            outcome=after if name == "outcome" else "",
            detail={"before": before, "after": after},
            agent=by,
        )
    call.revision += 1
    call.save(update_fields=[*changed, "searched_note", "revision", "updated_at"])
    push(call)


@transaction.atomic
def recording_hear(*, recording: Recording, by: Agent) -> None:
    """Keeps who listened to a recording, and when."""
    lock([recording.call_id])
    now = timezone.now()
    again = RecordingPlay.objects.filter(recording=recording, agent=by, until__gte=now - _SAME_LISTENING)
    if not again.update(until=now):
        RecordingPlay.objects.create(recording=recording, call_id=recording.call_id, agent=by, at=now, until=now)


def call_hang_up(*, call: Call, by: Agent) -> None:
    """Ends a call at Twilio. Raises `TelephonyError`; the attempt is recorded all the same."""
    outcome = gettext_noop("asked for")
    try:
        if not (call.is_handled and rooms.hang_up(call.sid, by=by)):
            services.call_hang_up(call=call)
    except TelephonyError as error:
        outcome = error.key
        raise
    finally:
        CallEvent.objects.create(
            call_sid=call.sid, kind=CallEvent.Kind.ACTION, name="hang-up", outcome=outcome[:255], agent=by
        )


def hang_up_announce(*, sid: str, by: Agent) -> None:
    """The agent's desk is about to hang up. When the leg ended before this was heard, the caller was taken for somebody
    whose agent's line was lost: then the call is ended."""
    hang_up_announced(agent_id=by.pk, sid=sid)
    if leaving.was_hung_up(sid, by=by):
        try:
            call_hang_up(call=Call.objects.prefetch_related("legs").get(pk=sid), by=by)
        except TelephonyError as error:
            # The caller waits, and gets an agent.
            logger.warning("a call that was hung up could not be ended: call=%s: %s", sid, error.key)
