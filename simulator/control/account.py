"""The account as a whole: its limits, where it may call, who waits in which queue, and who is in which conference."""

from __future__ import annotations

import re

from starlette.requests import Request

from simulator.control.common import Problem, read_body
from simulator.engine.calls import CallEngine
from simulator.inspector import Json

MOST_CALLS = 100_000
MOST_RATE = 1000
MOST_PREFIXES = 1000
_PREFIX = re.compile(r"\+[1-9]\d{0,14}")


async def list_conferences(engine: CallEngine, request: Request) -> Json:
    return {"conferences": [conference.as_json() for conference in engine.conferences.values()]}


async def list_queues(engine: CallEngine, request: Request) -> Json:
    return {"queues": engine.queues.as_json()}


async def show_limits(engine: CallEngine, request: Request) -> Json:
    return dict(engine.limits.as_json())


async def set_limits(engine: CallEngine, request: Request) -> Json:
    """What is left out, or null, is without a limit."""
    body = await read_body(request)
    calls, rate = body.get("concurrent_calls"), body.get("calls_per_second")
    if calls is not None and (isinstance(calls, bool) or not isinstance(calls, int) or not 0 <= calls <= MOST_CALLS):
        raise Problem(f"concurrent_calls: expected a whole number, 0 to {MOST_CALLS}, or null")
    if rate is not None and (isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate <= MOST_RATE):
        raise Problem(f"calls_per_second: expected a number above 0, {MOST_RATE} at most, or null")
    engine.limits.set(calls, rate)
    return dict(engine.limits.as_json())


async def show_permissions(engine: CallEngine, request: Request) -> Json:
    return {"forbidden": sorted(engine.limits.forbidden)}


async def set_permissions(engine: CallEngine, request: Request) -> Json:
    """Where the account may not call; left out, or empty, it may call everywhere."""
    given = (await read_body(request)).get("forbidden", [])
    if not isinstance(given, list) or len(given) > MOST_PREFIXES:
        raise Problem(f"forbidden: expected a list of beginnings of numbers, {MOST_PREFIXES} at most")
    if not all(isinstance(one, str) and _PREFIX.fullmatch(one) for one in given):
        raise Problem("forbidden: expected beginnings of numbers, each with + and the country's code")
    engine.limits.forbidden = frozenset(given)
    return await show_permissions(engine, request)
