"""Twilio's side of the conversation: signed requests in, real resource objects out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.test import Client
from twilio.request_validator import RequestValidator

from telephony.phone_reference import PhoneReference
from telephony.webhooks.forms import PHONE_FIELD

ACCOUNT_SID = "AC" + "a" * 32
CALLER = "+12025550142"
SUPPORT = "+12025550100"
# When the calls of the tests begin: living calls are young ones.
START = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=2)


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def rfc2822(time: datetime) -> str:
    return format_datetime(time)


def sid(prefix: str, number: int) -> str:
    return f"{prefix}{number:032x}"


class TwilioClient(Client):
    """Posts webhooks as Twilio does: form-encoded, over https, signed. CSRF checks are on."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)

    def webhook(
        self,
        path: str,
        data: dict[str, Any],
        *,
        token: str | None = None,
        signature: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> HttpResponse:
        body = urlencode(data, doseq=True)
        if signature is None:
            signature = sign(path, data, token=token)
        return self.post(
            path,
            body,
            content_type="application/x-www-form-urlencoded",
            secure=True,
            headers={"X-Twilio-Signature": signature, **(headers or {})},
        )


def sign(path: str, data: dict[str, Any], *, token: str | None = None) -> str:
    validator = RequestValidator(token or settings.TWILIO_AUTH_TOKEN)
    # From the encoded form, so that numbers and repeated fields are signed as they are sent.
    form = QueryDict(urlencode(data, doseq=True))
    return validator.compute_signature(f"{settings.PUBLIC_BASE_URL}{path}", form)


def incoming(**changes: Any) -> dict[str, Any]:
    """The fields of a call to the Support line."""
    return {
        "CallSid": sid("CA", 1),
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "From": CALLER,
        "To": SUPPORT,
        "Caller": CALLER,
        "Called": SUPPORT,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "FromCity": "WASHINGTON",
        "FromState": "DC",
        "FromCountry": "US",
        "StirVerstat": "TN-Validation-Passed-A",
    } | changes


def outgoing(agent_id: int, to: str, /, **changes: Any) -> dict[str, Any]:
    """The fields of a call that an agent's browser makes, with what its token adds to them."""
    return {
        "CallSid": sid("CA", 1),
        "AccountSid": ACCOUNT_SID,
        "ApplicationSid": settings.TWILIO_TWIML_APP_SID,
        "ApiVersion": "2010-04-01",
        "From": f"client:agent_{agent_id}",
        "To": to,
        "CallStatus": "ringing",
        "Direction": "inbound",
        PHONE_FIELD: PhoneReference(agent_id, None, 0).signed(),
    } | changes


def leg_status(
    agent_id: int, status: str, sequence: int, *, leg: int = 2, parent: int = 1, **more: Any
) -> dict[str, Any]:
    """A status callback of the leg that rings an agent's browser."""
    return {
        "CallSid": sid("CA", leg),
        "ParentCallSid": sid("CA", parent),
        "AccountSid": ACCOUNT_SID,
        "From": CALLER,
        "To": f"client:agent_{agent_id}",
        "CallStatus": status,
        "Direction": "outbound-dial",
        "SequenceNumber": str(sequence),
        "Timestamp": rfc2822(at(sequence * 5)),
        "CallbackSource": "call-progress-events",
    } | more


def root_status(status: str, **more: Any) -> dict[str, Any]:
    """The number's own status callback, at the end of the call."""
    return (
        incoming(
            CallStatus=status,
            SequenceNumber="0",
            Timestamp=rfc2822(at(60)),
            CallbackSource="call-progress-events",
        )
        | more
    )
