"""Usage triggers: Twilio Docs, "UsageTriggers resource"."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.identifiers import is_web_address, new_sid, now, rfc2822
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.paging import page_response
from simulator.usage.categories import CATEGORIES
from simulator.usage.triggers import UsageTrigger, plain
from simulator.usage.usage import record_uri

PLACES = 6
MOST_VALUE = 10**12
RECURRING = ("daily", "monthly", "yearly", "alltime")


def trigger_json(api: ApiRequest, trigger: UsageTrigger) -> dict[str, Any]:
    account_sid = api.engine.config.account_sid
    return {
        "sid": trigger.sid,
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "callback_method": trigger.callback_method,
        "callback_url": trigger.callback_url,
        "current_value": plain(trigger.current_value(api.engine.usage.ledger)),
        "date_created": rfc2822(trigger.date_created),
        "date_fired": rfc2822(trigger.date_fired),
        "date_updated": rfc2822(trigger.date_updated),
        "friendly_name": trigger.friendly_name,
        "recurring": trigger.recurring or None,
        "trigger_by": trigger.trigger_by,
        "trigger_value": plain(trigger.trigger_value),
        "uri": f"{API}/Accounts/{account_sid}/Usage/Triggers/{trigger.sid}.json",
        "usage_category": trigger.usage_category,
        "usage_record_uri": record_uri(account_sid, trigger.usage_category),
    }


async def create(api: ApiRequest) -> Response:
    category = api.text("UsageCategory")
    if category not in CATEGORIES:
        raise ApiError(20001, message=f"UsageCategory {category!r} is not known")
    trigger = UsageTrigger(
        new_sid("UT"),
        category,
        Decimal(0),
        _url(api),
        api.method("CallbackMethod"),
        api.text("FriendlyName"),
        api.choice("Recurring", "", "", *RECURRING),
        api.choice("TriggerBy", "usage", "count", "usage", "price"),
    )
    trigger.trigger_value = _value(api, trigger)
    api.engine.usage.triggers[trigger.sid] = trigger
    return JSONResponse(trigger_json(api, trigger), 201)


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(trigger_json(api, _trigger(api)))


async def update(api: ApiRequest) -> Response:
    trigger = _trigger(api)
    if api.has("CallbackUrl"):
        trigger.callback_url = _url(api)
    trigger.callback_method = api.method("CallbackMethod", trigger.callback_method)
    trigger.friendly_name = api.text("FriendlyName", trigger.friendly_name)
    trigger.date_updated = now()
    return JSONResponse(trigger_json(api, trigger))


async def delete(api: ApiRequest) -> Response:
    del api.engine.usage.triggers[_trigger(api).sid]
    return Response(status_code=204)


async def index(api: ApiRequest) -> Response:
    query = api.request.query_params
    triggers = [
        trigger
        for trigger in api.engine.usage.triggers.values()
        if query.get("Recurring", trigger.recurring) == trigger.recurring
        and query.get("TriggerBy", trigger.trigger_by) == trigger.trigger_by
        and query.get("UsageCategory", trigger.usage_category) == trigger.usage_category
    ]
    return page_response(api, "usage_triggers", triggers, lambda one: trigger_json(api, one))


def _trigger(api: ApiRequest) -> UsageTrigger:
    sid = api.path("trigger")
    trigger = api.engine.usage.triggers.get(sid)
    if trigger is None:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Usage/Triggers/{sid}.json")
    return trigger


def _url(api: ApiRequest) -> str:
    url = api.text("CallbackUrl")
    if not is_web_address(url):
        raise ApiError(21222, url, message=f"CallbackUrl is not valid: {url}")
    return url


def _value(api: ApiRequest, trigger: UsageTrigger) -> Decimal:
    """What fires it; `+30` is thirty more than there is now. Raises `ApiError`."""
    text = api.text("TriggerValue").strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or not 0 <= value <= MOST_VALUE:
        raise ApiError(20001, message=f"TriggerValue must be a positive number, not {text!r}")
    value = round(value, PLACES)
    return value + trigger.current_value(api.engine.usage.ledger) if text.startswith("+") else value
