"""A hand-made log: calls of one day, each by what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from calls.models import Call, CallOffer, Conversation
from routing.models import Line
from tests import factories

_numbers = iter(range(1000, 100_000))


def came(line: Line, at: datetime, *, team: Any = None, state: str = "", **values: Any) -> Call:
    """Somebody called the line. With a `state`, on a route: `team` is the one whose queue the caller was in last."""
    call = factories.make_call(
        next(_numbers),
        **({"line": line, "called": line.number, "direction": "inbound", "start_time": at} | values),
    )
    if state:
        Conversation.objects.create(call=call, team=team, state=state)
    return call


def answered(line: Line, at: datetime, after: int, **values: Any) -> Call:
    """Somebody of us answered after so many seconds."""
    times = {"answer_time": at + timedelta(seconds=after), "end_time": at + timedelta(seconds=after + 60)}
    return came(line, at, result="answered", **(times | values))


def waited(line: Line, at: datetime, seconds: int, **values: Any) -> Call:
    """Waited in a queue for so long, which ended as `values` say."""
    return came(line, at, waiting_since=at, waited=seconds, **values)


def hung_up_while_ringing(line: Line, at: datetime, after: int, agent: Any, **values: Any) -> Call:
    """On a line without a route, where phones ring at once."""
    call = came(line, at, result="missed", end_time=at + timedelta(seconds=after), **values)
    CallOffer.objects.create(call=call, agent=agent, state="ended", reason="caller-hung-up", created_at=at)
    return call
