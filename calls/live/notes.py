"""What is said on a call's time line of what was decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls.models import CallEvent, Participant
from core.languages import Sentence, as_json

if TYPE_CHECKING:
    from agents.models import Agent


def note(
    sid: str, said: Sentence | str, agent: Agent | None = None, *, name: str = "handling", is_shown: bool = True
) -> None:
    """`name`: of what kind it is, as programs read it. `is_shown`: to others than supervisors."""
    CallEvent.objects.create(
        call_sid=sid,
        kind=CallEvent.Kind.ROUTE,
        name=name,
        outcome=str(said)[:255],
        detail={"said": as_json(said), **({} if is_shown else {"shown": False})},
        agent=agent,
    )


def supervision_noted(one: Participant, outcome: str) -> None:
    """What a supervisor does in a call from now on: a mode, `take-over`, or `end`. Agents are shown what they hear, and
    the rest as the team's setting says."""
    is_shown = one.is_shown or outcome in (Participant.Mode.JOIN, "take-over") or (outcome == "end" and one.was_heard)
    CallEvent.objects.create(
        call_sid=one.room_id,
        kind=CallEvent.Kind.ACTION,
        name="supervise",
        outcome=outcome,
        agent=one.agent,
        detail={"shown": is_shown},
    )


def supervision_last_noted(one: Participant) -> str:
    """What a supervisor was last noted to do in the call, as in `supervision_noted`; "" for nothing."""
    noted = CallEvent.objects.filter(call_sid=one.room_id, name="supervise", agent=one.agent)
    modes = (*Participant.Mode.values, "take-over", "end")
    return noted.filter(outcome__in=modes).order_by("-at", "-pk").values_list("outcome", flat=True).first() or ""
