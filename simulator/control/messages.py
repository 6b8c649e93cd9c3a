"""Texts as their telephones see them: texting us, reading, who is blocked; and how busy our senders are."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.control.common import Problem, is_sound, read_body
from simulator.engine.calls import CallEngine
from simulator.identifiers import to_e164
from simulator.inspector import Json
from simulator.message import Media
from simulator.texts import media as pictures

MAX_BODY = 1600
MAX_MEDIA = 10
MAX_RATE = 100_000
MAX_QUEUED = 10_000_000
OVERFLOWS = (21611, 30001)


async def list_messages(engine: CallEngine, request: Request) -> Json:
    """Every text, oldest first, with when each status was reached; `to`, `from` and `limit` pick some."""
    to, from_ = (_number(request.query_params.get(name)) for name in ("to", "from"))
    try:
        limit = int(request.query_params.get("limit", 1000))
    except ValueError as error:
        raise Problem("limit: expected a number") from error
    found = [
        message.as_json()
        for message in engine.world.messages.values()
        if to in (None, message.to) and from_ in (None, message.from_)
    ]
    return {"messages": found[-limit:] if limit > 0 else []}


async def show_message(engine: CallEngine, request: Request) -> Json:
    message = engine.world.messages.get(request.path_params["sid"])
    if message is None:
        raise Problem("There is no such message", 404)
    return message.as_json()


async def text_us(engine: CallEngine, request: Request) -> Response:
    """A telephone texts one of our numbers."""
    body = await read_body(request)
    from_ = to_e164(str(body.get("from", "")))
    if from_ is None:
        raise Problem(f"from: {body.get('from')!r} is no phone number")
    number = engine.world.number_for(to_e164(str(body.get("to", ""))) or "")
    if number is None:
        known = ", ".join(n.phone_number for n in engine.world.numbers.values())
        raise Problem(f"to: {body.get('to')!r} is none of our numbers, which are {known}", 404)
    text = body.get("body", "")
    if not isinstance(text, str) or len(text) > MAX_BODY or not is_sound(text):
        raise Problem(f"body: expected a text of at most {MAX_BODY} characters")
    media = _media(body.get("media"))
    if not text and not media:
        raise Problem("body: a text needs words or media")
    return JSONResponse(engine.texts.receive(from_, number, text, media).as_json(), 201)


async def list_opt_outs(engine: CallEngine, request: Request) -> Json:
    """Who has texted STOP to whom: a number of ours, or a Messaging Service."""
    return {"opt_outs": engine.texts.opt_outs.as_json()}


async def list_senders(engine: CallEngine, request: Request) -> Json:
    return {"senders": senders_json(engine)}


async def set_sender(engine: CallEngine, request: Request) -> Json:
    """Sets how fast a sender is, fills its queue or empties it, and what becomes of a text that finds it full."""
    text = unquote(request.path_params["sender"])
    sender = engine.texts.sender_of(to_e164(text) or text)
    body = await read_body(request)
    if unknown := sorted(set(body) - {"rate", "queued", "overflow"}):
        raise Problem(f"There is no {unknown[0]!r}; expected rate, queued and overflow")
    rate, queued, overflow = body.get("rate", sender.rate), body.get("queued"), body.get("overflow", sender.overflow)
    if rate is not None and not _is_number(rate, 0.001, MAX_RATE):
        raise Problem(f"rate: expected segments in a second, at most {MAX_RATE}, or null for the standard")
    if queued is not None and not _is_number(queued, 0, MAX_QUEUED):
        raise Problem(f"queued: expected segments, 0 to {MAX_QUEUED}")
    if overflow not in OVERFLOWS:
        raise Problem(f"overflow: expected one of {', '.join(str(code) for code in OVERFLOWS)}")
    sender.rate, sender.overflow = rate, overflow
    if queued == 0:
        engine.texts.empty_queue(sender)
    elif queued is not None:
        sender.fill(queued)
    engine.texts.tell_of_sender(sender)
    return sender.as_json()


def senders_json(engine: CallEngine) -> list[Json]:
    """Our numbers, each with its queue, and whatever else has sent."""
    for number in engine.world.numbers.values():
        engine.texts.sender_of(number.phone_number)
    return [sender.as_json() for sender in engine.texts.senders.values()]


def _is_number(value: object, low: float, high: float) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and low <= value <= high


def _number(text: str | None) -> str | None:
    """A number as it is asked for, where an unescaped `+` has become a space; None for any."""
    if not text:
        return None
    text = text.strip()
    return to_e164(text) or to_e164(f"+{text}") or text


def _media(given: object) -> list[Media]:
    """What goes with a text: `"photo"`, or objects with `content_type` and `data` in base64. Raises `Problem`."""
    if given is None:
        return []
    several = given if isinstance(given, list) else [given]
    if len(several) > MAX_MEDIA:
        raise Problem(f"media: expected {MAX_MEDIA} at the most")
    return [_one(item) for item in several]


def _one(item: object) -> Media:
    if item == "photo":
        return Media("image/png", pictures.photo())
    if not isinstance(item, dict) or set(item) != {"content_type", "data"}:
        raise Problem('media: expected "photo", or an object with content_type and data')
    try:
        data = base64.b64decode(str(item["data"]), validate=True)
        pictures.check(str(item["content_type"]), len(data))
    except (binascii.Error, ValueError) as error:
        raise Problem("media: data must be in base64") from error
    except pictures.MediaError as error:
        raise Problem(f"media: {error}") from error
    return Media(str(item["content_type"]), data)
