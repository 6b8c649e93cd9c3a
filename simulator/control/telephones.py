"""Telephones, and our own numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from simulator.control.common import Problem, is_sound, read_body
from simulator.engine.calls import CallEngine
from simulator.identifiers import to_e164
from simulator.inspector import Json, without_credentials
from simulator.texts.refusals import REFUSALS
from simulator.world import (
    ANSWERERS,
    BEHAVIOURS,
    DEFAULT_VOICE,
    LINE_TYPES,
    TEXT_RESULTS,
    Reaction,
    Reactions,
    Telephone,
    TextRule,
)

MAX_DELAY = 3600
MAX_REPLY = 1600
MAX_WORDS = 1000
MOST_REACTIONS = 50


def numbers_json(engine: CallEngine) -> list[Json]:
    return [
        {
            "sid": n.sid,
            "phone_number": n.phone_number,
            "friendly_name": n.friendly_name,
            "voice_url": without_credentials(n.voice_url),
            "sms_url": without_credentials(n.sms_url),
        }
        for n in engine.world.numbers.values()
    ]


def telephones_json(engine: CallEngine) -> list[Json]:
    return [telephone.as_json() for telephone in engine.world.telephones.values()]


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
    line_type = body.get("line_type", "mobile")
    if line_type not in LINE_TYPES:
        raise Problem(f"line_type: expected one of {', '.join(LINE_TYPES)}")
    reply = body.get("reply", "")
    if not isinstance(reply, str) or len(reply) > MAX_REPLY or not is_sound(reply):
        raise Problem(f"reply: expected a text of at most {MAX_REPLY} characters")
    greeting = body.get("greeting", "")
    if not isinstance(greeting, str) or len(greeting) > MAX_WORDS or not is_sound(greeting):
        raise Problem(f"greeting: expected a text of at most {MAX_WORDS} characters")
    telephone = Telephone(
        number,
        behaviour,
        float(delay),
        str(body.get("voice", DEFAULT_VOICE)),
        answered_by,
        line_type,
        _text_rule(body.get("texts", "deliver")),
        reply,
        _reactions(body.get("press"), "press", "digits", _is_keys),
        _reactions(body.get("say"), "say", "words", _is_words),
        greeting,
    )
    engine.world.telephones[number] = telephone
    engine.inspector.publish({"type": "telephone", "telephone": telephone.as_json()})
    return telephone.as_json()


def _is_keys(given: object) -> bool:
    return isinstance(given, str) and 0 < len(given) <= MAX_WORDS and not set(given) - set("0123456789*#ABCD")


def _is_words(given: object) -> bool:
    return isinstance(given, str) and 0 < len(given.strip()) <= MAX_WORDS and is_sound(given)


def _reactions(given: object, field: str, what: str, good: Callable[[object], bool]) -> Reactions:
    """What is done at every `<Gather>`: a text, or an object; or a list of these, one for each. Raises `Problem`."""
    if given is None or given == "":
        return Reactions()
    listed = given if isinstance(given, list) else [given]
    if len(listed) > MOST_REACTIONS:
        raise Problem(f"{field}: expected {MOST_REACTIONS} at most")
    return Reactions(tuple(_reaction(one, field, what, good) for one in listed), every=not isinstance(given, list))


def _reaction(given: object, field: str, what: str, good: Callable[[object], bool]) -> Reaction:
    one = given if isinstance(given, dict) else {what: given}
    if unknown := sorted(set(one) - {what, "after", "confidence"}):
        raise Problem(f"{field}: there is no {unknown[0]!r}; expected {what}, after and confidence")
    usual = Reaction("")
    done, after, confidence = one.get(what), one.get("after", usual.after), one.get("confidence", usual.confidence)
    if not isinstance(done, str) or not good(done):
        raise Problem(f"{field}.{what}: expected {'keys' if what == 'digits' else 'a text'}")
    if isinstance(after, bool) or not isinstance(after, int | float) or not 0 <= after <= MAX_DELAY:
        raise Problem(f"{field}.after: expected seconds, 0 to {MAX_DELAY}")
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise Problem(f"{field}.confidence: expected a number, 0 to 1")
    return Reaction(" ".join(done.split()), float(after), float(confidence))


def _text_rule(given: object) -> TextRule:
    """What becomes of texts: a word, or an object with `result`, `code` and `delay`. Raises `Problem`."""
    rule = given if isinstance(given, dict) else {"result": given}
    if unknown := sorted(set(rule) - {"result", "code", "delay"}):
        raise Problem(f"texts: there is no {unknown[0]!r}; expected result, code and delay")
    result, code, delay = rule.get("result", "deliver"), rule.get("code"), rule.get("delay")
    if result not in TEXT_RESULTS:
        raise Problem(f"texts: expected one of {', '.join(TEXT_RESULTS)}, or an object with such a result")
    if code is not None and (isinstance(code, bool) or not isinstance(code, int) or not 10_000 <= code <= 99_999):
        raise Problem("texts.code: expected one of Twilio's error codes")
    if code is not None and result == "refuse" and code not in REFUSALS:
        raise Problem(f"texts.code: a text can be refused with {', '.join(str(one) for one in REFUSALS)}")
    if delay is not None and (isinstance(delay, bool) or not isinstance(delay, int | float)):
        raise Problem(f"texts.delay: expected seconds, 0 to {MAX_DELAY}")
    if delay is not None and not 0 <= delay <= MAX_DELAY:
        raise Problem(f"texts.delay: expected seconds, 0 to {MAX_DELAY}")
    return TextRule(result, code, None if delay is None else float(delay))
