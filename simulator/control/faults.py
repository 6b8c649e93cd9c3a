"""Faults on purpose: setting, seeing and clearing the rules."""

from __future__ import annotations

from starlette.requests import Request

from simulator.control.common import Problem, read_body
from simulator.engine.calls import CallEngine
from simulator.faults import BadRuleError
from simulator.inspector import Json


async def show_faults(engine: CallEngine, request: Request) -> Json:
    """The rules in force, and how often each has struck."""
    return engine.faults.as_json()


async def set_faults(engine: CallEngine, request: Request) -> Json:
    """Puts these rules in the place of all others."""
    try:
        engine.faults.replace(await read_body(request))
    except BadRuleError as error:
        raise Problem(str(error)) from error
    return engine.faults.as_json()


async def clear_faults(engine: CallEngine, request: Request) -> Json:
    engine.faults.clear()
    return engine.faults.as_json()
