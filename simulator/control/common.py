"""What the handlers of the control API share: bodies, problems, and finding calls."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.engine.calls import CallEngine
from simulator.inspector import Json
from simulator.leg import CallLeg

Handler = Callable[[CallEngine, Request], Awaitable[Json | Response]]


class Problem(Exception):
    """Why a request cannot be served, as a sentence for whoever sent it."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status

    def response(self) -> JSONResponse:
        return JSONResponse({"error": str(self)}, self.status)


def control_route(engine: CallEngine, path: str, handler: Handler, method: str = "GET") -> Route:
    async def serve(request: Request) -> Response:
        try:
            answer = await handler(engine, request)
        except Problem as problem:
            return problem.response()
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    return Route(path, serve, methods=[method])


async def read_body(request: Request) -> Json:
    """The JSON object of a request; an empty body is an empty object."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError as error:
        raise Problem("The body is no JSON") from error
    if not isinstance(body, dict):
        raise Problem("The body must be a JSON object")
    return body


def is_sound(text: str) -> bool:
    """Whether a text can be sent as UTF-8. JSON can hold halves of characters, which cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def find_leg(engine: CallEngine, request: Request) -> CallLeg:
    leg = engine.find_leg(request.path_params["sid"])
    if leg is None:
        raise Problem("There is no such call", 404)
    return leg


def find_telephone_leg(engine: CallEngine, request: Request) -> CallLeg:
    leg = find_leg(engine, request)
    if leg.party != "telephone":
        what = "a browser" if leg.party == "client" else "another call"
        raise Problem(f"The party of this call is {what}, not a telephone", 409)
    return leg
