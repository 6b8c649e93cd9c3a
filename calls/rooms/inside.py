"""A call with its room and all who are in it, held until the transaction ends."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from calls.live import broadcasts, dispatcher, presence, supervision_broadcasts
from calls.live.call_batch import CallBatch
from calls.live.call_tree import is_customer_of
from calls.live.dispatch import tell_offered
from calls.live.notes import supervision_noted
from calls.models import Call, CallOffer, CallStatus, Conversation, Direction, Participant, Room, Transfer
from calls.rooms import due
from core.sql.unit import UnitOfWork
from routing.walk import Position

if TYPE_CHECKING:
    from agents.models import Agent

LIVING = (Room.State.LIFTING, Room.State.OPEN)
State, Role, Mode = Participant.State, Participant.Role, Participant.Mode
ON_THE_WAY = frozenset(
    {Conversation.State.WAITING, Conversation.State.OFFERED, Conversation.State.DIALLING, Conversation.State.MESSAGE}
)


class Inside:
    """`root` is None for a call that is not known. What is changed of it is kept by `finish`."""

    def __init__(self, sid: str, work: UnitOfWork | None = None) -> None:
        self.work = work or UnitOfWork()
        self.batch = CallBatch.of(self.work, sid)
        self.root = self._root(sid)
        known = self.root.sid if self.root else sid
        self.room = Room.objects.filter(pk=known).first()
        self.participants = list(Participant.objects.filter(room=known).select_related("agent").order_by("pk"))
        self.conversation = Conversation.objects.filter(pk=known).first()
        self.transfer = (
            Transfer.objects.filter(call=known, state__in=Transfer.OPEN).select_related("participant").first()
        )
        # Whose phones are to ring for the call, and are told of it first.
        self.offered: list[Agent] = []
        # Who was wanted, and has been called in vain.
        self.never_came: list[Participant] = []
        self._left: set[int] = set()
        self._changed: dict[int, Participant] = {}
        self._supervising: set[int] = set()

    def _root(self, sid: str) -> Call | None:
        call = self.batch.get(sid)
        return call if call is None or call.parent_id is None else self.batch.get(call.parent_id)

    @property
    def the_root(self) -> Call:
        """For whoever has looked whether there is one."""
        if self.root is None:
            raise LookupError
        return self.root

    @property
    def the_room(self) -> Room:
        if self.room is None:
            raise LookupError
        return self.room

    @property
    def is_living(self) -> bool:
        return self.room is not None and self.room.state in LIVING

    @property
    def ringing_on(self) -> list[Participant]:
        """Whose phones ring for a room that is over; and who is perhaps there still, with nobody: from another place,
        or where the customer never came."""
        calling = [one for one in self.participants if one.leg_sid and (one.state == State.CALLING or one.is_left_over)]
        return [] if self.is_living else calling

    @property
    def present(self) -> list[Participant]:
        """In the room now, or on the way into it."""
        return [one for one in self.participants if one.state != State.LEFT] if self.is_living else []

    @property
    def customer(self) -> Participant | None:
        return next((one for one in self.present if one.role == Role.CUSTOMER), None)

    @property
    def others(self) -> list[Participant]:
        return [one for one in self.present if one.role != Role.CUSTOMER]

    @property
    def supervisors(self) -> list[Participant]:
        return [one for one in self.others if one.is_supervisor]

    @property
    def talkers(self) -> list[Participant]:
        """Those whom the customer talks with; whoever only supervises does not count."""
        return [one for one in self.others if not one.is_supervisor]

    @property
    def parked(self) -> Participant | None:
        """Whoever is to come back to the customer, who waits for that with music (`calls.rooms.parking`)."""
        return next((one for one in self.participants if one.parked_at is not None), None) if self.is_living else None

    def agent_inside(self) -> Participant | None:
        """The agent who has the call, in the room."""
        agents = [one for one in self.others if one.role == Role.AGENT and one.state == State.IN and one.leg_sid]
        return next((one for one in agents if one.agent_id == self.the_root.agent_id), next(iter(agents), None))

    @property
    def has_agent(self) -> bool:
        """Whether an agent is in the room, or on the way there: somebody who can take the customer off hold."""
        return any(one.role == Role.AGENT and one.wanted_in and one.state != State.LEFT for one in self.others)

    def by_leg(self, leg: str) -> Participant | None:
        return next((one for one in reversed(self.participants) if leg and leg in (one.leg_sid, one.label)), None)

    def of_agent(self, agent: Agent) -> Participant | None:
        return next((one for one in self.others if one.agent_id == agent.pk), None)

    # --- legs -------------------------------------------------------------------------------------------------------

    def legs(self) -> list[Call]:
        root = self.root
        supervising = {one.leg_sid for one in self.participants if one.is_supervisor}
        found = [
            call
            for call in self.batch.calls.values()
            if root is not None and call.parent_id == root.sid and call.sid not in supervising
        ]
        return sorted(found, key=lambda leg: (leg.start_time, leg.sid))

    def customer_leg(self) -> Call | None:
        root = self.root
        if root is None or root.incoming:
            return root
        return next((leg for leg in reversed(self.legs()) if is_customer_of(leg, root)), None)

    def agent_leg(self) -> Call | None:
        """The leg of whoever talks with the customer, outside of rooms."""
        root = self.root
        if root is None:
            return None
        if root.is_internal:
            # The other leg's agent was called, and stands in the customer's place.
            return root if root.leg_end_time is None else None
        talking = [leg for leg in self.legs() if leg.agent_id and leg.status == CallStatus.IN_PROGRESS]
        if talking:
            return talking[-1]
        is_own = not root.incoming and root.leg_end_time is None and root.agent_id is not None
        return root if is_own and not root.round else None

    @property
    def is_led(self) -> bool:
        """Whether the customer is on the way to somebody else, or waits for that, and goes out of the room by that."""
        known = self.conversation
        return known is not None and known.state in ON_THE_WAY and bool(self.root and self.root.round)

    @property
    def talks(self) -> bool:
        """Whether the customer talks with an agent, outside of rooms or in one."""
        customer, agent = self.customer_leg(), self.agent_leg()
        if customer is None or agent is None or customer.is_terminal:
            return False
        return agent is not self.root or customer.status == CallStatus.IN_PROGRESS

    @property
    def language(self) -> str:
        """In which the customer is spoken to."""
        position = Position.of_json(self.conversation.position) if self.conversation else None
        line = self.root.line if self.root else None
        return (position.language if position else "") or (line.language if line else "")

    # --- changes ----------------------------------------------------------------------------------------------------

    def add(self, role: str, **facts: object) -> Participant:
        one = Participant(room=self.the_room, label=f"p{secrets.token_hex(10)}", role=role, **facts)
        one.save()
        self.participants.append(one)
        return one

    def changed(self, *participants: Participant) -> None:
        self._changed.update({one.pk: one for one in participants})

    def time_of(self, told: datetime | None) -> datetime:
        """When what Twilio tells now has happened: callbacks come late. Not before there was a room, and not to come,
        however its clock goes."""
        now = timezone.now()
        return now if told is None else min(now, max(told, self.the_room.created_at))

    def out(self, one: Participant, at: datetime | None = None) -> None:
        """Has left, or never came. `at`: until when somebody on hold was so. Who left after whom follows from when we
        were told (`calls.rooms.follow`): Twilio's clock is another, and has whole seconds."""
        if one.state == State.LEFT:
            return
        self.held_is(one, False, at)
        if one.is_supervisor:
            supervision_noted(one, "end")
            self.supervise_changed(one)
        if one.wanted_in and one.joined_at is None and self.is_called_by_twilio(one):
            self.never_came.append(one)
        if one.agent_id and not one.is_supervisor:
            self._left.add(one.agent_id)
        one.state, one.left_at, one.wanted_in = State.LEFT, timezone.now(), False
        self.changed(one)

    def is_called_by_twilio(self, one: Participant) -> bool:
        """Whether it is somebody whom Twilio calls into the room; the others were lifted, or come by the own phone."""
        leg = self.batch.get(one.leg_sid)
        return not one.comes_by_own_phone and (leg is None or leg.direction == Direction.OUTBOUND_API)

    def hang_up_on_who_came(self, one: Participant) -> bool:
        """The room is not opened: whoever came there by the own phone is alone, and is hung up on. Whether it is so."""
        if not one.comes_by_own_phone or not one.leg_sid or one.state == State.LEFT:
            return False
        one.state, one.wanted_in, one.asked_at, one.hung_up = State.CALLING, False, None, True
        self.changed(one)
        return True

    def supervise_changed(self, *supervisors: Participant) -> None:
        """Their desks are to be told which call they supervise, or that they supervise none."""
        self._supervising |= {one.agent_id for one in supervisors if one.agent_id}

    def end_offer(self, one: Participant) -> None:
        """A colleague's phone rings no more."""
        offers = CallOffer.objects.filter(call=self.root, agent=one.agent_id, is_consultation=True)
        offers.filter(state=CallOffer.State.RINGING).update(
            state=CallOffer.State.ENDED, reason="canceled", ended_at=timezone.now()
        )

    def send_away(self, one: Participant) -> None:
        """Is to leave, or to be called no more."""
        if one.is_called_in_vain:
            return
        one.wanted_in, one.asked_at = False, None
        self.end_offer(one)
        if not one.leg_sid:
            self.out(one)
        self.changed(one)

    def held_is(self, one: Participant, held: bool, at: datetime | None = None) -> None:
        """What Twilio says, and since when (`time_of`); the time of the customer's is counted."""
        if one.held == held:
            return
        at = at or timezone.now()
        if one.held and one.held_since and one.role == Role.CUSTOMER and self.room is not None:
            self.room.held_seconds += max(0, round((at - one.held_since).total_seconds()))
        one.held, one.held_since = held, max(at, one.joined_at or at) if held else None
        self.changed(one)

    def keep_quietly(self) -> None:
        """What nobody is shown."""
        for one in self._changed.values():
            one.save()
        self._changed.clear()
        if self.room is not None:
            self.room.save()

    def finish(self) -> None:
        """Keeps it all, and has the desks told. In the transaction that holds the call."""
        self.keep_quietly()
        supervision_broadcasts.supervising_changed(self._supervising)
        self._supervising = set()
        if self.root is None:
            return
        self.root.known_handling = None
        self.root.is_handled = True
        self.batch.changed(self.root)
        trees = self.batch.settle()
        for tree in trees:
            if tree.root.sid == self.root.sid:
                tree.left_agent_ids |= self._left
        self.work.flush()
        presence.calls_followed(trees)
        if self.offered:
            tell_offered(trees, {tree.root.sid: self.offered for tree in trees})
        else:
            broadcasts.after_commit(trees=trees)
        dispatcher.wake_after_commit()
        due.after_commit()
