"""What becomes of calls that were handed over, as it follows from their legs: in the transaction that stores those."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from calls.live import lost_callers, supervision_broadcasts
from calls.live.notes import note, supervision_noted
from calls.models import CallOffer, CallStatus, Conversation, Participant, Room, Transfer
from core.languages import kept as _
from core.text import in_sentence

if TYPE_CHECKING:
    from agents.models import Agent
    from calls.live.call_tree import CallTree
    from calls.models import Call

NOBODY_TOOK_IT = gettext_noop("Nobody took the call: it is yours again.")
CALLER_GONE = gettext_noop("The caller hung up.")


def followed(trees: Iterable[CallTree]) -> None:
    for tree in trees:
        root = tree.root
        if not root.is_handled:
            continue
        answered = [
            offer
            for offer in tree.changed_offers
            if offer.state == CallOffer.State.ANSWERED and offer.attempt >= root.round and not offer.is_consultation
        ]
        if root.is_terminal:
            over(root)
            _had_it(tree, answered[-1].agent if root.round and answered else None)
            continue
        if root.round and answered:
            _taken(root, answered[-1].agent)
        elif any(leg.status == CallStatus.IN_PROGRESS and leg.agent_id is None for leg in tree.touched):
            _number_taken(tree)


def over(root: Call) -> None:
    """The customer is gone: nothing more comes of what was begun."""
    now = timezone.now()
    Transfer.objects.filter(call=root.sid, state__in=Transfer.OPEN).update(
        state=Transfer.State.FAILED, problem=CALLER_GONE, ended_at=now
    )
    inside = Participant.objects.filter(room=root.sid).exclude(state=Participant.State.LEFT)
    held = inside.filter(role=Participant.Role.CUSTOMER, held=True, held_since__isnull=False).first()
    if held is not None and held.held_since is not None:
        # Who hangs up on hold was on hold until then.
        seconds = max(0, round(((root.end_time or now) - held.held_since).total_seconds()))
        Room.objects.filter(pk=root.sid).update(held_seconds=F("held_seconds") + seconds)
    supervisors = list(inside.filter(role=Participant.Role.SUPERVISOR).select_related("agent"))
    for one in supervisors:
        if one.state == Participant.State.IN or not one.leg_sid:
            supervision_noted(one, "end")
    supervision_broadcasts.supervising_changed({one.agent_id for one in supervisors if one.agent_id})
    # Whose phone still rings for it is to be hung up on (`calls.rooms.driving`), who came from another place when
    # nobody was there any more, and all who are there where the customer never came: Twilio ends nobody's leg then. The
    # customer is gone, also from a room into which nobody has come yet.
    others = ~Q(role=Participant.Role.CUSTOMER)
    rings = Q(state=Participant.State.CALLING, leg_sid__gt="") & others
    comes = Q(state=Participant.State.IN, leg_sid__gt="") & others
    if Participant.objects.filter(~others, room=root.sid, joined_at__isnull=False).exists():
        comes &= Q(replaces__isnull=False)
    inside.filter(rings).update(wanted_in=False)
    inside.filter(comes, wanted_in=True).update(wanted_in=False, asked_at=now)
    inside.exclude(rings | comes).update(
        state=Participant.State.LEFT, left_at=now, held=False, held_since=None, wanted_in=False
    )
    Participant.objects.filter(room=root.sid, parked_at__isnull=False).update(parked_at=None)
    Room.objects.filter(pk=root.sid).exclude(state=Room.State.OVER).update(state=Room.State.OVER)
    root.known_handling = None


def _had_it(tree: CallTree, agent: Agent | None) -> None:
    """A call that is over was taken, it turns out, by this agent, or by the number to which it was handed over."""
    root = tree.root
    gone = Transfer.objects.filter(
        call=root.sid, state=Transfer.State.FAILED, problem=CALLER_GONE, mode=Transfer.Mode.BLIND
    ).last()
    if gone is None:
        return
    if agent is not None:
        _given(root, gone, agent)
    elif any(leg.called == gone.to_number and leg.answer_time is not None for leg in tree.touched):
        _given_to_number(root, gone)


def _taken(root: Call, agent: Agent) -> None:
    """An agent has answered a caller who was handed over."""
    Conversation.objects.filter(pk=root.sid, state=Conversation.State.OFFERED).update(state=Conversation.State.TALKING)
    root.known_handling = None
    lost_callers.has_again(root.sid, agent)
    transfer = Transfer.objects.filter(call=root.sid, state=Transfer.State.CALLING, mode=Transfer.Mode.BLIND).first()
    _given(root, transfer, agent)


def _given(root: Call, transfer: Transfer | None, agent: Agent) -> None:
    name = in_sentence(agent.name)
    if transfer is None:
        note(root.sid, _("%(name)s has the call now.") % {"name": name}, agent)
        return
    is_back = transfer.from_agent_id == agent.pk
    transfer.state = Transfer.State.RECALLED if is_back else Transfer.State.HANDED_OVER
    transfer.problem, transfer.ended_at = NOBODY_TOOK_IT if is_back else "", timezone.now()
    if not is_back and transfer.to_team_id is None and transfer.to_agent_id != agent.pk:
        # Whoever it was meant for did not take it: the time line says who that was.
        transfer.to_agent, transfer.to_number, transfer.to_name = agent, "", ""
    transfer.save(update_fields=["state", "problem", "ended_at", "to_agent", "to_number", "to_name"])
    said = _("The call came back to %(name)s.") if is_back else _("%(name)s took over the call.")
    note(root.sid, said % {"name": name}, agent)


def _number_taken(tree: CallTree) -> None:
    """The number to which a caller was handed over has answered."""
    root = tree.root
    mine = Transfer.objects.filter(call=root.sid, state=Transfer.State.CALLING, mode=Transfer.Mode.BLIND)
    transfer = mine.exclude(to_number="").first()
    if transfer is None:
        return
    if any(leg.called == transfer.to_number and leg.status == CallStatus.IN_PROGRESS for leg in tree.touched):
        _given_to_number(root, transfer)


def _given_to_number(root: Call, transfer: Transfer) -> None:
    transfer.state, transfer.problem, transfer.ended_at = Transfer.State.HANDED_OVER, "", timezone.now()
    transfer.save(update_fields=["state", "problem", "ended_at"])
    root.known_handling = None
    name = in_sentence(transfer.to_name or transfer.to_number)
    note(root.sid, _("%(name)s took over the call.") % {"name": name})
