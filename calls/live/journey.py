"""A caller's way along a route: what is met is carried out until something has to be waited for, or phones ring."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from agents.selectors import agents_active
from calls.live import broadcasts, call_backs, dispatcher, outgoing_guards
from calls.live.dispatch import at_the_door, rings_from, tell_offered
from calls.live.free_agents import teams_at_work
from calls.live.scheduling import PRIORITY_STEP
from calls.live.sending_on import way_on
from calls.live.terms import terms_of_agent, terms_of_team
from calls.live.waking import wake_over, wake_sleeping
from calls.models import LIVE, Call, CallEvent, CallOffer, Conversation
from core.languages import as_json
from routing import walk
from routing.doings import (
    NOT_CALLED,
    Ask,
    DialNumber,
    Doing,
    End,
    Event,
    EventKind,
    OfferCallBack,
    Passed,
    RingAgent,
    RingTeam,
    Say,
    TakeMessage,
    Wait,
)
from routing.facts import facts_of
from routing.selectors import callable_agents_of
from routing.walk import Position

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.live.call_tree import CallTree
    from routing.models import Line

logger = logging.getLogger(__name__)
State = Conversation.State
# States in which nothing more is to come.
OVER = frozenset({State.ENDED, State.ABANDONED, State.LOST, State.NOT_REACHED})
# Nobody there, and again nobody, and again: a route that is saved ends long before.
_MOST_STRETCHES = 40


@dataclass(slots=True)
class Meeting:
    """What a caller meets now: what is said on the way, and the last, which waits for something; or `rung`, the phones
    that ring. `repeated`: what was answered before, when Twilio asks again."""

    call: Call
    conversation: Conversation
    doings: list[Doing] = field(default_factory=list)
    rung: list[Agent] = field(default_factory=list)
    repeated: str = ""
    nobody_left: bool = False
    """Whoever waited is to hear that nobody is there any more."""
    goes_on: bool = False
    """What is said comes first: then Twilio asks again, and phones ring, or the caller waits."""

    @property
    def line(self) -> Line | None:
        return self.call.line

    @property
    def language(self) -> str:
        position = Position.of_json(self.conversation.position)
        return (position.language if position else "") or (self.call.line.language if self.call.line else "")


def facts_for(call: Call) -> walk.Facts:
    return facts_of(call.line, caller=call.caller, stir=call.stir_verstat)


def go_on(meeting: Meeting, event: Event, trees: list[CallTree]) -> Meeting:
    position = Position.of_json(meeting.conversation.position)
    position, doings = walk.go_on(position, event, facts_for(meeting.call))
    return meet(meeting, position, doings, trees)


def meet(meeting: Meeting, position: Position, doings: list[Doing], trees: list[CallTree]) -> Meeting:
    """Carries out what is met: until something has to be waited for, or phones ring."""
    conversation, facts = meeting.conversation, facts_for(meeting.call)
    meeting.doings = []
    for _stretch in range(_MOST_STRETCHES):
        meeting.goes_on = _is_said_first(meeting, doings)
        if meeting.goes_on:
            # Noted when it is met again.
            last = doings[-1]
            doings = [doing for doing in doings if (doing.version, doing.step) != (last.version, last.step)]
        _note(conversation.call_id, doings)
        meeting.doings += doings
        conversation.position = position.as_json()
        if meeting.goes_on:
            _leave_team(meeting)
            conversation.state = State.ON_ROUTE
            conversation.terms["chose"] = _why(meeting.doings) or conversation.terms.get("chose", "")
            return _settled(meeting, trees)
        event = _enter(meeting, doings)
        if event is None:
            return _settled(meeting, trees)
        position, doings = walk.go_on(position, event, facts)
    logger.error("route left for voicemail: it goes round: version=%d step=%s", position.version, position.step)
    # Of nowhere, the walk makes a message for the line.
    position, doings = walk.go_on(None, Event(EventKind.NOBODY), facts)
    conversation.position, conversation.state = position.as_json(), State.MESSAGE
    meeting.doings = doings
    return _settled(meeting, trees)


def _is_said_first(meeting: Meeting, doings: list[Doing]) -> bool:
    """Whether something is said before phones ring, or the caller waits. A phone rings when the last word is said: that
    is not known beforehand, and until then nobody is to be offered the caller, or thought not to hear the phone."""
    said = meeting.nobody_left or any(isinstance(doing, Say) for doing in [*meeting.doings, *doings])
    return said and isinstance(doings[-1], Wait | RingAgent)


def _enter(meeting: Meeting, doings: list[Doing]) -> Event | None:
    """Makes the conversation what the last doing says; what came of it at once, None for what is waited for."""
    conversation, last = meeting.conversation, doings[-1]
    _leave_team(meeting)
    if isinstance(last, Wait):
        ring = next(doing for doing in reversed(doings) if isinstance(doing, RingTeam))
        back = next((doing for doing in doings if isinstance(doing, OfferCallBack)), None)
        return _join(meeting, ring, last, back)
    if isinstance(last, RingAgent):
        conversation.terms = terms_of_agent(last)
        meeting.rung = at_the_door(conversation)
        return None if meeting.rung else Event(EventKind.NOT_TAKEN)
    if isinstance(last, DialNumber) and (refusal := outgoing_guards.refusal_of_route(last.number)):
        _note_refused(conversation.call_id, last, refusal)
        return Event(EventKind.NOT_TAKEN)
    if isinstance(last, TakeMessage):
        _lead(meeting.call, last.team)
    conversation.state = _STATES.get(type(last), State.ENDED)
    return None


def _lead(call: Call, team_id: int | None) -> None:
    """Keeps whose queue or voicemail box the caller is in now: that team sees the call beside the line's own."""
    other = None if call.line is not None and call.line.team_id == team_id else team_id
    if call.led_to_id != other:
        call.led_to_id = other
        Call.objects.filter(pk=call.sid).update(led_to=other)


def _note_refused(sid: str, dial: DialNumber, refusal: str) -> None:
    said = NOT_CALLED % {"number": dial.number}
    CallEvent.objects.create(
        call_sid=sid,
        kind=CallEvent.Kind.ROUTE,
        name="step",
        outcome=str(said)[:255],
        detail={"said": as_json(said), "reason": refusal, "step": dial.step},
        # After the steps, which are noted at one moment.
        at=timezone.now() + timedelta(milliseconds=1),
    )


_STATES: dict[type[Doing], str] = {
    Ask: State.ON_ROUTE,
    DialNumber: State.DIALLING,
    TakeMessage: State.MESSAGE,
    End: State.ENDED,
}


def _join(meeting: Meeting, ring: RingTeam, wait: Wait, back: OfferCallBack | None) -> Event | None:
    """The caller comes to a team: somebody's phone rings at once, or the caller waits if anybody is there at all, and
    if so many may wait."""
    conversation, call, now = meeting.conversation, meeting.call, timezone.now()
    conversation.team_id, conversation.waiting_since = ring.team, now
    conversation.priority, conversation.place_at = ring.priority, now - ring.priority * PRIORITY_STEP
    chose = conversation.terms.get("chose", "")
    conversation.terms, conversation.skill = terms_of_team(ring, wait, call, back)
    conversation.terms["why"] = _why(meeting.doings) or chose
    conversation.state, conversation.send_on, conversation.not_before = State.WAITING, "", None
    _lead(call, ring.team)
    held = call_backs.take_places(conversation, call)
    meeting.rung = at_the_door(conversation)
    if not meeting.rung and (sent_on := _cannot_wait(meeting, ring)) is not None:
        call_backs.places_kept(held)
        if call.waiting_since is None:
            # Came to a team all the same, and was not served by it: the service level is to know.
            _note_wait(call, now, 0)
        _leave_team(meeting)
        return Event(sent_on)
    call_backs.places_taken(held, call)
    _note_wait(call, call.waiting_since or now, None)
    return None


def _note_wait(call: Call, since: datetime, waited: int | None) -> None:
    call.waiting_since, call.waited = since, waited
    Call.objects.filter(pk=call.sid).update(waiting_since=since, waited=waited)


def _cannot_wait(meeting: Meeting, ring: RingTeam) -> EventKind | None:
    """Why a caller for whom no phone rings goes on at once; None for who may wait."""
    if not ring.version:
        # Of a line without a route, for which a spam rule marked the caller: nobody waits there.
        return EventKind.NOBODY
    if ring.most_waiting and waiting_for(ring.team, meeting.conversation.pk) >= ring.most_waiting:
        return EventKind.FULL
    is_there = _wake(meeting) or ring.team in teams_at_work([ring.team])
    return None if is_there else EventKind.NOBODY


def waiting_for(team_id: int, but: str) -> int:
    """How many are on the line and wait for a team, this one aside."""
    waiting = Conversation.objects.filter(team=team_id, state=State.WAITING, call__status__in=sorted(LIVE))
    return waiting.exclude(pk=but).count()


def _wake(meeting: Meeting) -> bool:
    """Has those of the team woken whose desks are asleep. Whether there are any: the caller waits for them a while."""
    conversation = meeting.conversation
    members = callable_agents_of(conversation.team_id or 0).values_list("pk", flat=True)
    woken = wake_sleeping(list(members), meeting.call)
    if woken:
        conversation.terms["woke"] = sorted(woken)
    return bool(woken)


def sleepers_told(conversation: Conversation, call: Call, *, has_gone_on: bool = False) -> None:
    """Whoever was woken for a caller reads what became of the call. The conversation is to be saved."""
    if ids := conversation.terms.pop("woke", None):
        by = None if has_gone_on else call.agent
        wake_over(list(agents_active(ids)), call, by, has_gone_on=has_gone_on)


def _why(doings: list[Doing]) -> Any:
    """What the caller chose before, for whoever looks at the queue; "" for nothing."""
    chosen = [doing.chose for doing in doings if isinstance(doing, Passed) and doing.chose is not None]
    return as_json(chosen[-1]) if chosen else ""


def _leave_team(meeting: Meeting) -> None:
    """What a caller who goes on elsewhere waited is known now."""
    conversation, call = meeting.conversation, meeting.call
    if conversation.team_id is None:
        return
    sleepers_told(conversation, call, has_gone_on=True)
    conversation.team_id, conversation.send_on = None, ""
    if call.waiting_since is not None and call.waited is None:
        call.waited = max(0, round((timezone.now() - call.waiting_since).total_seconds()))
        Call.objects.filter(pk=call.sid).update(waited=call.waited)


def wait_on(meeting: Meeting, trees: list[CallTree]) -> Meeting:
    """Back among those who wait: somebody's phone rings, or the caller hears the music on, or has waited enough."""
    conversation = meeting.conversation
    if (way := way_on(conversation, timezone.now())) is not None:
        return go_on(meeting, Event(way), trees)
    # Whether anybody is there at all is looked at beside this (`calls.live.mending`): a page that is loaded again is
    # gone for a moment, too.
    meeting.rung = at_the_door(conversation)
    return _settled(meeting, trees)


def ring(meeting: Meeting) -> Meeting:
    """The caller was fetched: the phones that were to ring do."""
    conversation = meeting.conversation
    offers = CallOffer.objects.filter(
        call=conversation.call_id, attempt=conversation.attempt, state=CallOffer.State.RINGING
    ).select_related("agent")
    meeting.rung = [offer.agent for offer in offers]
    if not meeting.rung:
        conversation.state = State.WAITING
        return wait_on(meeting, [])
    CallOffer.objects.filter(pk__in=[offer.pk for offer in offers]).update(rung_at=rings_from(conversation))
    conversation.terms.pop("before", None)
    # Taken from a colleague whose phone rang: it rings no more.
    others = CallOffer.objects.filter(call=conversation.call_id, state=CallOffer.State.RINGING)
    others.exclude(attempt=conversation.attempt).update(
        state=CallOffer.State.ENDED, reason="answered-elsewhere", ended_at=timezone.now()
    )
    return _settled(meeting, [], is_told=True)


def _settled(meeting: Meeting, trees: list[CallTree], *, is_told: bool = False) -> Meeting:
    """Keeps it, and has the desks told."""
    conversation = meeting.conversation
    conversation.turn += 1
    conversation.answer = ""
    conversation.save()
    if meeting.rung and trees and not is_told:
        tell_offered(trees, {tree.root.sid: meeting.rung for tree in trees})
    else:
        broadcasts.after_commit(trees=trees)
    # Agents may be free whom somebody else waits for.
    dispatcher.wake_after_commit()
    return meeting


def over(meeting: Meeting, trees: list[CallTree]) -> Meeting:
    conversation = meeting.conversation
    waited = conversation.state in (State.WAITING, State.OFFERED) and meeting.call.answer_time is None
    conversation.state = State.ABANDONED if waited else State.ENDED
    meeting.doings = []
    sleepers_told(conversation, meeting.call)
    return _settled(meeting, trees)


def _note(sid: str, doings: list[Doing]) -> None:
    """For the time line: each step, with its reason."""
    now = timezone.now()
    CallEvent.objects.bulk_create(
        CallEvent(
            call_sid=sid,
            kind=CallEvent.Kind.ROUTE,
            name="step",
            outcome=str(doing.said)[:255],
            detail={"said": as_json(doing.said), "reason": as_json(doing.reason), "step": doing.step},
            # In their order, though they are met at one moment.
            at=now + timedelta(microseconds=place),
        )
        for place, doing in enumerate(doings)
    )
