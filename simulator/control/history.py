"""What happened, and starting afresh."""

from __future__ import annotations

from http.cookiejar import CookieJar

from starlette.requests import Request

from simulator.control.common import Problem
from simulator.control.messages import senders_json
from simulator.control.telephones import numbers_json, telephones_json
from simulator.engine.calls import CallEngine
from simulator.inspector import Json
from simulator.webhooks.sender import Webhook

NEWEST_CALLS = 200
NEWEST_MESSAGES = 500
NEWEST_RECORDS = 200


def snapshot(engine: CallEngine) -> Json:
    """All that a page needs to begin with."""
    return {
        "type": "snapshot",
        "calls": [leg.as_json() for leg in reversed(engine.world.calls.values())][:NEWEST_CALLS],
        "messages": [message.as_json() for message in list(engine.world.messages.values())[-NEWEST_MESSAGES:]],
        "opt_outs": engine.texts.opt_outs.as_json(),
        "senders": senders_json(engine),
        "requests": list(engine.inspector.requests)[-NEWEST_RECORDS:],
        "numbers": numbers_json(engine),
        "queues": engine.queues.as_json(),
        "telephones": telephones_json(engine),
        "warnings": list(engine.inspector.warnings)[-NEWEST_RECORDS:],
        "faults": engine.faults.news(),
    }


async def list_requests(engine: CallEngine, request: Request) -> Json:
    """Newest last; `call_sid` and `message_sid` pick those of a call or message, `limit` the newest."""
    call_sid, message_sid = request.query_params.get("call_sid"), request.query_params.get("message_sid")
    try:
        limit = int(request.query_params.get("limit", 500))
    except ValueError as error:
        raise Problem("limit: expected a number") from error
    found = [
        record
        for record in engine.inspector.requests
        if call_sid in (None, "", record["call_sid"]) and message_sid in (None, "", record["message_sid"])
    ]
    return {"requests": found[-limit:] if limit > 0 else []}


async def list_warnings(engine: CallEngine, request: Request) -> Json:
    return {"warnings": list(engine.inspector.warnings)}


async def repeat_request(engine: CallEngine, request: Request) -> Json:
    """Sends the same webhook again, with the same fields and a good signature. The TwiML it gets is not run."""
    record = engine.inspector.find_request(request.path_params["id"])
    if record is None:
        raise Problem("There is no such request", 404)
    if record["direction"] != "out":
        raise Problem("Only webhooks can be repeated", 409)
    about = engine.find_leg(record["call_sid"] or "") or engine.world.messages.get(record["message_sid"] or "")
    credentials, cookies = (about.credentials, about.cookies) if about else ({}, CookieJar())
    params = list(record["params"].items())
    webhook = Webhook(
        record["kind"],
        record["url"],
        record["method"],
        params,
        record["call_sid"],
        credentials,
        record["message_sid"],
        cookies,
    )
    await engine.sender.send(webhook)
    return dict(engine.inspector.requests[-1])


async def reset(engine: CallEngine, request: Request) -> Json:
    await engine.reset()
    return {"reset": True}
