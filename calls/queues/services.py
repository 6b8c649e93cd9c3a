"""Taking a caller out of a queue by hand, or a colleague's ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents.selectors import team_ids_of
from calls.live import dispatch, presence
from calls.live.conversations import Asked
from calls.live.fetching import fetch_now
from calls.live.locks import locking_offers
from calls.models import CallEvent, Conversation
from core.sql.statements import fetch
from core.sql.unit import UnitOfWork

if TYPE_CHECKING:
    from agents.models import Agent

State = Conversation.State


class NotTaken(Exception):
    """A caller who cannot be taken. Its text is a sentence, kept in English."""


class NoSuchCaller(Exception):
    """Nobody of that sid waits for a team of the agent's."""


def caller_take(*, sid: str, by: Agent) -> None:
    """Rings the agent's phone, and no other, for a caller who waits or rings at a colleague's.

    Raises `NoSuchCaller`, `NotTaken`, and `TelephonyError` when Twilio would not fetch the caller, who then waits on,
    or rings on, as before.
    """
    to_fetch = _offer(sid, by)
    fetch_now(to_fetch)


@transaction.atomic
def _offer(sid: str, by: Agent) -> dispatch.Fetch:
    asked = Asked(UnitOfWork(), sid)
    meeting = asked.meeting
    if meeting is None or not _may_take(meeting.conversation, by):
        raise NoSuchCaller
    conversation, call = meeting.conversation, meeting.call
    if call.is_terminal or call.answer_time or conversation.state not in (State.WAITING, State.OFFERED):
        raise NotTaken(gettext_noop("This caller does not wait any more."))
    (now,) = presence.presence_of({by.pk})
    if now["state"] in ("on-call", "not-reachable", "offline"):
        raise NotTaken(gettext_noop("Your phone cannot ring now. End your call, or see what your desk says is wrong."))
    fetch(*locking_offers())
    if not dispatch.offer_by_hand(conversation, by):
        raise NotTaken(gettext_noop("Your phone rings already. Answer or decline that call first."))
    conversation.fetched_at = timezone.now()
    conversation.save()
    trees = asked.trees()
    dispatch.tell_offered(trees, [by])
    CallEvent.objects.create(call_sid=sid, kind=CallEvent.Kind.ACTION, name="take", outcome="asked for", agent=by)
    return dispatch.Fetch(sid, conversation.turn)


def _may_take(conversation: Conversation, by: Agent) -> bool:
    return by.is_superuser or conversation.team_id in team_ids_of(by)
