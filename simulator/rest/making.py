"""What is asked of every call that the REST API makes: between whom, who is told, addresses and times."""

from __future__ import annotations

import math

from simulator.engine.account_limits import CONCURRENCY_EXCEEDED
from simulator.engine.recorder import CallRecordingWish, RecordingCallback
from simulator.identifiers import is_web_address, to_e164
from simulator.leg import Subscription
from simulator.rest.api import ApiRequest
from simulator.rest.errors import ApiError

EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
#: Twilio Docs, "Test credentials": numbers that fail on purpose.
MAGIC_TO = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
MAGIC_FROM_INVALID = "+15005550001"
MAGIC_FROM_VALID = "+15005550006"


def parties(api: ApiRequest) -> tuple[str, str]:
    """`To` and `From`. Raises `ApiError` when such a call cannot be made."""
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
        if api.engine.limits.forbids(number):
            raise ApiError(21215, number)
        to = number
    if api.engine.limits.full(api.engine.world):
        raise ApiError(CONCURRENCY_EXCEEDED)
    if from_.startswith("client:") and to.startswith("client:"):
        return to, from_
    sender = to_e164(from_)
    if sender is None or sender == MAGIC_FROM_INVALID:
        raise ApiError(21212, from_)
    if api.engine.world.number_for(sender) is None and sender != MAGIC_FROM_VALID:
        raise ApiError(21210, sender)
    return to, sender


def address(api: ApiRequest, name: str) -> str:
    """A URL; empty when the request has none. Raises `ApiError` for what is none."""
    url = api.text(name)
    if url and not is_web_address(url):
        raise ApiError(21222, url, message=f"{name} is not a valid URL: {url}")
    return url


def subscriptions(api: ApiRequest) -> list[Subscription]:
    """Who is told of the call's events. What is no event is warned of."""
    url = address(api, "StatusCallback")
    if not url:
        return []
    events = frozenset(api.texts("StatusCallbackEvent") or ["completed"])
    if unknown := events - EVENTS:
        api.engine.inspector.warn(21626, f"StatusCallbackEvent: {', '.join(sorted(unknown))} is no event of a call")
    return [Subscription(url, api.method("StatusCallbackMethod"), events & EVENTS)]


def seconds(api: ApiRequest, name: str, default: float) -> float:
    """A time. Raises `ApiError` for what is none."""
    try:
        value = float(api.text(name) or default)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise ApiError(20001, message=f"{name} must be a number of seconds")
    return value


def recording(api: ApiRequest) -> CallRecordingWish | None:
    """What `Record=true` asks for."""
    events = frozenset(api.texts("RecordingStatusCallbackEvent") or ["completed"])
    callback = RecordingCallback(
        address(api, "RecordingStatusCallback"), api.method("RecordingStatusCallbackMethod"), events
    )
    dual = api.choice("RecordingChannels", "mono", "mono", "dual") == "dual"
    return CallRecordingWish(callback, dual=dual) if api.flag("Record") else None
