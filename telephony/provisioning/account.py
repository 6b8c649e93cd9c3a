"""The account's TwiML apps, numbers and API keys, read and written over REST. All raise `TelephonyError`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from telephony.errors import CallGone, NotConfigured, TelephonyError, translated
from telephony.rest.client import client_for, get_client

# The fields that say where a call goes, by the names that apps and numbers share.
HANDLERS = (
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "status_callback",
    "status_callback_method",
)
# The fields that say where a number's texts go. How far ours have come is told to an address that each is sent with.
TEXT_HANDLERS = ("sms_url", "sms_method", "sms_fallback_url", "sms_fallback_method")
# A number sends its calls and texts to these before any URL is asked (Twilio Docs, "IncomingPhoneNumber resource").
ROUTES = ("trunk_sid", "voice_application_sid")
TEXT_ROUTES = ("sms_application_sid",)
# A messaging service in front of its numbers has fields of its own.
SERVICE_HANDLERS = ("inbound_request_url", "inbound_method", "fallback_url", "fallback_method")
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Resource:
    """An app, a number or a service: `values` by Twilio's field names, "" for what is not set."""

    sid: str
    name: str
    values: dict[str, str]
    takes_texts: bool = False
    """Of a number."""


def app_fetch(sid: str) -> Resource | None:
    """The TwiML app, or None when the account has no such app."""
    try:
        with translated():
            return _app(get_client().applications(sid).fetch())
    except CallGone:
        return None


def app_find(name: str) -> Resource | None:
    """The oldest TwiML app of that name."""
    with translated():
        found = get_client().applications.list(friendly_name=name, page_size=_PAGE)
    return _app(found[-1]) if found else None


def app_create(name: str, values: dict[str, str]) -> str:
    """Makes a TwiML app; returns its sid."""
    with translated():
        return str(get_client().applications.create(friendly_name=name, **values).sid)


def app_update(sid: str, values: dict[str, str]) -> None:
    with _changing():
        get_client().applications(sid).update(**values)


def numbers_list() -> dict[str, Resource]:
    """The account's numbers by E.164. One that cannot take calls is not among them."""
    with translated():
        found = get_client().incoming_phone_numbers.list(page_size=_PAGE)
    return {
        number.phone_number: Resource(
            sid=number.sid,
            name=number.phone_number,
            values=_values(number, (*HANDLERS, *ROUTES, *TEXT_HANDLERS, *TEXT_ROUTES)),
            takes_texts=bool((number.capabilities or {}).get("sms", False)),
        )
        for number in found
        if (number.capabilities or {}).get("voice", True)
    }


def number_is_owned(number: str) -> bool:
    """Whether the account has the number, for calls."""
    with translated():
        found = get_client().incoming_phone_numbers.list(phone_number=number, limit=20)
    return any(each.phone_number == number and (each.capabilities or {}).get("voice", True) for each in found)


def number_is_verified(number: str) -> bool:
    """Whether it is a number of somebody else's that the account may show as caller ID."""
    with translated():
        found = get_client().outgoing_caller_ids.list(phone_number=number, limit=20)
    return any(each.phone_number == number for each in found)


def number_update(sid: str, values: dict[str, str]) -> None:
    with _changing():
        get_client().incoming_phone_numbers(sid).update(**values)


def service_fetch(sid: str) -> Resource | None:
    """The messaging service, or None when the account has no such service."""
    try:
        with translated():
            found = get_client().messaging.v1.services(sid).fetch()
    except CallGone:
        return None
    values = _values(found, SERVICE_HANDLERS)
    values["use_inbound_webhook_on_number"] = "true" if found.use_inbound_webhook_on_number else "false"
    return Resource(sid=found.sid, name=found.friendly_name or "", values=values)


def service_numbers(sid: str) -> set[str]:
    """The numbers from which the messaging service may send."""
    with translated():
        found = get_client().messaging.v1.services(sid).phone_numbers.list(page_size=1000)
    return {str(one.phone_number) for one in found}


def service_update(sid: str, values: dict[str, str]) -> None:
    changes: dict[str, Any] = dict(values)
    if "use_inbound_webhook_on_number" in changes:
        changes["use_inbound_webhook_on_number"] = changes["use_inbound_webhook_on_number"] == "true"
    with _changing():
        get_client().messaging.v1.services(sid).update(**changes)


def key_exists(sid: str) -> bool:
    """Whether the account has the API key. Only the auth token may ask; a Standard key may not look at keys."""
    try:
        with translated():
            get_client().keys(sid).fetch()
    except CallGone:
        return False
    return True


def key_is_accepted(sid: str, secret: str) -> bool:
    """Whether Twilio lets the key in. Asks for something that a Standard key may see."""
    try:
        with translated():
            client_for(sid, secret).applications.list(limit=1)
    except NotConfigured:
        return False
    return True


def key_create(name: str) -> tuple[str, str]:
    """Makes a Standard API key; returns its sid, and its secret, which Twilio shows this once."""
    with translated():
        made = get_client().new_keys.create(friendly_name=name)
    return str(made.sid), str(made.secret)


@contextmanager
def _changing() -> Iterator[None]:
    """Like `translated`, but what is gone here is no call."""
    try:
        with translated():
            yield
    except CallGone as error:
        raise TelephonyError(
            gettext_noop("Twilio does not have it any more."), code=error.code, permanent=True
        ) from None


def _app(app: Any) -> Resource:
    return Resource(sid=app.sid, name=app.friendly_name or "", values=_values(app, HANDLERS))


def _values(resource: Any, names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(getattr(resource, name, None) or "") for name in names}
