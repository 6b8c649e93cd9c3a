"""Taking a caller out of a queue by hand, or a colleague's ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from agents.selectors import agent_get_active, team_ids_of
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
    )
    fetch_now(_offer(sid, wish))


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
    )
    fetch_now(_offer(sid, wish))


@transaction.atomic
def _offer(sid: str, wish: _Wish) -> dispatch.Fetch:
    asked = Asked(UnitOfWork(), sid)
    meeting = asked.meeting
    if meeting is None or not _may_take(meeting.conversation, wish.by):
        raise NoSuchCaller
    conversation, call = meeting.conversation, meeting.call
    if call.is_terminal or call.answer_time or conversation.state not in (State.WAITING, State.OFFERED):
        raise NotTaken(gettext_noop("This caller does not wait any more."))
    (now,) = presence.presence_of({wish.agent.pk})
    if now["state"] in wish.hindered_by:
        raise NotTaken(wish.cannot_ring)
    fetch(*locking_offers())
    if not dispatch.offer_by_hand(conversation, wish.agent):
        raise NotTaken(wish.rings_already)
    conversation.fetched_at = timezone.now()
    conversation.save()
    trees = asked.trees()
    dispatch.tell_offered(trees, [wish.agent])
    given = {} if wish.agent.pk == wish.by.pk else {"to": wish.agent.name}
    CallEvent.objects.create(
        call_sid=sid, kind=CallEvent.Kind.ACTION, name=wish.name, outcome="asked for", agent=wish.by, detail=given
    )
    return dispatch.Fetch(sid, conversation.turn)


def _may_take(conversation: Conversation, by: Agent) -> bool:
    return by.is_superuser or conversation.team_id in team_ids_of(by)
