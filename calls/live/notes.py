"""What is said on a call's time line of what was decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls.models import CallEvent
from core.languages import Sentence, as_json

if TYPE_CHECKING:
    from agents.models import Agent


def note(sid: str, said: Sentence | str, agent: Agent | None = None, *, name: str = "handling") -> None:
    """`name`: of what kind it is, as programs read it."""
    CallEvent.objects.create(
        call_sid=sid,
        kind=CallEvent.Kind.ROUTE,
        name=name,
        outcome=str(said)[:255],
        detail={"said": as_json(said)},
        agent=agent,
    )
