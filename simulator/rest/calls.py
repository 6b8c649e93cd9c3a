"""Calls: Twilio Docs, "Call resource"."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

from simulator.engine.calls import API_RING_TIMEOUT
from simulator.engine.interpreter import Document, Goto, Source
from simulator.engine.leg import CallLeg, Subscription
from simulator.identifiers import rfc2822, to_e164
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.paging import page_response

MAX_TWIML = 4000
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
#: Twilio Docs, "Test credentials": numbers that fail on purpose.
MAGIC_TO = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
MAGIC_FROM_INVALID = "+15005550001"
MAGIC_FROM_VALID = "+15005550006"
UNSUPPORTED = (
    "MachineDetection", "AsyncAmd", "Record", "Trim", "SipAuthUsername", "Byoc", "CallReason", "CallToken",
    "RecordingStatusCallback", "TimeLimit",
)  # fmt: skip


def call_json(leg: CallLeg) -> dict[str, Any]:
    """A call resource. Dates are RFC 2822, `duration` a string of seconds, `price` never known."""
    account = f"{API}/Accounts/{leg.account_sid}"
    base = f"{account}/Calls/{leg.sid}"
    updated = leg.end_time or leg.answer_time or leg.created
    return {
        "sid": leg.sid,
        "account_sid": leg.account_sid,
        "parent_call_sid": leg.parent.sid if leg.parent else None,
        "phone_number_sid": leg.phone_number_sid or "",
        "to": leg.to,
        "to_formatted": _formatted(leg.to),
        "from": leg.from_,
        "from_formatted": _formatted(leg.from_),
        # The API knows no `initiated`; it is a word of the callbacks only.
        "status": "queued" if leg.status == "initiated" else leg.status,
        "direction": leg.direction,
        "date_created": rfc2822(leg.created),
        "date_updated": rfc2822(updated),
        "start_time": rfc2822(leg.answer_time or leg.start_time) if leg.status != "queued" else None,
        "end_time": rfc2822(leg.end_time),
        "duration": None if leg.duration is None else str(leg.duration),
        "price": None,
        "price_unit": "USD",
        "answered_by": None,
        "annotation": None,
        "api_version": "2010-04-01",
        "forwarded_from": leg.facts.forwarded_from,
        "group_sid": None,
        "caller_name": leg.facts.caller_name,
        "queue_time": "0",
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
    to, from_ = _parties(api)
    api.unsupported(*UNSUPPORTED)
    fallback = Goto(_url(api, "FallbackUrl"), api.method("FallbackMethod"))
    subscriptions = _subscriptions(api)
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
        timeout=_number(api, "Timeout", API_RING_TIMEOUT),
        send_digits=api.text("SendDigits"),
    )
    return JSONResponse(call_json(leg), 201)


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(call_json(_call(api)))


async def update(api: ApiRequest) -> Response:
    """Ends a call, or sends it elsewhere."""
    leg = _call(api)
    if leg.over:
        raise ApiError(21220)
    source = _source(api)
    status = api.text("Status")
    if status not in ("", "completed", "canceled"):
        raise ApiError(20001, message=f"Status must be canceled or completed, not {status!r}")
    if url := _url(api, "StatusCallback"):
        leg.subscriptions = [Subscription(url, api.method("StatusCallbackMethod"))]
    if status == "canceled" and leg.answered:
        raise ApiError(21220)
    if status:
        leg.finish("no-answer" if leg.placed_by_party else "canceled", by="api")
    elif source is not None:
        if not leg.answered and not leg.placed_by_party:
            raise ApiError(21220)
        fallback = Goto(_url(api, "FallbackUrl"), api.method("FallbackMethod"))
        api.engine.redirect(leg, source, fallback)
    return JSONResponse(call_json(leg))


async def index(api: ApiRequest) -> Response:
    query = api.request.query_params
    legs = [leg for leg in reversed(api.engine.world.calls.values()) if _matches(leg, query)]
    path = f"{API}/Accounts/{api.engine.config.account_sid}/Calls.json"
    return page_response(api.request, "calls", [call_json(leg) for leg in legs], path)


async def delete(api: ApiRequest) -> Response:
    leg = _call(api)
    if not leg.over:
        raise ApiError(20001, status=409, message="The call is still in progress and cannot be deleted")
    del api.engine.world.calls[leg.sid]
    return Response(status_code=204)


def _matches(leg: CallLeg, query: Any) -> bool:
    plain = {"To": leg.to, "From": leg.from_, "ParentCallSid": leg.parent.sid if leg.parent else ""}
    shown = "queued" if leg.status == "initiated" else leg.status
    if any(query.get(name, value) != value for name, value in {**plain, "Status": shown}.items()):
        return False
    for name, moment in (("StartTime", leg.start_time), ("EndTime", leg.end_time)):
        for sign in ("", "<", ">"):
            if (text := query.get(name + sign)) and not _on_day(moment, sign, text):
                return False
    return True


def _on_day(moment: datetime | None, sign: str, text: str) -> bool:
    """Twilio compares whole days in UTC; a time of day, which newer clients send, is taken as it is."""
    if moment is None:
        return False
    try:
        bound = datetime.fromisoformat(text.replace("Z", "+00:00")) if "T" in text else date.fromisoformat(text)
    except ValueError as error:
        raise ApiError(20001, message=f"{text!r} is no date") from error
    if isinstance(bound, datetime):
        return moment <= bound if sign == "<" else moment >= bound
    day = moment.date()
    return day == bound if not sign else day <= bound if sign == "<" else day >= bound


def _call(api: ApiRequest) -> CallLeg:
    sid = api.path("call")
    leg = api.engine.find_leg(sid)
    if leg is None:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Calls/{sid}.json")
    return leg


def _parties(api: ApiRequest) -> tuple[str, str]:
    to, from_ = api.text("To"), api.text("From")
    if not to:
        raise ApiError(21201)
    if not from_:
        raise ApiError(21213)
    if not to.startswith("client:"):
        number = to_e164(to)
        if number is None:
            raise ApiError(21217, to)
        if number in MAGIC_TO:
            raise ApiError(MAGIC_TO[number], number)
        to = number
    if from_.startswith("client:") and to.startswith("client:"):
        return to, from_
    sender = to_e164(from_)
    if sender is None or sender == MAGIC_FROM_INVALID:
        raise ApiError(21212, from_)
    if api.engine.world.number_for(sender) is None and sender != MAGIC_FROM_VALID:
        raise ApiError(21210, sender)
    return to, sender


def _source(api: ApiRequest) -> Source | None:
    """What to run: `Twiml` or `Url`; None when the request names neither."""
    if twiml := api.text("Twiml"):
        if len(twiml) > MAX_TWIML:
            raise ApiError(32018)
        return Document(twiml)
    url = _url(api, "Url")
    return Goto(url, api.method("Method")) if url else None


def _url(api: ApiRequest, name: str) -> str:
    url = api.text(name)
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise ApiError(21222, url, message=f"{name} is not a valid URL: {url}")
    return url


def _subscriptions(api: ApiRequest) -> list[Subscription]:
    url = _url(api, "StatusCallback")
    if not url:
        return []
    events = frozenset(api.texts("StatusCallbackEvent") or ["completed"])
    if unknown := events - EVENTS:
        api.engine.inspector.warn(21626, f"StatusCallbackEvent: {', '.join(sorted(unknown))} is no event of a call")
    return [Subscription(url, api.method("StatusCallbackMethod"), events & EVENTS)]


def _number(api: ApiRequest, name: str, default: float) -> float:
    try:
        return float(api.text(name) or default)
    except ValueError as error:
        raise ApiError(20001, message=f"{name} must be a number") from error
