"""Messaging Services and their numbers: Twilio Docs, "Services resource" and "PhoneNumber resource" of Messaging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.geography import place_of
from simulator.identifiers import is_web_address, moment, new_sid, now
from simulator.rest.api import ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.paging import meta_page_response
from simulator.texts.draft import LONGEST_VALIDITY
from simulator.world import IncomingNumber, MessagingService

HOST = "https://messaging.twilio.com"
LINKS = {
    "phone_numbers": "PhoneNumbers",
    "short_codes": "ShortCodes",
    "alpha_senders": "AlphaSenders",
    "messages": "Messages",
    "us_app_to_person": "Compliance/Usa2p",
    "us_app_to_person_usecases": "Compliance/Usa2p/Usecases",
    "channel_senders": "ChannelSenders",
    "destination_alpha_senders": "DestinationAlphaSenders",
}


def stamp(moment: datetime) -> str:
    """`2015-07-30T20:12:31Z`, the form of dates in Twilio's newer APIs."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def service_json(service: MessagingService, account_sid: str) -> dict[str, Any]:
    url = f"{HOST}/v1/Services/{service.sid}"
    return {
        "sid": service.sid,
        "account_sid": account_sid,
        "friendly_name": service.friendly_name,
        "date_created": stamp(service.date_created),
        "date_updated": stamp(service.date_updated),
        "inbound_request_url": service.inbound_request_url,
        "inbound_method": service.inbound_method,
        "fallback_url": service.fallback_url,
        "fallback_method": service.fallback_method,
        "status_callback": service.status_callback,
        "sticky_sender": service.sticky_sender,
        "mms_converter": service.mms_converter,
        "smart_encoding": service.smart_encoding,
        "scan_message_content": service.scan_message_content,
        "fallback_to_long_code": service.fallback_to_long_code,
        "area_code_geomatch": service.area_code_geomatch,
        "synchronous_validation": service.synchronous_validation,
        "validity_period": service.validity_period,
        "url": url,
        "links": {name: f"{url}/{path}" for name, path in LINKS.items()},
        "usecase": service.usecase,
        "us_app_to_person_registered": False,
        "use_inbound_webhook_on_number": service.use_inbound_webhook_on_number,
    }


@dataclass(frozen=True)
class Member:
    """A number in a service's pool."""

    service: MessagingService
    number: IncomingNumber
    date_created: datetime

    @property
    def sid(self) -> str:
        return self.number.sid


def member_json(member: Member, account_sid: str) -> dict[str, Any]:
    number, service = member.number, member.service
    return {
        "sid": number.sid,
        "account_sid": account_sid,
        "service_sid": service.sid,
        "date_created": stamp(member.date_created),
        "date_updated": stamp(member.date_created),
        "phone_number": number.phone_number,
        "country_code": place_of(number.phone_number)[3],
        "capabilities": ["MMS", "SMS", "Voice"],
        "url": f"{HOST}/v1/Services/{service.sid}/PhoneNumbers/{number.sid}",
    }


async def create(api: ApiRequest) -> Response:
    if not api.text("FriendlyName"):
        raise ApiError(20001, message="FriendlyName is required")
    service = MessagingService(new_sid("MG"), "")
    _apply(api, service)
    api.engine.world.services[service.sid] = service
    return JSONResponse(service_json(service, api.engine.config.account_sid), 201)


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(service_json(_service(api), api.engine.config.account_sid))


async def update(api: ApiRequest) -> Response:
    service = _service(api)
    _apply(api, service)
    return JSONResponse(service_json(service, api.engine.config.account_sid))


async def delete(api: ApiRequest) -> Response:
    del api.engine.world.services[_service(api).sid]
    return Response(status_code=204)


async def index(api: ApiRequest) -> Response:
    account_sid = api.engine.config.account_sid
    services = list(api.engine.world.services.values())
    return meta_page_response(api, "services", services, lambda one: service_json(one, account_sid))


async def list_numbers(api: ApiRequest) -> Response:
    account_sid = api.engine.config.account_sid
    return meta_page_response(api, "phone_numbers", _members(api), lambda one: member_json(one, account_sid))


async def add_number(api: ApiRequest) -> Response:
    service, sid = _service(api), api.text("PhoneNumberSid")
    number = api.engine.world.numbers.get(sid)
    if number is None:
        raise ApiError(21421, sid)
    owner = api.engine.world.service_of(number)
    if owner is not None:
        raise ApiError(21710 if owner is service else 21712, number.phone_number)
    service.pool[sid] = moment()
    return JSONResponse(member_json(_member(api, sid), api.engine.config.account_sid), 201)


async def fetch_number(api: ApiRequest) -> Response:
    return JSONResponse(member_json(_member(api, api.path("number")), api.engine.config.account_sid))


async def remove_number(api: ApiRequest) -> Response:
    member = _member(api, api.path("number"))
    del member.service.pool[member.sid]
    return Response(status_code=204)


def _service(api: ApiRequest) -> MessagingService:
    sid = api.path("service")
    service = api.engine.world.services.get(sid)
    if service is None:
        raise ApiError(20404, f"/Services/{sid}")
    return service


def _members(api: ApiRequest) -> list[Member]:
    service = _service(api)
    pool = api.engine.texts.choice.pool(service)
    return [Member(service, number, service.pool[number.sid]) for number in pool]


def _member(api: ApiRequest, sid: str) -> Member:
    member = next((one for one in _members(api) if one.sid == sid), None)
    if member is None:
        raise ApiError(20404, f"/Services/{api.path('service')}/PhoneNumbers/{sid}")
    return member


def _apply(api: ApiRequest, service: MessagingService) -> None:
    """Sets what the form names. Raises `ApiError` before anything is changed."""
    changes: dict[str, object] = {}
    for name, attribute in (
        ("InboundRequestUrl", "inbound_request_url"),
        ("FallbackUrl", "fallback_url"),
        ("StatusCallback", "status_callback"),
    ):
        if api.has(name):
            changes[attribute] = _url(api, name)
    for name, attribute in (("InboundMethod", "inbound_method"), ("FallbackMethod", "fallback_method")):
        if api.has(name):
            changes[attribute] = api.method(name)
    for name, attribute in (
        ("StickySender", "sticky_sender"),
        ("SmartEncoding", "smart_encoding"),
        ("AreaCodeGeomatch", "area_code_geomatch"),
        ("UseInboundWebhookOnNumber", "use_inbound_webhook_on_number"),
    ):
        if api.has(name):
            changes[attribute] = api.flag(name)
    if api.has("ValidityPeriod"):
        text = api.text("ValidityPeriod")
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LONGEST_VALIDITY:
            raise ApiError(21624, text)
        changes["validity_period"] = int(text)
    for name, attribute in (("FriendlyName", "friendly_name"), ("Usecase", "usecase")):
        if api.text(name):
            changes[attribute] = api.text(name)
    for attribute, value in changes.items():
        setattr(service, attribute, value)
    service.date_updated = now()


def _url(api: ApiRequest, name: str) -> str | None:
    url = api.text(name)
    if url and not is_web_address(url):
        raise ApiError(21222, url, message=f"{name} is not valid: {url}")
    return url or None
