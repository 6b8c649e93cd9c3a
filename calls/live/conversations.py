"""Callers on routes: what Twilio asks about them, and which way they go by it.

What comes next is decided by `routing.walk` from where the caller is, which is kept here and never taken from a field
of a request, and by `calls.live.dispatch`, where phones are to ring (`calls.live.journey`). Whoever asks holds the
call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from calls.live import broadcasts, call_backs, dispatcher, presence
from calls.live.call_batch import CallBatch
from calls.live.call_tree import NOT_TAKEN
from calls.live.journey import OVER, Meeting, State, facts_for, go_on, meet, over, ring, wait_on
from calls.live.offers import NOT_FETCHED, newest_attempt
from calls.live.queues import front_of
from calls.live.sending_on import send_on, way_on
from calls.live.terms import terms_of_led
from calls.models import Call, CallOffer, CallStatus, Conversation, Direction
from core.sql.statements import new_row
from core.sql.unit import UnitOfWork
from routing import walk
from routing.doings import Event, EventKind

if TYPE_CHECKING:
    from calls.live.call_tree import CallTree


def begin(call: Call, tree: CallTree) -> Meeting:
    """The first things that a caller meets on a line with a route; the same again, when Twilio asks twice."""
    known = Conversation.objects.filter(pk=call.sid).first()
    if known is not None:
        return again(Meeting(call, known))
    conversation = Conversation(call_id=call.sid)
    if call.is_terminal:
        return over(Meeting(call, conversation), [tree])
    facts = facts_for(call)
    if facts.spam is not None:
        call.spam = facts.spam.action
        Call.objects.filter(pk=call.sid).update(spam=call.spam)
    position, doings = walk.start(facts)
    return meet(Meeting(call, conversation), position, doings, [tree])


class Asked:
    """A request about a caller on a route, with the call held. `meeting` is None when there is no such caller."""

    def __init__(self, work: UnitOfWork, sid: str) -> None:
        self.work = work
        self.batch = CallBatch.of(work, sid)
        self.call = self._conversed(sid)
        found = Conversation.objects.filter(pk=self.call.sid).first() if self.call else None
        self.meeting = Meeting(self.call, found) if self.call and found else None

    def _conversed(self, sid: str) -> Call | None:
        """The call itself; of the customer's leg of a call that an agent made, that call."""
        call = self.batch.get(sid)
        if call is None or call.parent_id is None:
            return call
        handled = Conversation.objects.filter(pk=call.parent_id, leg_sid=sid).exists()
        return self.batch.get(call.parent_id) if handled else call

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
    if conversation.state in call_backs.ALL:
        return meeting
    if conversation.state == State.OFFERED:
        states = CallOffer.objects.filter(call=conversation.call_id, attempt=conversation.attempt)
        now = set(states.values_list("state", flat=True))
        if CallOffer.State.RINGING in now and not conversation.answer:
            return ring(meeting)
        if not now & {CallOffer.State.RINGING, CallOffer.State.ANSWERED} and conversation.team_id is not None:
            conversation.state = State.WAITING
            return wait_on(meeting, [])
    meeting.repeated = conversation.answer
    return meeting


def input_came(asked: Asked, turn: int | None, event: Event) -> Meeting | None:
    """The caller pressed keys, said something, or did nothing."""
    meeting = asked.meeting
    if meeting is None:
        return None
    if not asked.is_of(turn) or meeting.conversation.state != State.ON_ROUTE:
        return again(meeting)
    return go_on(meeting, event, asked.trees())


def ring_over(asked: Asked, turn: int | None, *, talked: bool, leg_sid: str = "") -> Meeting | None:
    """Phones rang, and nobody answered; or somebody did, and the talk is over. `leg_sid`: of whom Twilio called, who
    may have answered without taking the call."""
    meeting = asked.meeting
    if meeting is None:
        return None
    if not asked.is_of(turn) or meeting.conversation.state in call_backs.ALL:
        return again(meeting)
    if not talked and meeting.conversation.state == State.DIALLING and leg_sid:
        asked.not_taken(leg_sid)
    trees = asked.trees(dial_over=True)
    if talked or meeting.call.is_terminal:
        return over(meeting, trees)
    conversation = meeting.conversation
    if conversation.team_id is None:
        return go_on(meeting, Event(EventKind.NOT_TAKEN), trees)
    conversation.state = State.WAITING
    return wait_on(meeting, trees)


def left_queue(asked: Asked, turn: int | None, result: str) -> Meeting | None:
    """Twilio's queue let the caller go, or never took the caller in."""
    meeting = asked.meeting
    if meeting is None:
        return None
    if meeting.conversation.state in call_backs.ALL and meeting.call.is_terminal:
        broadcasts.after_commit(trees=asked.trees())
    if not asked.is_of(turn) or meeting.conversation.state in call_backs.ALL:
        return again(meeting)
    if result in ("hangup", "bridged", "bridging-in-process", "redirected-from-bridged") or meeting.call.is_terminal:
        return over(meeting, asked.trees())
    if result in ("queue-full", "error", "system-error") and meeting.conversation.state == State.WAITING:
        return go_on(meeting, Event(EventKind.FULL), asked.trees())
    return fetched(asked, turn)


def fetched(asked: Asked, turn: int | None) -> Meeting | None:
    """A waiting caller has come out of the queue: on to what the conversation says, whoever asks first."""
    meeting = asked.meeting
    if meeting is None:
        return None
    conversation = meeting.conversation
    if turn is not None and turn > conversation.turn and meeting.call.is_handled:
        # Was to be handed over, Twilio refused, and it was taken back; and now the caller comes all the same.
        _parted(asked, meeting)
        return wait_on(meeting, asked.trees())
    if not asked.is_of(turn):
        return again(meeting)
    if conversation.state == State.OFFERED:
        return ring(meeting)
    if conversation.state != State.WAITING:
        return again(meeting)
    trees = asked.trees()
    if conversation.send_on:
        meeting.nobody_left = conversation.send_on == EventKind.NOBODY
        return go_on(meeting, Event(EventKind(conversation.send_on)), trees)
    return wait_on(meeting, trees)


def _parted(asked: Asked, meeting: Meeting) -> None:
    """The caller talks with nobody any more, and comes to the front of the queue. Whoever rang or answered before has
    nothing to do with it."""
    call, conversation, now = meeting.call, meeting.conversation, timezone.now()
    asked.batch.end_offers(call, NOT_FETCHED)
    conversation.attempt = newest_attempt(conversation)
    call.round, call.agent, call.known_handling = conversation.attempt + 1, None, None
    conversation.terms = terms_of_led(conversation.terms, language=meeting.language)
    conversation.state, conversation.send_on, conversation.not_before = State.WAITING, "", None
    conversation.priority, conversation.skill = 0, ""
    conversation.waiting_since, conversation.place_at = now, front_of(conversation, now)


def must_leave_queue(asked: Asked, *, wishes_to: bool) -> bool:
    """Whether a caller who hears the queue's music is to come out of it: somebody's phone is to ring, the longest wait
    is over, nobody is there any more (nor the team, when it was deleted), or the caller wishes to (a key)."""
    meeting = asked.meeting
    if meeting is None:
        return True
    conversation = meeting.conversation
    if conversation.state == State.ABANDONED and not meeting.call.is_terminal:
        # Twilio said that there is no such call, and the caller hears our music: waits on, in the old place.
        conversation.state = State.WAITING
        conversation.save(update_fields=["state"])
        dispatcher.wake_after_commit()
    if conversation.state != State.WAITING:
        return conversation.state not in OVER
    noted = conversation.send_on
    must_go = send_on(conversation, EventKind.WAITED if wishes_to else way_on(conversation, timezone.now()))
    if conversation.send_on != noted:
        conversation.save(update_fields=["send_on"])
    return must_go


def wants_call_back(asked: Asked) -> None:
    """Whoever waits wishes to be called back. What is not offered is not heard."""
    meeting = asked.meeting
    if meeting is None or meeting.conversation.state != State.WAITING or meeting.conversation.send_on:
        return
    if call_backs.is_offered(meeting.conversation, timezone.now()) and not meeting.call.is_terminal:
        call_backs.ask(meeting.conversation)


def led_back(asked: Asked, turn: int | None) -> Meeting | None:
    """Our answer of that turn, or to what was asked in it, never reached the caller, who asks again: goes on from where
    the conversation is. None for whoever is on no route any more."""
    meeting = asked.meeting
    if meeting is None or meeting.conversation.state == State.LOST:
        return None
    conversation = meeting.conversation
    if meeting.call.is_terminal or _talked_last(meeting):
        return again(meeting) if conversation.state in OVER | call_backs.ALL else over(meeting, asked.trees())
    if conversation.state == State.ABANDONED:
        conversation.state = State.WAITING
    if not asked.is_of(turn) or conversation.state == State.ON_ROUTE:
        return again(meeting)
    has_rung = conversation.state == State.OFFERED and conversation.answer
    if has_rung or conversation.state == State.DIALLING:
        return ring_over(asked, turn, talked=False)
    return fetched(asked, turn)


def _talked_last(meeting: Meeting) -> bool:
    """Whether somebody took the call who was rung for this caller last."""
    conversation = meeting.conversation
    if conversation.state == State.DIALLING:
        return meeting.call.answer_time is not None
    offers = CallOffer.objects.filter(call=conversation.pk, attempt=conversation.attempt)
    return conversation.state == State.OFFERED and offers.filter(state=CallOffer.State.ANSWERED).exists()


def lost(work: UnitOfWork, sid: str) -> None:
    """Twilio could not use our answer, and the caller got another: nobody is offered this caller any more."""
    asked = Asked(work, sid)
    if asked.call is None or asked.meeting is None or asked.meeting.conversation.state in OVER:
        return
    if asked.meeting.conversation.state in (State.BACK_OFFERED, State.CALLING_BACK):
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
