"""Our numbers: Twilio Docs, "IncomingPhoneNumber resource"."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.identifiers import new_sid, to_e164
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.paging import page_response
from simulator.rest.resources import apply_form, fields_json
from simulator.world import IncomingNumber

#: Twilio Docs, "Test credentials".
MAGIC_AREA_WITHOUT_NUMBERS = "533"
_AREA = re.compile(r"[2-9]\d\d", re.ASCII)


def number_json(number: IncomingNumber, account_sid: str) -> dict[str, Any]:
    base = f"{API}/Accounts/{account_sid}/IncomingPhoneNumbers/{number.sid}"
    return {
        **fields_json(number),
        "account_sid": account_sid,
        "address_requirements": "none",
        "address_sid": None,
        "api_version": "2010-04-01",
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Active",
        "identity_sid": None,
        "origin": "twilio",
        "status": "in-use",
        "trunk_sid": None,
        "type": "local",
        "uri": f"{base}.json",
        "voice_receive_mode": "voice",
        "subresource_uris": {"assigned_add_ons": f"{base}/AssignedAddOns.json"},
    }


async def create(api: ApiRequest) -> Response:
    by_area = api.has("AreaCode") and not api.text("PhoneNumber")
    phone_number = _free_number(api) if by_area else to_e164(api.text("PhoneNumber"))
    if phone_number is None or phone_number == "+15005550001":
        raise ApiError(21421, api.text("PhoneNumber"))
    if api.engine.world.number_for(phone_number) or phone_number == "+15005550000":
        raise ApiError(21422, phone_number)
    number = IncomingNumber(new_sid("PN"), phone_number, phone_number)
    apply_form(api, number)
    api.engine.world.numbers[number.sid] = number
    api.engine.usage.number_bought(phone_number)
    return JSONResponse(number_json(number, api.engine.config.account_sid), 201)


def _free_number(api: ApiRequest) -> str:
    """Any of an area's fictitious numbers that is free. Raises `ApiError` when there is none."""
    area = api.text("AreaCode")
    if not _AREA.fullmatch(area):
        raise ApiError(21451, area)
    if area != MAGIC_AREA_WITHOUT_NUMBERS:
        for last in (*range(100, 10_000), *range(100)):
            if api.engine.world.number_for(number := f"+1{area}555{last:04}") is None:
                return number
    raise ApiError(21452, area)


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(number_json(_number(api), api.engine.config.account_sid))


async def update(api: ApiRequest) -> Response:
    number = _number(api)
    apply_form(api, number)
    return JSONResponse(number_json(number, api.engine.config.account_sid))


async def delete(api: ApiRequest) -> Response:
    del api.engine.world.numbers[_number(api).sid]
    return Response(status_code=204)


async def index(api: ApiRequest) -> Response:
    account, query = api.engine.config.account_sid, api.request.query_params
    numbers = [
        number
        for number in api.engine.world.numbers.values()
        if query.get("PhoneNumber", "").replace("*", "") in number.phone_number
        and query.get("FriendlyName", number.friendly_name) == number.friendly_name
    ]
    return page_response(api, "incoming_phone_numbers", numbers, lambda number: number_json(number, account))


def _number(api: ApiRequest) -> IncomingNumber:
    sid = api.path("number")
    number = api.engine.world.numbers.get(sid)
    if number is None:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/IncomingPhoneNumbers/{sid}.json")
    return number
