"""Calls: Twilio Docs, "Call resource"."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.engine.calls import API_RING_TIMEOUT, Extras
from simulator.engine.detection import MACHINES, Detection
from simulator.engine.interpreter import Document, Goto, Source
from simulator.engine.limits import end_after
from simulator.identifiers import rfc2822
from simulator.leg import CallLeg, Subscription
from simulator.rest import making
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.finding import find_call, within
from simulator.rest.paging import page_response

MAX_TWIML = 4000


def call_json(leg: CallLeg) -> dict[str, Any]:
    """A call resource. Dates are RFC 2822, `duration` and `price` are strings, the price null until it settles."""
    account = f"{API}/Accounts/{leg.account_sid}"
    base = f"{account}/Calls/{leg.sid}"
    updated = leg.end_time or leg.answer_time or leg.date_created
    return {
        "sid": leg.sid,
        "account_sid": leg.account_sid,
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "phone_number_sid": leg.phone_number_sid,
        "to": leg.to,
        "to_formatted": _formatted(leg.to),
        "from": leg.from_,
        "from_formatted": _formatted(leg.from_),
        # The API knows no `initiated`; it is a word of the callbacks only.
        "status": "queued" if leg.status == "initiated" else leg.status,
        "direction": leg.direction,
        "date_created": rfc2822(leg.date_created),
        "date_updated": rfc2822(updated),
        "start_time": rfc2822(leg.answer_time or leg.start_time) if leg.status != "queued" else None,
        "end_time": rfc2822(leg.end_time),
        "duration": None if leg.duration is None else str(leg.duration),
        "price": leg.price,
        "price_unit": "USD",
        "answered_by": leg.answered_by,
        "annotation": None,
        "api_version": "2010-04-01",
        "forwarded_from": leg.facts.forwarded_from,
        "group_sid": None,
        "caller_name": leg.facts.caller_name,
        "queue_time": str(leg.queue_time),
        "trunk_sid": None,
        "uri": f"{base}.json",
        "subresource_uris": {
            "events": f"{base}/Events.json",
            "notifications": f"{base}/Notifications.json",
            "payments": f"{base}/Payments.json",
            "recordings": f"{base}/Recordings.json",
            "siprec": f"{base}/Siprec.json",
            "streams": f"{base}/Streams.json",
            "transcriptions": f"{base}/Transcriptions.json",
            "user_defined_message_subscriptions": f"{base}/UserDefinedMessageSubscriptions.json",
            "user_defined_messages": f"{base}/UserDefinedMessages.json",
        },
    }


def _formatted(party: str) -> str:
    if party.startswith("+1") and len(party) == 12:
        return f"({party[2:5]}) {party[5:8]}-{party[8:]}"
    return party


async def create(api: ApiRequest) -> Response:
    to, from_ = making.parties(api)
    fallback = Goto(making.address(api, "FallbackUrl"), api.method("FallbackMethod"))
    subscriptions = making.subscriptions(api)
    application_sid = api.text("ApplicationSid") or None
    source: Source | None
    if application_sid:
        application = api.engine.world.applications.get(application_sid)
        if application is None:
            raise ApiError(21218, application_sid)
        source = Goto(application.voice_url, application.voice_method)
        fallback = Goto(application.voice_fallback_url, application.voice_fallback_method)
        subscriptions = []
        if application.status_callback:
            subscriptions = [Subscription(application.status_callback, application.status_callback_method)]
    else:
        source = _source(api)
    if source is None:
        raise ApiError(21205)
    leg = api.engine.create_call(
        from_,
        to,
        source,
        fallback,
        subscriptions,
        application_sid=application_sid,
        timeout=making.seconds(api, "Timeout", API_RING_TIMEOUT),
        extras=Extras(
            send_digits=api.text("SendDigits"),
            time_limit=making.seconds(api, "TimeLimit", 0) or None,
            recording=making.recording(api),
            detection=_detection(api),
        ),
    )
    return JSONResponse(call_json(leg), 201)


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(call_json(find_call(api)))


async def update(api: ApiRequest) -> Response:
    """Ends a call, or sends it elsewhere."""
    leg = find_call(api)
    if leg.over:
        raise ApiError(21220)
    source = _source(api)
    status = api.text("Status")
    if status not in ("", "completed", "canceled"):
        raise ApiError(20001, message=f"Status must be canceled or completed, not {status!r}")
    if url := making.address(api, "StatusCallback"):
        leg.subscriptions = [Subscription(url, api.method("StatusCallbackMethod"))]
    if status == "canceled" and leg.answered:
        raise ApiError(21220)
    if limit := making.seconds(api, "TimeLimit", 0):
        end_after(leg, limit)
    if status:
        leg.finish("no-answer" if leg.placed_by_party else "canceled", by="api")
    elif source is not None:
        if not leg.answered and not leg.placed_by_party:
            raise ApiError(21220)
        fallback = Goto(making.address(api, "FallbackUrl"), api.method("FallbackMethod"))
        api.engine.redirect(leg, source, fallback)
    return JSONResponse(call_json(leg))


async def index(api: ApiRequest) -> Response:
    query = api.request.query_params
    legs = [leg for leg in reversed(api.engine.world.calls.values()) if _matches(leg, query)]
    return page_response(api, "calls", legs, call_json, newest_first=True)


async def delete(api: ApiRequest) -> Response:
    leg = find_call(api)
    if not leg.over:
        raise ApiError(20009, leg.sid)
    del api.engine.world.calls[leg.sid]
    return Response(status_code=204)


def _matches(leg: CallLeg, query: Any) -> bool:
    plain = {"To": leg.to, "From": leg.from_, "ParentCallSid": leg.parent.sid if leg.parent else ""}
    shown = "queued" if leg.status == "initiated" else leg.status
    if any(query.get(name, value) != value for name, value in {**plain, "Status": shown}.items()):
        return False
    return within(leg.start_time, query, "StartTime") and within(leg.end_time, query, "EndTime")


def _source(api: ApiRequest) -> Source | None:
    """What to run: `Twiml` or `Url`; None when the request names neither."""
    if twiml := api.text("Twiml"):
        if len(twiml) > MAX_TWIML:
            raise ApiError(32018)
        return Document(twiml)
    url = making.address(api, "Url")
    return Goto(url, api.method("Method")) if url else None


def _detection(api: ApiRequest) -> Detection | None:
    """What `MachineDetection` asks for. Twilio does not detect when it sends digits."""
    if not api.text("MachineDetection") or api.text("SendDigits"):
        return None
    mode = api.choice("MachineDetection", "Enable", *MACHINES)
    in_background = api.flag("AsyncAmd")
    callback = making.address(api, "AsyncAmdStatusCallback")
    if in_background and not callback:
        raise ApiError(21262)
    return Detection(mode, callback, api.method("AsyncAmdStatusCallbackMethod"), in_background=in_background)
