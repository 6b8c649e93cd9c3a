"""Taking a caller out of a queue by hand, or a colleague's ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents.selectors import agent_get_active, has_open_desk, team_ids_of
from calls.live import call_backs, dispatch, presence
from calls.live.call_tree import DECLINED
from calls.live.conversations import Asked
from calls.live.fetching import fetch_now
from calls.live.locks import lock, locking_offers
from calls.models import CallEvent, CallOffer, Conversation
from calls.selectors import call_back_offered
from core.sql.statements import fetch
from core.sql.unit import UnitOfWork

if TYPE_CHECKING:
    from agents.models import Agent

State = Conversation.State
_WAITS_NO_MORE = gettext_noop("This caller does not wait any more.")


class NotTaken(Exception):
    """A caller who cannot be taken. Its text is a sentence, kept in English."""


class NoSuchCaller(Exception):
    """Nobody of that sid waits for a team of the agent's."""


class NoSuchAgent(Exception):
    """Nobody of that id works in a team of the agent's."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """Who is to be rung, by whose wish, and what is said when that cannot be."""

    name: str
    agent: Agent
    by: Agent
    hindered_by: frozenset[str]
    cannot_ring: str
    rings_already: str
    has_call_back: str
    cannot_call: str
    no_desk: str


def caller_take(*, sid: str, by: Agent) -> None:
    """Rings the agent's phone, and no other, for a caller who waits or rings at a colleague's.

    Raises `NoSuchCaller`, `NotTaken`, and `TelephonyError` when Twilio would not fetch the caller, who then waits on,
    or rings on, as before.
    """
    wish = _Wish(
        "take",
        by,
        by,
        hindered_by=frozenset({"on-call", "not-reachable", "offline"}),
        cannot_ring=gettext_noop("Your phone cannot ring now. End your call, or see what your desk says is wrong."),
        rings_already=gettext_noop("Your phone rings already. Answer or decline that call first."),
        has_call_back=gettext_noop("You are offered a call-back already. Take or decline that one first."),
        cannot_call=gettext_noop("You are not allowed to make calls. Ask your admin."),
        no_desk=gettext_noop("Open your desk first: call-backs are made from there."),
    )
    _ring(sid, wish)


def caller_assign(*, sid: str, agent_id: int, by: Agent) -> None:
    """Rings the phone of that agent, and no other, for a caller who waits for a team of the supervisor's. The agent is
    one of a team of the supervisor's, too; for an admin, anybody.

    Who is away is not rung: nobody would be there. Who is busy, or in wrap-up, is: that is for a supervisor to decide.

    Raises as `caller_take`, and `NoSuchAgent`.
    """
    agent = agent_get_active(agent_id)
    if agent is None or not (by.is_superuser or set(team_ids_of(agent)) & set(team_ids_of(by))):
        raise NoSuchAgent
    wish = _Wish(
        "assign",
        agent,
        by,
        hindered_by=frozenset({"on-call", "not-reachable", "offline", "away"}),
        cannot_ring=gettext_noop("That agent cannot be reached now. Choose another."),
        rings_already=gettext_noop("That agent's phone rings already. Choose another."),
        has_call_back=gettext_noop("That agent is offered a call-back already. Choose another."),
        cannot_call=gettext_noop("That agent is not allowed to make calls. Choose another."),
        no_desk=gettext_noop("That agent has no desk open, where call-backs are made. Choose another."),
    )
    _ring(sid, wish)


def _ring(sid: str, wish: _Wish) -> None:
    to_fetch = _offer(sid, wish)
    if to_fetch is not None and not fetch_now(to_fetch):
        # A colleague, at whose phone the caller rang, was quicker.
        raise NotTaken(_WAITS_NO_MORE)


@transaction.atomic
def _offer(sid: str, wish: _Wish) -> dispatch.Fetch | None:
    """Whom to fetch; None for a call-back."""
    asked = Asked(UnitOfWork(), sid)
    meeting = asked.meeting
    if meeting is None or not _may_take(meeting.conversation, wish.by):
        raise NoSuchCaller
    conversation, call = meeting.conversation, meeting.call
    if conversation.state in call_backs.ALL:
        _offer_call_back(conversation, wish)
        return None
    has_talked = call.answer_time is not None and not call.round
    if call.is_terminal or has_talked or conversation.state not in (State.WAITING, State.OFFERED):
        raise NotTaken(_WAITS_NO_MORE)
    _check_phone(wish)
    fetch(*locking_offers())
    if not dispatch.offer_by_hand(conversation, wish.agent):
        raise NotTaken(_why_not_offered(wish))
    conversation.fetched_at = timezone.now()
    conversation.save()
    trees = asked.trees()
    dispatch.tell_offered(trees, {tree.root.sid: [wish.agent] for tree in trees})
    _note_wish(sid, wish)
    return dispatch.Fetch(sid, conversation.turn, conversation.leg_sid, conversation.attempt)


def _check_phone(wish: _Wish) -> None:
    (now,) = presence.presence_of({wish.agent.pk})
    if now["state"] in wish.hindered_by:
        raise NotTaken(wish.cannot_ring)


def _offer_call_back(conversation: Conversation, wish: _Wish) -> None:
    if conversation.state not in call_backs.IN_QUEUE:
        raise NotTaken(gettext_noop("This caller is being called back, or needs it no more."))
    if not wish.agent.may_make_calls:
        raise NotTaken(wish.cannot_call)
    _check_phone(wish)
    if not has_open_desk(wish.agent.pk):
        raise NotTaken(wish.no_desk)
    fetch(*locking_offers())
    if conversation.state == State.BACK_OFFERED:
        call_backs.back_to_place(conversation, "answered-elsewhere")
    if not call_backs.offer(conversation, wish.agent.pk):
        raise NotTaken(_why_not_offered(wish))
    _note_wish(conversation.pk, wish)


def _why_not_offered(wish: _Wish) -> str:
    return wish.has_call_back if call_back_offered(wish.agent.pk) else wish.rings_already


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


def _note_wish(sid: str, wish: _Wish) -> None:
    _note(sid, wish.name, wish.by, **({} if wish.agent.pk == wish.by.pk else {"to": wish.agent.name}))


def _note(sid: str, name: str, by: Agent, **detail: str) -> None:
    CallEvent.objects.create(
        call_sid=sid, kind=CallEvent.Kind.ACTION, name=name, outcome="asked for", agent=by, detail=detail
    )


def _may_take(conversation: Conversation, by: Agent) -> bool:
    return by.is_superuser or conversation.team_id in team_ids_of(by)
