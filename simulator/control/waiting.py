"""Who waits in which queue, and who is in which conference."""

from __future__ import annotations

from starlette.requests import Request

from simulator.engine.calls import CallEngine
from simulator.inspector import Json


async def list_conferences(engine: CallEngine, request: Request) -> Json:
    return {"conferences": [conference.as_json() for conference in engine.conferences.values()]}


async def list_queues(engine: CallEngine, request: Request) -> Json:
    return {"queues": engine.queues.as_json()}
