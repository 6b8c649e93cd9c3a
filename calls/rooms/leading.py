"""Leading a customer out of a talk, to whoever is to have the call next: the front of a team's queue, an agent's phone,
or a number. Noted first; then the customer's leg is sent to the offer's address, as one who waits is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from agents.selectors import team_ids_of
from calls.answering import route_twiml
from calls.live import dispatch, lost_callers
from calls.live.colleagues import RINGS
from calls.live.dispatch import Fetch
from calls.live.fetching import fallback_url, offer_url
from calls.live.helping import help_over
from calls.live.locks import locking_offers
from calls.live.offers import LONGEST_RING, newest_attempt, offers_end, offers_make
from calls.live.queues import front_of
from calls.live.terms import RING_SECONDS, terms_of_led
from calls.models import CallOffer, Conversation
from calls.rooms import parked
from calls.rooms.inside import Inside, Role
from calls.rooms.refusing import NotPossible
from calls.rooms.targets import Found, caller_id_of
from core.sql.statements import fetch as fetch_rows
from telephony.callbacks import callback_url
from telephony.rest.client import call_redirect

if TYPE_CHECKING:
    from agents.models import Agent

State = Conversation.State
# How long a number rings for a caller who was handed over to it.
_NUMBER_SECONDS = 30
_NO_TEAM = _("This call belongs to no team that could take it.")
_KEPT = (
    "state", "turn", "answer", "team_id", "waiting_since", "place_at", "priority", "skill", "terms", "attempt",
    "not_before", "fetched_at", "send_on", "leg_sid",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Led:
    """Whom Twilio is to fetch, and how everything was before: for when it does not. `attempt`: the last in which
    anybody was offered the customer until then."""

    fetch: Fetch
    agent_id: int | None
    round: int
    before: dict[str, Any] | None
    attempt: int
    parked_at: datetime | None = None


def team_for(inside: Inside, by: Agent | None) -> int:
    """The team to which the customer comes back when nobody else takes the call. Raises `NotPossible`."""
    line = inside.the_root.line
    own = team_ids_of(by) if by is not None else []
    if line is not None and (line.team_id in own or not own):
        return line.team_id
    if own:
        return own[0]
    raise NotPossible(_NO_TEAM)


def lead(
    inside: Inside, to: Found, *, back_to: Agent | None, team_id: int, said: str = "", line_lost: bool = False
) -> Led:
    """Notes it; to be finished by `inside.finish`. `back_to`: who is asked first when whoever it is does not take it;
    `said`: a sentence for the customer; `line_lost`: it was that agent's line that ended, and nobody let the customer
    go. Raises `NotPossible`."""
    root, now = inside.the_root, timezone.now()
    leg = inside.customer_leg()
    before = {name: getattr(inside.conversation, name) for name in _KEPT} if inside.conversation else None
    led_from = (root.agent_id, root.round)
    waits = inside.parked
    parked_at = waits.parked_at if waits is not None else None
    known = inside.conversation or Conversation(call_id=root.sid)
    inside.conversation = known
    known.attempt = newest_attempt(known)
    known.turn += 1
    root.round, root.agent = known.attempt + 1, None
    help_over(root, "handed-over")
    known.leg_sid = "" if leg is None or leg.sid == root.sid else leg.sid
    known.team_id = to.team_id or team_id
    known.waiting_since, known.place_at, known.priority = now, front_of(known, now), 0
    known.state, known.answer, known.skill, known.send_on = State.WAITING, "", "", ""
    known.not_before, known.fetched_at = None, now
    preferred = [back_to.pk] if back_to is not None and to.team_id is None else []
    rings = _NUMBER_SECONDS if to.number else RING_SECONDS if to.agent else 0
    lost = back_to.pk if back_to is not None and line_lost else None
    given_by = back_to.pk if back_to is not None and to.team_id is not None else None
    known.terms = terms_of_led(
        known.terms, language=inside.language, preferred=preferred, lost=lost, given_by=given_by, rings=rings
    )
    if said:
        known.terms["said_in"] = [known.turn, said]
    if to.number:
        _to_number(inside, known, to)
    known.save()
    if to.agent is not None:
        _ring(inside, known, to.agent)
    if waits is not None:
        waits.parked_at = None
        inside.changed(waits)
        parked.let_go(inside, waits)
    return Led(Fetch(root.sid, known.turn, known.leg_sid), *led_from, before, root.round - 1, parked_at)


def _to_number(inside: Inside, known: Conversation, to: Found) -> None:
    known.state = State.DIALLING
    known.answer = route_twiml.number_twiml(
        before=[],
        number=to.number,
        extension=to.extension,
        caller_id=caller_id_of(inside.the_root),
        timeout=_NUMBER_SECONDS,
        action_url=f"{callback_url('calls:ring-action')}?turn={known.turn}",
        status_url=callback_url("calls:status"),
        whisper_url="",
    )


def _ring(inside: Inside, known: Conversation, agent: Agent) -> None:
    fetch_rows(*locking_offers())
    if not dispatch.offer_by_hand(known, agent):
        raise NotPossible(RINGS)
    known.terms.pop("before", None)
    known.terms["rings"] = RING_SECONDS
    known.save()
    inside.offered.append(agent)


def ask(led: Led) -> None:
    """Has Twilio fetch the customer. Raises `TelephonyError`."""
    url = offer_url(led.fetch.turn)
    call_redirect(led.fetch.leg or led.fetch.sid, url, fallback_url=fallback_url(), purpose="transfer")


@transaction.atomic
def take_back(led: Led) -> Inside:
    """Twilio did not: they talk on, and who was rung before rings on. Whoever is fetched all the same is known by the
    turn. To be finished."""
    inside = Inside(led.fetch.sid)
    known = inside.conversation
    if known is None or known.turn != led.fetch.turn or inside.root is None:
        return inside
    offers_end(led.fetch.sid, "not-fetched", after=led.attempt)
    before = led.before or {"state": State.TALKING, "turn": 0, "answer": "", "terms": {}}
    if before.get("team_id") is None:
        # Whoever comes all the same has somewhere to go.
        before = {name: value for name, value in before.items() if name != "team_id"}
    for name, value in before.items():
        setattr(known, name, value)
    known.save()
    inside.root.round, inside.root.agent_id = led.round, led.agent_id
    _park_again(inside, led)
    return inside


def _park_again(inside: Inside, led: Led) -> None:
    """The customer waits on for whoever had parked the call."""
    if led.parked_at is None or not inside.is_living:
        return
    places = [one for one in inside.participants if one.role == Role.AGENT and one.agent_id == led.agent_id]
    if places:
        places[-1].parked_at = led.parked_at
        for one in places:
            lost_callers.not_lost(one)
        inside.changed(*places)


def offer_now(sid: str, agent_id: int, *, attempt: int) -> bool:
    """A colleague's phone is to ring for a call that goes on: whether the database lets it."""
    fetch_rows(*locking_offers())
    now = timezone.now()
    if not offers_make(sid, [agent_id], attempt=attempt, rung_at=now):
        return False
    mine = CallOffer.objects.filter(call=sid, agent=agent_id, state=CallOffer.State.RINGING)
    mine.filter(created_at__gte=now - LONGEST_RING).update(is_consultation=True)
    return True
