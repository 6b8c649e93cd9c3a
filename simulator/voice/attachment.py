"""`POST /sim/calls/{sid}/audio`: a browser's microphone and loudspeaker for a simulated telephone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from simulator.voice.peer import BadDescription
from simulator.voice.telephone import Telephone

if TYPE_CHECKING:
    from simulator.ports import Engine


def attachment_route(engine: Engine) -> Route:
    """Takes `{"sdp", "type": "offer"}` and answers `{"sdp", "type": "answer"}`."""

    async def attach(request: Request) -> JSONResponse:
        leg = engine.find_leg(request.path_params["sid"])
        if leg is None:
            return _problem(404, "There is no such call")
        if not isinstance(leg.endpoint, Telephone):
            return _problem(409, "The party of this call is a browser, not a telephone")
        try:
            body = json.loads(await request.body())
            offer = body["sdp"] if body["type"] == "offer" else None
        except (ValueError, KeyError, TypeError):
            offer = None
        if not isinstance(offer, str):
            return _problem(400, 'Expected {"sdp": …, "type": "offer"}')
        try:
            answer = await leg.endpoint.attach(offer)
        except BadDescription as error:
            return _problem(400, str(error))
        except LookupError:
            return _problem(409, "The call is over")
        return JSONResponse({"sdp": answer, "type": "answer"})

    return Route("/sim/calls/{sid}/audio", attach, methods=["POST"])


def _problem(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status)
