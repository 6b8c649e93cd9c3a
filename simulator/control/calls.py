"""Calls as their telephones see them: placing, answering, hanging up, pressing keys, listening."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.control.common import Problem, find_leg, find_telephone_leg, is_sound, read_body
from simulator.engine.calls import CallEngine
from simulator.engine.reactions import say_words
from simulator.geography import call_fields
from simulator.identifiers import iso, to_e164
from simulator.inspector import Json
from simulator.leg import CallerFacts, CallLeg
from simulator.world import DEFAULT_VOICE

#: What Twilio sends as `From` when there is no number to show.
WITHHELD = frozenset({"anonymous", "unknown", "unavailable", "restricted", "private"})
MAX_HEARD_SECONDS = 30.0
MAX_TONES = 20
#: In Hz: half of how often a telephone line is sampled.
HIGHEST_TONE = 4000
MAX_WORDS = 1000
DEFAULT_CONFIDENCE = 0.9
MAX_HANGUP_SECONDS = 14_400


@runtime_checkable
class Hearing(Protocol):
    """A telephone's port that can measure what it hears."""

    async def heard(self, seconds: float, tones: Sequence[float]) -> Json: ...


@runtime_checkable
class Listening(Protocol):
    """A telephone's port that can wait for sound."""

    async def first_sound(self) -> datetime: ...


async def list_calls(engine: CallEngine, request: Request) -> Json:
    return {"calls": [leg.as_json() for leg in reversed(engine.world.calls.values())]}


async def show_call(engine: CallEngine, request: Request) -> Json:
    return find_leg(engine, request).as_json()


async def place_call(engine: CallEngine, request: Request) -> Response:
    """A telephone calls one of our numbers; with `hangup_after`, it hangs up so many seconds later."""
    body = await read_body(request)
    given = str(body.get("from", ""))
    from_ = given if given in WITHHELD else to_e164(given)
    if from_ is None:
        raise Problem(f"from: {given!r} is neither a phone number nor one of {', '.join(sorted(WITHHELD))}")
    number = engine.world.number_for(to_e164(str(body.get("to", ""))) or "")
    if number is None:
        known = ", ".join(n.phone_number for n in engine.world.numbers.values())
        raise Problem(f"to: {body.get('to')!r} is none of our numbers, which are {known}", 404)
    place = {key: _text(body, key) for key in ("city", "state", "country")}
    facts = CallerFacts(
        caller_name=_text(body, "caller_name"),
        forwarded_from=_text(body, "forwarded_from"),
        stir_verstat=_text(body, "stir_verstat"),
        geography=call_fields(from_, number.phone_number, **place),
    )
    patience = _hangup_after(body)
    try:
        leg = engine.place_telephone_call(from_, number, str(body.get("voice", DEFAULT_VOICE)), facts)
    except ValueError as error:
        raise Problem(f"voice: {error}") from error
    if patience is not None:
        engine.spawn(_hang_up_later(leg, patience))
    return JSONResponse(leg.as_json(), 201)


def _text(body: Json, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Problem(f"{name}: expected a text")
    return value


def _hangup_after(body: Json) -> float | None:
    value = body.get("hangup_after")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_HANGUP_SECONDS:
        raise Problem(f"hangup_after: expected seconds, 0 to {MAX_HANGUP_SECONDS}")
    return float(value)


async def _hang_up_later(leg: CallLeg, seconds: float) -> None:
    """The caller's patience runs by the clock on the wall, however fast the simulator speaks."""
    try:
        async with asyncio.timeout(seconds):
            await leg.ended.wait()
    except TimeoutError:
        leg.party_hung_up()


async def answer(engine: CallEngine, request: Request) -> Json:
    leg = find_telephone_leg(engine, request)
    if leg.placed_by_party or leg.answered or leg.over:
        raise Problem("This telephone is not being rung", 409)
    leg.party_answered()
    return leg.as_json()


async def hang_up(engine: CallEngine, request: Request) -> Json:
    """The party hangs up: a telephone, or any leg as if its party did."""
    leg = find_leg(engine, request)
    leg.party_hung_up()
    return leg.as_json()


async def reject(engine: CallEngine, request: Request) -> Json:
    leg = find_telephone_leg(engine, request)
    if leg.placed_by_party or leg.answered or leg.over:
        raise Problem("This telephone is not being rung", 409)
    leg.party_rejected()
    return leg.as_json()


async def press_digits(engine: CallEngine, request: Request) -> Json:
    leg = find_telephone_leg(engine, request)
    digits = str((await read_body(request)).get("digits", ""))
    if not digits or set(digits) - set("0123456789*#ABCDw"):
        raise Problem("digits: expected some of 0-9, *, #, A-D and w")
    if leg.over:
        raise Problem("The call is over", 409)
    leg.party_digits(digits)
    return leg.as_json()


async def say(engine: CallEngine, request: Request) -> Json:
    """The telephone says words. They are heard, and known to a `<Gather>` that listens for speech."""
    leg = find_telephone_leg(engine, request)
    body = await read_body(request)
    words = body.get("words")
    if not isinstance(words, str) or not words.strip() or len(words) > MAX_WORDS or not is_sound(words):
        raise Problem(f"words: expected a text of at most {MAX_WORDS} characters")
    confidence = body.get("confidence", DEFAULT_CONFIDENCE)
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise Problem("confidence: expected a number, 0 to 1")
    if leg.over or not leg.answered:
        raise Problem("Nobody hears this telephone: the call is over, or not answered yet", 409)
    say_words(engine, leg, " ".join(words.split()), float(confidence))
    return leg.as_json()


async def voicemail(engine: CallEngine, request: Request) -> Response:
    """What the telephone's own voicemail took down, as a WAV file."""
    leg = find_telephone_leg(engine, request)
    wav = engine.world.voicemails.get(leg.sid)
    if wav is None:
        raise Problem("No message was left on this telephone in this call", 404)
    return Response(wav, media_type="audio/x-wav")


async def heard(engine: CallEngine, request: Request) -> Json:
    """Measures what the telephone hears from now on, and how much of some `tones` is in it; with `until=sound`, when it
    first hears anything."""
    leg = find_telephone_leg(engine, request)
    if request.query_params.get("until") == "sound":
        port = leg.endpoint.port
        if not isinstance(port, Listening):
            raise Problem("This party's hearing cannot be measured", 501)
        try:
            return {"at": iso(await asyncio.wait_for(port.first_sound(), MAX_HEARD_SECONDS))}
        except TimeoutError as error:
            raise Problem(f"It heard nothing for {MAX_HEARD_SECONDS} seconds", 408) from error
    try:
        seconds = min(float(request.query_params.get("seconds", 2)), MAX_HEARD_SECONDS)
    except ValueError as error:
        raise Problem("seconds: expected a number") from error
    try:
        tones = [float(hz) for hz in request.query_params.get("tones", "").split(",") if hz]
    except ValueError as error:
        raise Problem("tones: expected frequencies, with commas between them") from error
    if len(tones) > MAX_TONES or not all(0 < hz < HIGHEST_TONE for hz in tones):
        raise Problem(f"tones: at most {MAX_TONES}, each of less than {HIGHEST_TONE} Hz")
    for candidate in (leg.endpoint.port, leg.endpoint):
        if isinstance(candidate, Hearing):
            return {"seconds": seconds, **await candidate.heard(seconds, tones)}
    raise Problem("This party's hearing cannot be measured", 501)
