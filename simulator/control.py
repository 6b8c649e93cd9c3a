"""The control API under `/sim/`: telephones, faults, what happened. For the page, for tests, for `curl`.

It has no password. It is bound to this computer by default, and a browser may use it only from the simulator's page.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from simulator.engine.calls import CallEngine
from simulator.engine.leg import CallerFacts, CallLeg
from simulator.events import events_endpoint
from simulator.geography import call_fields
from simulator.identifiers import to_e164
from simulator.inspector import Json
from simulator.rest.errors import ApiError
from simulator.webhooks.sender import Webhook
from simulator.world import BEHAVIOURS, DEFAULT_VOICE, Telephone

WITHHELD = frozenset({"anonymous", "unknown", "unavailable", "restricted", "private"})
MAX_HEARD_SECONDS = 30.0


@runtime_checkable
class Hearing(Protocol):
    """A telephone's port that can measure what it hears."""

    async def heard(self, seconds: float) -> dict[str, float]: ...


Handler = Callable[[CallEngine, Request], Awaitable[Json | Response]]


def foreign(connection: HTTPConnection) -> bool:
    """Whether a browser asks on behalf of another page than the simulator's own."""
    origin = connection.headers.get("origin")
    return bool(origin) and urlsplit(str(origin)).netloc != connection.headers.get("host")


def control_routes(engine: CallEngine, voice: object) -> list[BaseRoute]:
    def route(path: str, handler: Handler, method: str = "GET") -> Route:
        async def serve(request: Request) -> Response:
            if foreign(request):
                return _problem(403, "The control API cannot be used from another origin")
            try:
                answer = await handler(engine, request)
            except ApiError as error:
                return _problem(error.status, error.message)
            return answer if isinstance(answer, Response) else JSONResponse(answer)

        return Route(path, serve, methods=[method])

    async def health(engine: CallEngine, request: Request) -> Json:
        voice_health = getattr(voice, "health", None)
        return {
            "legs": len(engine.world.live_calls),
            "tasks": engine.tasks,
            "all_tasks": len(asyncio.all_tasks()),
            "sockets": engine.inspector.sockets,
            "voice": voice_health() if callable(voice_health) else None,
        }

    return [
        route("/sim/calls", list_calls),
        route("/sim/calls", place_call, "POST"),
        route("/sim/calls/{sid}", show_call),
        route("/sim/calls/{sid}/answer", answer, "POST"),
        route("/sim/calls/{sid}/hangup", hang_up, "POST"),
        route("/sim/calls/{sid}/reject", reject, "POST"),
        route("/sim/calls/{sid}/digits", press_digits, "POST"),
        route("/sim/calls/{sid}/heard", heard),
        route("/sim/telephones", list_telephones),
        route("/sim/telephones/{number}", set_telephone, "PUT"),
        route("/sim/numbers", list_numbers),
        route("/sim/requests", list_requests),
        route("/sim/requests/{id:int}/repeat", repeat_request, "POST"),
        route("/sim/warnings", list_warnings),
        route("/sim/faults", no_faults),
        route("/sim/faults", no_faults, "POST"),
        route("/sim/reset", reset, "POST"),
        route("/sim/health", health),
        WebSocketRoute("/sim/events", events_endpoint(engine, lambda: snapshot(engine), foreign)),
    ]


def _problem(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status)


def _bad(message: str, status: int = 400) -> ApiError:
    return ApiError(None, status=status, message=message)


async def _body(request: Request) -> Json:
    """The JSON object of a request; an empty body is an empty object."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError as error:
        raise _bad("The body is no JSON") from error
    if not isinstance(body, dict):
        raise _bad("The body must be a JSON object")
    return body


def snapshot(engine: CallEngine) -> Json:
    """All that a page needs to begin with."""
    return {
        "type": "snapshot",
        "calls": [leg.as_json() for leg in reversed(engine.world.calls.values())][:200],
        "requests": list(engine.inspector.requests)[-200:],
        "numbers": _numbers(engine),
        "telephones": _telephones(engine),
        "warnings": list(engine.inspector.warnings)[-200:],
    }


# --- calls ------------------------------------------------------------------------------------------------------------


async def list_calls(engine: CallEngine, request: Request) -> Json:
    return {"calls": [leg.as_json() for leg in reversed(engine.world.calls.values())]}


async def show_call(engine: CallEngine, request: Request) -> Json:
    return _leg(engine, request).as_json()


async def place_call(engine: CallEngine, request: Request) -> Response:
    """A telephone calls one of our numbers."""
    body = await _body(request)
    given = str(body.get("from", ""))
    from_ = given if given in WITHHELD else to_e164(given)
    if from_ is None:
        raise _bad(f"from: {given!r} is neither a phone number nor one of {', '.join(sorted(WITHHELD))}")
    number = engine.world.number_for(to_e164(str(body.get("to", ""))) or "")
    if number is None:
        known = ", ".join(n.phone_number for n in engine.world.numbers.values())
        raise _bad(f"to: {body.get('to')!r} is none of our numbers, which are {known}", 404)
    place = {key: None if body.get(key) is None else str(body[key]) for key in ("city", "state", "country")}
    facts = CallerFacts(
        caller_name=body.get("caller_name"),
        forwarded_from=body.get("forwarded_from"),
        stir_verstat=body.get("stir_verstat"),
        geography=call_fields(from_, number.phone_number, **place),
    )
    try:
        leg = engine.place_telephone_call(from_, number, str(body.get("voice", DEFAULT_VOICE)), facts)
    except ValueError as error:
        raise _bad(f"voice: {error}") from error
    return JSONResponse(leg.as_json(), 201)


async def answer(engine: CallEngine, request: Request) -> Json:
    leg = _telephone_leg(engine, request)
    if leg.placed_by_party or leg.answered or leg.over:
        raise _bad("This telephone is not being rung", 409)
    leg.party_answered()
    return leg.as_json()


async def hang_up(engine: CallEngine, request: Request) -> Json:
    """The party hangs up: a telephone, or any leg as if its party did."""
    leg = _leg(engine, request)
    leg.party_hung_up()
    return leg.as_json()


async def reject(engine: CallEngine, request: Request) -> Json:
    leg = _telephone_leg(engine, request)
    if leg.placed_by_party or leg.answered or leg.over:
        raise _bad("This telephone is not being rung", 409)
    leg.party_rejected()
    return leg.as_json()


async def press_digits(engine: CallEngine, request: Request) -> Json:
    leg = _telephone_leg(engine, request)
    digits = str((await _body(request)).get("digits", ""))
    if not digits or set(digits) - set("0123456789*#ABCDw"):
        raise _bad("digits: expected some of 0-9, *, #, A-D and w")
    if leg.over:
        raise _bad("The call is over", 409)
    leg.party_digits(digits)
    return leg.as_json()


async def heard(engine: CallEngine, request: Request) -> Json:
    """Measures what the telephone hears from now on."""
    leg = _telephone_leg(engine, request)
    try:
        seconds = min(float(request.query_params.get("seconds", 2)), MAX_HEARD_SECONDS)
    except ValueError as error:
        raise _bad("seconds: expected a number") from error
    for candidate in (leg.endpoint.port, leg.endpoint):
        if isinstance(candidate, Hearing):
            return {"seconds": seconds, **await candidate.heard(seconds)}
    raise _bad("This party's hearing cannot be measured", 501)


def _leg(engine: CallEngine, request: Request) -> CallLeg:
    leg = engine.find_leg(request.path_params["sid"])
    if leg is None:
        raise _bad("There is no such call", 404)
    return leg


def _telephone_leg(engine: CallEngine, request: Request) -> CallLeg:
    leg = _leg(engine, request)
    if leg.party != "telephone":
        raise _bad("The party of this call is a browser, not a telephone", 409)
    return leg


# --- telephones and numbers -------------------------------------------------------------------------------------------


def _numbers(engine: CallEngine) -> list[Json]:
    return [
        {"sid": n.sid, "phone_number": n.phone_number, "friendly_name": n.friendly_name}
        for n in engine.world.numbers.values()
    ]


def _telephones(engine: CallEngine) -> list[Json]:
    return [vars(telephone).copy() for telephone in engine.world.telephones.values()]


async def list_numbers(engine: CallEngine, request: Request) -> Json:
    return {"numbers": _numbers(engine)}


async def list_telephones(engine: CallEngine, request: Request) -> Json:
    return {"telephones": _telephones(engine)}


async def set_telephone(engine: CallEngine, request: Request) -> Json:
    number = to_e164(request.path_params["number"])
    if number is None:
        raise _bad("The path must end in a phone number")
    body: dict[str, Any] = await _body(request)
    behaviour = body.get("behaviour", "manual")
    if behaviour not in BEHAVIOURS:
        raise _bad(f"behaviour: expected one of {', '.join(BEHAVIOURS)}")
    delay = body.get("delay", 0)
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= 3600:
        raise _bad("delay: expected seconds, 0 to 3600")
    telephone = Telephone(number, behaviour, float(delay), str(body.get("voice", DEFAULT_VOICE)))
    engine.world.telephones[number] = telephone
    return vars(telephone).copy()


# --- what happened ----------------------------------------------------------------------------------------------------


async def list_requests(engine: CallEngine, request: Request) -> Json:
    """Newest last; `call_sid` picks those of a call, `limit` the newest."""
    call_sid = request.query_params.get("call_sid")
    try:
        limit = int(request.query_params.get("limit", 500))
    except ValueError as error:
        raise _bad("limit: expected a number") from error
    found = [record for record in engine.inspector.requests if call_sid in (None, "", record["call_sid"])]
    return {"requests": found[-limit:] if limit > 0 else []}


async def list_warnings(engine: CallEngine, request: Request) -> Json:
    return {"warnings": list(engine.inspector.warnings)}


async def repeat_request(engine: CallEngine, request: Request) -> Json:
    """Sends the same webhook again, with the same fields and a good signature. The TwiML it gets is not run."""
    record = engine.inspector.find_request(request.path_params["id"])
    if record is None:
        raise _bad("There is no such request", 404)
    if record["direction"] != "out":
        raise _bad("Only webhooks can be repeated", 409)
    leg = engine.find_leg(record["call_sid"] or "")
    credentials = leg.credentials if leg else {}
    params = list(record["params"].items())
    webhook = Webhook(record["kind"], record["url"], record["method"], params, record["call_sid"], credentials)
    await engine.sender.send(webhook)
    return dict(engine.inspector.requests[-1])


async def no_faults(engine: CallEngine, request: Request) -> Json:
    raise _bad("Faults cannot be injected yet", 501)


async def reset(engine: CallEngine, request: Request) -> Json:
    await engine.reset()
    return {"reset": True}
