"""Supervisors who listen to a call, are heard by its agent alone, join it, or take it over: noted first. Then the
supervisor's own browser calls, and is let in (`calls.rooms.coming`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_noop as _

from calls.live.locks import locking_offers
from calls.live.notes import supervision_last_noted, supervision_noted
from calls.live.presence import sids_at
from calls.models import Participant
from calls.rooms.driving import drive
from calls.rooms.inside import Inside, Mode, Role, State
from calls.rooms.lifting import NOT_TALKING, lift
from calls.rooms.refusing import NO_PHONE, NotPossible
from core.sql.statements import fetch

if TYPE_CHECKING:
    from agents.models import Agent

TAKE_OVER = "take-over"
_IN_ANOTHER = _("You are in another call. End it first.")
_NOT_COME = _("Your phone has not come into the call yet. Try again in a moment.")
_YOURS = _("You talk on this call already.")
_TAKEN_OVER = _("Somebody else is taking over this call.")


def supervise(sid: str, mode: str, *, by: Agent) -> None:
    """`mode`: one of `Participant.Mode`, or `take-over`. Raises `NotPossible`, and `TelephonyError` when Twilio
    refused, after which it is as it was before."""
    if _note(sid, mode, by):
        drive(sid)


@transaction.atomic
def _note(sid: str, mode: str, by: Agent) -> bool:
    """False for what is so already."""
    inside = Inside(sid)
    lift(inside)
    if inside.is_led or not any(one.role == Role.AGENT for one in inside.others):
        raise NotPossible(NOT_TALKING)
    takes_over, wanted = mode == TAKE_OVER, Mode.JOIN if mode == TAKE_OVER else mode
    one = inside.of_agent(by)
    if one is not None and not one.is_supervisor:
        if takes_over and one.takes_over:
            return False
        raise NotPossible(_YOURS)
    if takes_over and any(each.takes_over and each.wanted_in for each in inside.supervisors if each is not one):
        raise NotPossible(_TAKEN_OVER)
    if one is None:
        one = _add(inside, by)
    elif (one.mode, one.takes_over) == (wanted, takes_over):
        if supervision_last_noted(one) != mode:
            # Twilio did not do what was wanted before, and nobody is known to want this.
            supervision_noted(one, mode)
        return False
    elif one.state == State.CALLING:
        raise NotPossible(_NOT_COME)
    agent = inside.agent_inside()
    leg = agent.leg_sid if agent is not None and wanted == Mode.WHISPER else one.coached_leg
    if leg != one.coached_leg:
        # By whom somebody is heard is not known of another.
        one.coached_leg, one.coaching = leg, False
    one.mode, one.takes_over, one.asked_at = wanted, takes_over, None
    inside.changed(one)
    inside.supervise_changed(one)
    supervision_noted(one, mode)
    inside.finish()
    return True


def _add(inside: Inside, by: Agent) -> Participant:
    if not by.may_make_calls:
        raise NotPossible(NO_PHONE)
    # Nobody is offered a caller between the question and the note.
    fetch(*locking_offers())
    supervised = Participant.objects.filter(agent=by, role=Role.SUPERVISOR, state__in=[State.CALLING, State.IN])
    if sids_at(by.pk).keys() - {inside.the_root.sid} or supervised.exists():
        raise NotPossible(_IN_ANOTHER)
    line = inside.the_root.line
    return inside.add(Role.SUPERVISOR, agent=by, is_shown=line is None or line.team.supervision_is_shown)
