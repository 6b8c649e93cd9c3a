"""What goes wrong on purpose between the product and the REST API."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from simulator.faults import Kind, Occasion, Rule
from simulator.rest.errors import MESSAGES, ApiError
from simulator.severed import NoAnswer

if TYPE_CHECKING:
    from simulator.engine.calls import CallEngine

TOO_MANY_REQUESTS = 20429
SERVER_ERROR = 20500

API_KINDS = (Kind.REST_ERROR, Kind.REST_RATE_LIMIT, Kind.REST_TIMEOUT, Kind.REST_SLOW)


def drawn(engine: CallEngine, request: Request) -> Rule | None:
    """The rule that strikes this request."""
    sid = str(request.path_params.get("call", ""))
    leg = engine.find_leg(sid)
    message_sid = str(request.path_params.get("message", ""))
    message = engine.world.messages.get(message_sid)
    occasion = Occasion(
        request.url.path,
        leg.status if leg else "",
        (sid,) if sid else (),
        message.status if message else "",
        message_sid,
        request.method,
    )
    # A cut comes first wherever it stands in the list: what cannot arrive cannot be served late either.
    return engine.faults.draw(occasion, Kind.NETWORK_CUT) or engine.faults.draw(occasion, *API_KINDS)


def instead(rule: Rule | None) -> Response | None:
    """What the request is answered with, without its being looked at; None when it is served."""
    if rule is None:
        return None
    if rule.kind is Kind.NETWORK_CUT:
        return NoAnswer()
    if rule.kind is Kind.REST_ERROR:
        return _refused(rule).response()
    if rule.kind is Kind.REST_RATE_LIMIT:
        response = ApiError(TOO_MANY_REQUESTS).response()
        response.headers["Retry-After"] = str(math.ceil(rule.seconds))
        return response
    return None


def _refused(rule: Rule) -> ApiError:
    """Of a code that the simulator itself never answers, no words are known."""
    known = rule.code is None or rule.code in MESSAGES
    error = ApiError(rule.code or SERVER_ERROR if known else SERVER_ERROR, status=rule.status)
    if rule.code is not None and not known:
        error.code, error.message = rule.code, "Refused on purpose"
    return error


async def delivered(rule: Rule | None, response: Response) -> Response:
    """What becomes of an answer on its way. With `rest-timeout` the request was served: only nobody will know."""
    if rule is not None and rule.kind is Kind.REST_TIMEOUT:
        return NoAnswer(rule.seconds)
    if rule is not None and rule.kind is Kind.REST_SLOW:
        await asyncio.sleep(rule.seconds)
    return response
