"""Who waits where."""

from __future__ import annotations

from starlette.requests import Request

from simulator.engine.calls import CallEngine
from simulator.inspector import Json


async def list_queues(engine: CallEngine, request: Request) -> Json:
    return {"queues": engine.queues.as_json()}
