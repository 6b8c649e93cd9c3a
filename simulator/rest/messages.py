"""Messages to a call's browser, and subscriptions to what it says: Twilio Docs, "UserDefinedMessages subresource"."""

from __future__ import annotations

import json

from starlette.responses import JSONResponse, Response

from simulator.engine.messages import send_message
from simulator.identifiers import is_web_address, new_sid, now, rfc2822
from simulator.leg import Subscription
from simulator.ports import MOST_MESSAGE_BYTES
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.finding import find_call


async def create(api: ApiRequest) -> Response:
    leg = find_call(api)
    text = api.text("Content")
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ApiError(20001, message="Content must be JSON") from error
    if len(text.encode()) > MOST_MESSAGE_BYTES:
        raise ApiError(20001, message=f"Content must not have more than {MOST_MESSAGE_BYTES} bytes")
    message = send_message(leg, content)
    if message is None:
        raise ApiError(20001, message="There is no active call with a Voice SDK to take the message")
    facts = {"account_sid": leg.account_sid, "call_sid": leg.sid, "sid": message.sid, "date_created": rfc2822(now())}
    return JSONResponse(facts, 201)


async def subscribe(api: ApiRequest) -> Response:
    leg = find_call(api)
    url = api.text("Callback")
    if not is_web_address(url):
        raise ApiError(21222, url, message=f"Callback is not a valid URL: {url}")
    if leg.over or leg.party != "client":
        raise ApiError(20001, message="There is no active call with a Voice SDK to be subscribed to")
    sid = new_sid("ZY")
    leg.message_subscriptions[sid] = Subscription(url, api.method("Method"))
    facts = {
        "account_sid": leg.account_sid,
        "call_sid": leg.sid,
        "sid": sid,
        "date_created": rfc2822(now()),
        "uri": f"{API}/Accounts/{leg.account_sid}/Calls/{leg.sid}/UserDefinedMessageSubscriptions/{sid}.json",
    }
    return JSONResponse(facts, 201)


async def unsubscribe(api: ApiRequest) -> Response:
    if find_call(api).message_subscriptions.pop(api.path("subscription"), None) is None:
        raise ApiError(20404, api.request.url.path)
    return Response(status_code=204)
