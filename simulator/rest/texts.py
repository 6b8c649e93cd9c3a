"""Messages and their media: Twilio Docs, "Messages resource" and "Media subresource"."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.identifiers import is_web_address, now, rfc2822
from simulator.message import Media, TextMessage
from simulator.rest.api import API, ApiRequest, not_built
from simulator.rest.errors import ApiError
from simulator.rest.finding import within
from simulator.rest.paging import page_response
from simulator.texts import refusals
from simulator.texts.draft import LONGEST_VALIDITY, Draft
from simulator.texts.refusals import RefusedError
from simulator.world import MessagingService

#: Twilio's error 35114: how far ahead a message may be scheduled.
_SERVICE_SID = re.compile(r"MG[0-9a-f]{32}")
SOONEST, LATEST = timedelta(minutes=15), timedelta(days=35)


def message_json(message: TextMessage) -> dict[str, Any]:
    """A message resource. Dates are RFC 2822, numbers are strings, as Twilio has them."""
    base = f"{API}/Accounts/{message.account_sid}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": message.account_sid,
        "messaging_service_sid": message.service_sid,
        "from": message.from_,
        "to": message.to,
        "body": message.body,
        "direction": message.direction,
        "status": message.status,
        "num_segments": str(message.segments),
        "num_media": str(message.media_count),
        "price": message.price,
        "price_unit": "USD",
        "error_code": message.error_code,
        "error_message": message.error_message,
        "date_created": rfc2822(message.date_created),
        "date_updated": rfc2822(message.date_updated),
        "date_sent": rfc2822(message.date_sent),
        "api_version": "2010-04-01",
        "uri": f"{base}.json",
        "subresource_uris": {"media": f"{base}/Media.json", "feedback": f"{base}/Feedback.json"},
    }


def media_json(message: TextMessage, media: Media) -> dict[str, Any]:
    return {
        "sid": media.sid,
        "account_sid": message.account_sid,
        "parent_sid": message.sid,
        "content_type": media.content_type,
        "date_created": rfc2822(media.date_created),
        "date_updated": rfc2822(media.date_updated),
        "uri": f"{API}/Accounts/{message.account_sid}/Messages/{message.sid}/Media/{media.sid}.json",
    }


async def create(api: ApiRequest) -> Response:
    try:
        draft = _draft(api)
        return JSONResponse(message_json(api.engine.texts.send(draft)), 201)
    except RefusedError as error:
        raise ApiError(error.code, error.about) from error


async def fetch(api: ApiRequest) -> Response:
    return JSONResponse(message_json(_message(api)))


async def update(api: ApiRequest) -> Response:
    """Calls a scheduled message back, or takes the words out of one that is complete."""
    message = _message(api)
    if (status := api.text("Status")) and status != "canceled":
        raise ApiError(20001, message=f"Status must be canceled, not {status!r}")
    if status and not api.engine.texts.cancel(message):
        raise ApiError(30409, message.status)
    if api.has("Body"):
        if api.text("Body"):
            raise ApiError(20001, message="Body must be empty: a message can be redacted, not changed")
        if not message.complete:
            raise ApiError(20009, message=f"Cannot update this resource before it is complete: {message.sid}")
        message.redact()
    return JSONResponse(message_json(message))


async def delete(api: ApiRequest) -> Response:
    message = _message(api)
    if not message.complete:
        raise ApiError(20009, message.sid)
    del api.engine.world.messages[message.sid]
    return Response(status_code=204)


async def index(api: ApiRequest) -> Response:
    """The newest first. One that was not sent yet has no `DateSent` that could be asked for."""
    query = api.request.query_params
    messages = [
        message
        for message in reversed(api.engine.world.logged_messages)
        if query.get("To", message.to) == message.to
        and query.get("From", message.from_) == message.from_
        and within(message.date_sent, query, "DateSent", inclusive=True)
    ]
    return page_response(api, "messages", messages, message_json, newest_first=True)


async def list_media(api: ApiRequest) -> Response:
    message, query = _message(api), api.request.query_params
    media = [one for one in message.media if within(one.date_created, query, "DateCreated")]
    return page_response(api, "media_list", media, lambda one: media_json(message, one))


async def fetch_media(api: ApiRequest) -> Response:
    message, media = _media(api)
    return JSONResponse(media_json(message, media))


async def media_itself(api: ApiRequest) -> Response:
    """The picture. Like Twilio with "HTTP Basic Authentication for media access" on, to the account only."""
    _, media = _media(api)
    return Response(media.data, media_type=media.content_type)


async def delete_media(api: ApiRequest) -> Response:
    message, media = _media(api)
    message.media.remove(media)
    message.changed()
    return Response(status_code=204)


def _message(api: ApiRequest) -> TextMessage:
    sid = api.path("message")
    message = api.engine.world.messages.get(sid)
    if message is None or not message.logged:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Messages/{sid}.json")
    return message


def _media(api: ApiRequest) -> tuple[TextMessage, Media]:
    message, sid = _message(api), api.path("media")
    media = next((one for one in message.media if one.sid == sid), None)
    if media is None:
        raise ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Messages/{message.sid}/Media/{sid}.json")
    return message, media


def _draft(api: ApiRequest) -> Draft:
    """What the form asks for. Raises `ApiError` or `RefusedError`."""
    service = _service(api)
    if service is None and not api.text("From"):
        raise RefusedError(21603)
    urls = tuple(value for value in api.form.getlist("MediaUrl") if isinstance(value, str) and value)
    refusals.check_content(api.text("Body"), len(urls), by_service=service is not None)
    for url in urls:
        if not is_web_address(url):
            raise RefusedError(21620, url)
    to = refusals.recipient(api.text("To"))
    if api.flag("ShortenUrls"):
        raise not_built(api.engine, "ShortenUrls of POST /Messages.json")
    return Draft(
        to,
        _from(api, service, to),
        api.text("Body"),
        urls,
        service,
        _callback(api),
        _validity(api, service),
        _send_at(api, service),
        as_mms=api.flag("SendAsMms"),
        smart=api.flag("SmartEncoded") if api.has("SmartEncoded") else None,
    )


def _service(api: ApiRequest) -> MessagingService | None:
    """The service that is to send: Twilio takes it as `From`, too."""
    sid = api.text("MessagingServiceSid")
    if not sid and _SERVICE_SID.fullmatch(api.text("From")):
        sid = api.text("From")
    if not sid:
        return None
    service = api.engine.world.services.get(sid)
    if service is None:
        raise RefusedError(21701, sid)
    return service


def _from(api: ApiRequest, service: MessagingService | None, to: str) -> str:
    """Who sends; empty when the service is to choose."""
    text, texts = api.text("From"), api.engine.texts
    if not text or (service is not None and text == service.sid):
        return ""
    from_ = refusals.sender(api.engine.world, text, to)
    if service is not None and from_ not in [one.phone_number for one in texts.choice.pool(service)]:
        raise RefusedError(21606, from_)
    return from_


def _callback(api: ApiRequest) -> str:
    """Who is told what becomes of it, when the message itself says so: a URL, or an application's."""
    url = api.text("StatusCallback")
    if url:
        if not is_web_address(url):
            raise RefusedError(21609, url)
        return url
    sid = api.text("ApplicationSid")
    if not sid:
        return ""
    application = api.engine.world.applications.get(sid)
    if application is None:
        raise ApiError(21218, sid)
    return application.message_status_callback or application.sms_status_callback


def _validity(api: ApiRequest, service: MessagingService | None) -> int:
    text = api.text("ValidityPeriod")
    if not text:
        return service.validity_period if service else LONGEST_VALIDITY
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 1 <= seconds <= LONGEST_VALIDITY or seconds != int(seconds):
        raise RefusedError(21624, text)
    return int(seconds)


def _send_at(api: ApiRequest, service: MessagingService | None) -> datetime | None:
    """When it is to be sent; None for now."""
    kind, text = api.choice("ScheduleType", "", "", "fixed"), api.text("SendAt")
    if not kind and not text:
        return None
    if service is None:
        api.engine.inspector.warn(
            None, "Only a Messaging Service schedules: without MessagingServiceSid the message is sent at once"
        )
        return None
    if not text:
        raise ApiError(35111)
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise ApiError(35114, text) from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not SOONEST <= moment - now() <= LATEST:
        raise ApiError(35114, text)
    return moment
