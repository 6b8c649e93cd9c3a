"""Taking a caller out of a queue by hand, or a colleague's ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents.selectors import team_ids_of
from calls.live import call_backs, dispatch, presence
from calls.live.conversations import Asked
from calls.live.fetching import fetch_now
from calls.live.locks import lock, locking_offers
from calls.live.offers import DECLINED
from calls.models import CallEvent, CallOffer, Conversation
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
    if to_fetch is not None:
        fetch_now(to_fetch)


@transaction.atomic
def _offer(sid: str, by: Agent) -> dispatch.Fetch | None:
    """Whom to fetch; None for a call-back."""
    asked = Asked(UnitOfWork(), sid)
    meeting = asked.meeting
    if meeting is None or not _may_take(meeting.conversation, by):
        raise NoSuchCaller
    conversation, call = meeting.conversation, meeting.call
    if conversation.state in call_backs.ALL:
        _offer_call_back(conversation, by)
        return None
    if call.is_terminal or call.answer_time or conversation.state not in (State.WAITING, State.OFFERED):
        raise NotTaken(gettext_noop("This caller does not wait any more."))
    _check_phone(by)
    fetch(*locking_offers())
    if not dispatch.offer_by_hand(conversation, by):
        raise NotTaken(gettext_noop("Your phone rings already. Answer or decline that call first."))
    conversation.fetched_at = timezone.now()
    conversation.save()
    trees = asked.trees()
    dispatch.tell_offered(trees, [by])
    _note(sid, "take", by)
    return dispatch.Fetch(sid, conversation.turn)


def _check_phone(by: Agent) -> None:
    (now,) = presence.presence_of({by.pk})
    if now["state"] in ("on-call", "not-reachable", "offline"):
        raise NotTaken(gettext_noop("Your phone cannot ring now. End your call, or see what your desk says is wrong."))


def _offer_call_back(conversation: Conversation, by: Agent) -> None:
    if conversation.state not in call_backs.IN_QUEUE:
        raise NotTaken(gettext_noop("This caller is being called back, or needs it no more."))
    _check_phone(by)
    fetch(*locking_offers())
    if conversation.state == State.BACK_OFFERED:
        call_backs.back_to_place(conversation, "answered-elsewhere")
    if not call_backs.offer(conversation, by.pk):
        raise NotTaken(gettext_noop("Your phone rings already. Answer or decline that call first."))
    _note(conversation.pk, "take", by)


@transaction.atomic
def call_back_decline(*, sid: str, by: Agent) -> None:
    """Not now: it goes back to its place, and to somebody else. Raises `NoSuchCaller` when it is not offered to this
    agent."""
    lock([sid])
    conversation = Conversation.objects.filter(pk=sid, state=State.BACK_OFFERED).first()
    mine = CallOffer.objects.filter(call=sid, agent=by, state=CallOffer.State.RINGING, is_call_back=True)
    if conversation is None or not mine.exists():
        raise NoSuchCaller
    call_backs.back_to_place(conversation, DECLINED)
    _note(sid, "call-back-declined", by)


@transaction.atomic
def call_back_cancel(*, sid: str, by: Agent) -> None:
    """The caller is not called back. Raises `NoSuchCaller`, and `NotTaken` when it is too late."""
    lock([sid])
    conversation = Conversation.objects.filter(pk=sid, state__in=call_backs.ALL).first()
    if conversation is None or not _may_take(conversation, by):
        raise NoSuchCaller
    if conversation.state not in call_backs.IN_QUEUE:
        raise NotTaken(gettext_noop("This caller is being called back, or needs it no more."))
    call_backs.cancel(conversation, by=by)


def _note(sid: str, name: str, by: Agent) -> None:
    CallEvent.objects.create(call_sid=sid, kind=CallEvent.Kind.ACTION, name=name, outcome="asked for", agent=by)


def _may_take(conversation: Conversation, by: Agent) -> bool:
    return by.is_superuser or conversation.team_id in team_ids_of(by)
