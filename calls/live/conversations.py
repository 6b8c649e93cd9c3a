"""Callers on routes: what came of the last thing that a caller met, and what is met next.

What comes next is decided by `routing.walk` from where the caller is, which is kept here and never taken from a field
of a request, and by `calls.live.dispatch`, where phones are to ring. Whoever asks holds the call (`CallBatch`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from calls.live import broadcasts, dispatcher, presence
from calls.live.call_batch import CallBatch
from calls.live.call_tree import NOT_TAKEN
from calls.live.dispatch import at_the_door, is_due, tell_offered
from calls.live.free_agents import teams_at_work
from calls.live.scheduling import PRIORITY_STEP
from calls.live.terms import terms_of_agent, terms_of_team
from calls.models import Call, CallEvent, CallOffer, CallStatus, Conversation, Direction
from core.languages import as_json
from core.sql.statements import new_row
from core.sql.unit import UnitOfWork
from routing import walk
from routing.doings import Ask, DialNumber, Doing, End, Event, EventKind, Passed, RingAgent, RingTeam, TakeMessage, Wait
from routing.facts import facts_of
from routing.walk import Position

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.live.call_tree import CallTree
    from routing.models import Line

logger = logging.getLogger(__name__)
State = Conversation.State
# States in which nothing more is to come.
OVER = frozenset({State.ENDED, State.ABANDONED, State.LOST})
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

    @property
    def line(self) -> Line | None:
        return self.call.line

    @property
    def language(self) -> str:
        position = Position.of_json(self.conversation.position)
        return (position.language if position else "") or (self.call.line.language if self.call.line else "")


def begin(call: Call, tree: CallTree) -> Meeting:
    """The first things that a caller meets on a line with a route; the same again, when Twilio asks twice."""
    known = Conversation.objects.filter(pk=call.sid).first()
    if known is not None:
        return again(Meeting(call, known))
    conversation = Conversation(call_id=call.sid)
    if call.is_terminal:
        return _over(Meeting(call, conversation), [tree])
    position, doings = walk.start(_facts(call))
    return _meet(Meeting(call, conversation), position, doings, [tree])


class Asked:
    """A request about a caller on a route, with the call held. `meeting` is None when there is no such caller."""

    def __init__(self, work: UnitOfWork, sid: str) -> None:
        self.work = work
        self.batch = CallBatch.of(work, sid)
        self.call = self.batch.get(sid)
        found = Conversation.objects.filter(pk=sid).first() if self.call else None
        self.meeting = Meeting(self.call, found) if self.call and found else None

    def is_of(self, turn: int | None) -> bool:
        """Whether it speaks of what was answered last. Whatever is asked of an earlier turn was answered already."""
        return self.meeting is not None and turn == self.meeting.conversation.turn

    def not_taken(self, leg_sid: str) -> None:
        """Notes of a leg that whoever answered it did not take the call: a mailbox, mostly."""
        leg = self.batch.get(leg_sid)
        if leg is None and self.call is not None:
            leg = new_row(
                Call,
                sid=leg_sid,
                parent_id=self.call.sid,
                caller=self.call.caller,
                direction=Direction.OUTBOUND_DIAL,
                status=CallStatus.NO_ANSWER,
            )
            self.batch.open(leg)
        if leg is not None and leg.parent_id == self.meeting_sid:
            leg.problem = NOT_TAKEN
            self.batch.changed(leg)

    @property
    def meeting_sid(self) -> str:
        return self.call.sid if self.call else ""

    def trees(self, *, dial_over: bool = False) -> list[CallTree]:
        """Works out what follows for the call, and writes it."""
        if self.call is None:
            return []
        self.batch.changed(self.call, dial_over=dial_over)
        trees = self.batch.settle()
        self.work.flush()
        presence.calls_followed(trees)
        return trees


def again(meeting: Meeting) -> Meeting:
    """What was answered last, to whoever asks twice or late.

    But never phones that ring no more: of a caller who was to be rung for, the phones of now, or the queue.
    """
    conversation = meeting.conversation
    if conversation.state == State.OFFERED:
        states = CallOffer.objects.filter(call=conversation.call_id, attempt=conversation.attempt)
        now = set(states.values_list("state", flat=True))
        if CallOffer.State.RINGING in now and not conversation.answer:
            return _ring(meeting)
        if not now & {CallOffer.State.RINGING, CallOffer.State.ANSWERED} and conversation.team_id is not None:
            conversation.state = State.WAITING
            return _wait_on(meeting, [])
    meeting.repeated = conversation.answer
    return meeting


def input_came(asked: Asked, turn: int | None, event: Event) -> Meeting | None:
    """The caller pressed keys, said something, or did nothing."""
    meeting = asked.meeting
    if meeting is None:
        return None
    if not asked.is_of(turn) or meeting.conversation.state != State.ON_ROUTE:
        return again(meeting)
    return _go_on(meeting, event, asked.trees())


def ring_over(asked: Asked, turn: int | None, *, talked: bool, leg_sid: str = "") -> Meeting | None:
    """Phones rang, and nobody answered; or somebody did, and the talk is over. `leg_sid`: of whom Twilio called, who
    may have answered without taking the call."""
    meeting = asked.meeting
    if meeting is None:
        return None
    if not asked.is_of(turn):
        return again(meeting)
    if not talked and meeting.conversation.state == State.DIALLING and leg_sid:
        asked.not_taken(leg_sid)
    trees = asked.trees(dial_over=True)
    if talked or meeting.call.is_terminal:
        return _over(meeting, trees)
    conversation = meeting.conversation
    if conversation.team_id is None:
        return _go_on(meeting, Event(EventKind.NOT_TAKEN), trees)
    conversation.state = State.WAITING
    return _wait_on(meeting, trees)


def left_queue(asked: Asked, turn: int | None, result: str) -> Meeting | None:
    """Twilio's queue let the caller go, or never took the caller in."""
    meeting = asked.meeting
    if meeting is None:
        return None
    if not asked.is_of(turn):
        return again(meeting)
    if result in ("hangup", "bridged", "bridging-in-process", "redirected-from-bridged") or meeting.call.is_terminal:
        return _over(meeting, asked.trees())
    if result in ("queue-full", "error", "system-error") and meeting.conversation.state == State.WAITING:
        return _go_on(meeting, Event(EventKind.FULL), asked.trees())
    return fetched(asked, turn)


def fetched(asked: Asked, turn: int | None) -> Meeting | None:
    """A waiting caller has come out of the queue: on to what the conversation says, whoever asks first."""
    meeting = asked.meeting
    if meeting is None:
        return None
    conversation = meeting.conversation
    if not asked.is_of(turn):
        return again(meeting)
    if conversation.state == State.OFFERED:
        return _ring(meeting)
    if conversation.state != State.WAITING:
        return again(meeting)
    trees = asked.trees()
    if conversation.send_on:
        meeting.nobody_left = conversation.send_on == EventKind.NOBODY
        return _go_on(meeting, Event(EventKind(conversation.send_on)), trees)
    return _wait_on(meeting, trees)


def must_leave_queue(asked: Asked, *, wishes_to: bool) -> bool:
    """Whether a caller who hears the queue's music is to come out of it: somebody's phone is to ring, the longest wait
    is over, nobody is there any more, or the caller wishes to (a key)."""
    meeting = asked.meeting
    if meeting is None:
        return True
    conversation = meeting.conversation
    if conversation.state != State.WAITING:
        return conversation.state not in OVER
    if not conversation.send_on and (wishes_to or is_due(conversation, timezone.now())):
        conversation.send_on = EventKind.WAITED
        conversation.save(update_fields=["send_on"])
    return bool(conversation.send_on)


def lost(work: UnitOfWork, sid: str) -> None:
    """Twilio could not use our answer, and the caller got another: nobody is offered this caller any more."""
    asked = Asked(work, sid)
    if asked.call is None or asked.meeting is None or asked.meeting.conversation.state in OVER:
        return
    asked.meeting.conversation.state = State.LOST
    asked.meeting.conversation.save()
    broadcasts.after_commit(trees=asked.trees(dial_over=True))


def answered(meeting: Meeting, answer: str) -> str:
    """Keeps what is answered, for whoever asks again."""
    conversation = meeting.conversation
    if not meeting.repeated and conversation.answer != answer:
        conversation.answer = answer
        Conversation.objects.filter(pk=conversation.pk).update(answer=answer)
    return answer


# --- From one thing to the next ---------------------------------------------------------------------------------------


def _facts(call: Call) -> walk.Facts:
    line: Any = call.line
    return facts_of(line, caller=call.caller, stir=call.stir_verstat)


def _go_on(meeting: Meeting, event: Event, trees: list[CallTree]) -> Meeting:
    position = Position.of_json(meeting.conversation.position)
    position, doings = walk.go_on(position, event, _facts(meeting.call))
    return _meet(meeting, position, doings, trees)


def _meet(meeting: Meeting, position: Position, doings: list[Doing], trees: list[CallTree]) -> Meeting:
    """Carries out what is met: until something has to be waited for, or phones ring."""
    conversation, facts = meeting.conversation, _facts(meeting.call)
    meeting.doings = []
    for _stretch in range(_MOST_STRETCHES):
        _note(conversation.call_id, doings)
        meeting.doings += doings
        conversation.position = position.as_json()
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


def _enter(meeting: Meeting, doings: list[Doing]) -> Event | None:
    """Makes the conversation what the last doing says; what came of it at once, None for what is waited for."""
    conversation, last = meeting.conversation, doings[-1]
    _leave_team(meeting)
    if isinstance(last, Wait):
        ring = next(doing for doing in reversed(doings) if isinstance(doing, RingTeam))
        return _join(meeting, ring, last)
    if isinstance(last, RingAgent):
        conversation.terms = terms_of_agent(last)
        meeting.rung = at_the_door(conversation)
        return None if meeting.rung else Event(EventKind.NOT_TAKEN)
    conversation.state = _STATES.get(type(last), State.ENDED)
    return None


_STATES: dict[type[Doing], str] = {
    Ask: State.ON_ROUTE,
    DialNumber: State.DIALLING,
    TakeMessage: State.MESSAGE,
    End: State.ENDED,
}


def _join(meeting: Meeting, ring: RingTeam, wait: Wait) -> Event | None:
    """The caller comes to a team: somebody's phone rings at once, or the caller waits if anybody is there at all."""
    conversation, call, now = meeting.conversation, meeting.call, timezone.now()
    conversation.team_id, conversation.waiting_since = ring.team, now
    conversation.priority, conversation.place_at = ring.priority, now - ring.priority * PRIORITY_STEP
    conversation.terms, conversation.skill = terms_of_team(ring, wait, call)
    conversation.terms["why"] = _why(meeting.doings)
    conversation.state, conversation.send_on, conversation.not_before = State.WAITING, "", None
    meeting.rung = at_the_door(conversation)
    if not meeting.rung and ring.team not in teams_at_work([ring.team]):
        _leave_team(meeting)
        return Event(EventKind.NOBODY)
    call.waiting_since, call.waited = call.waiting_since or now, None
    Call.objects.filter(pk=call.sid).update(waiting_since=call.waiting_since, waited=None)
    return None


def _why(doings: list[Doing]) -> Any:
    """What the caller chose before, for whoever looks at the queue; "" for nothing."""
    chosen = [doing for doing in doings if isinstance(doing, Passed)]
    return as_json(chosen[-1].said) if chosen else ""


def _leave_team(meeting: Meeting) -> None:
    """What a caller who goes on elsewhere waited is known now."""
    conversation, call = meeting.conversation, meeting.call
    if conversation.team_id is None:
        return
    conversation.team_id, conversation.send_on = None, ""
    if call.waiting_since is not None and call.waited is None:
        call.waited = max(0, round((timezone.now() - call.waiting_since).total_seconds()))
        Call.objects.filter(pk=call.sid).update(waited=call.waited)


def _wait_on(meeting: Meeting, trees: list[CallTree]) -> Meeting:
    """Back among those who wait: somebody's phone rings, or the caller hears the music on, or has waited enough."""
    conversation = meeting.conversation
    if is_due(conversation, timezone.now()):
        return _go_on(meeting, Event(EventKind.WAITED), trees)
    # Whether anybody is there at all is looked at beside this (`calls.live.mending`): a page that is loaded again is
    # gone for a moment, too.
    meeting.rung = at_the_door(conversation)
    return _settled(meeting, trees)


def _ring(meeting: Meeting) -> Meeting:
    """The caller was fetched: the phones that were to ring do."""
    conversation = meeting.conversation
    offers = CallOffer.objects.filter(
        call=conversation.call_id, attempt=conversation.attempt, state=CallOffer.State.RINGING
    ).select_related("agent")
    meeting.rung = [offer.agent for offer in offers]
    if not meeting.rung:
        conversation.state = State.WAITING
        return _wait_on(meeting, [])
    CallOffer.objects.filter(pk__in=[offer.pk for offer in offers]).update(rung_at=timezone.now())
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
        tell_offered(trees, meeting.rung)
    else:
        broadcasts.after_commit(trees=trees)
    # Agents may be free whom somebody else waits for.
    dispatcher.wake_after_commit()
    return meeting


def _over(meeting: Meeting, trees: list[CallTree]) -> Meeting:
    conversation = meeting.conversation
    waited = conversation.state in (State.WAITING, State.OFFERED) and meeting.call.answer_time is None
    conversation.state = State.ABANDONED if waited else State.ENDED
    meeting.doings = []
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
