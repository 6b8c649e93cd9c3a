"""Telephones, and our own numbers."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from simulator.control.common import Problem, read_body
from simulator.engine.calls import CallEngine
from simulator.identifiers import to_e164
from simulator.inspector import Json, without_credentials
from simulator.world import ANSWERERS, BEHAVIOURS, DEFAULT_VOICE, Telephone

MAX_DELAY = 3600


def numbers_json(engine: CallEngine) -> list[Json]:
    return [
        {
            "sid": n.sid,
            "phone_number": n.phone_number,
            "friendly_name": n.friendly_name,
            "voice_url": without_credentials(n.voice_url),
        }
        for n in engine.world.numbers.values()
    ]


def telephones_json(engine: CallEngine) -> list[Json]:
    return [vars(telephone).copy() for telephone in engine.world.telephones.values()]


async def list_numbers(engine: CallEngine, request: Request) -> Json:
    return {"numbers": numbers_json(engine)}


async def list_telephones(engine: CallEngine, request: Request) -> Json:
    return {"telephones": telephones_json(engine)}


async def set_telephone(engine: CallEngine, request: Request) -> Json:
    number = to_e164(request.path_params["number"])
    if number is None:
        raise Problem("The path must end in a phone number")
    body: dict[str, Any] = await read_body(request)
    behaviour = body.get("behaviour", "manual")
    if behaviour not in BEHAVIOURS:
        raise Problem(f"behaviour: expected one of {', '.join(BEHAVIOURS)}")
    delay = body.get("delay", 0)
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= MAX_DELAY:
        raise Problem(f"delay: expected seconds, 0 to {MAX_DELAY}")
    answered_by = body.get("answered_by", "human")
    if answered_by not in ANSWERERS:
        raise Problem(f"answered_by: expected one of {', '.join(ANSWERERS)}")
    try:
        engine.registrar.telephone(number, str(body.get("voice", DEFAULT_VOICE)))
    except ValueError as error:
        raise Problem(f"voice: {error}") from error
    telephone = Telephone(number, behaviour, float(delay), str(body.get("voice", DEFAULT_VOICE)), answered_by)
    engine.world.telephones[number] = telephone
    return vars(telephone).copy()
