"""What Twilio asks of us about messages."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from twilio.twiml.messaging_response import MessagingResponse

from messaging.models import MessageWebhook
from telephony.callbacks import without_userinfo
from telephony.webhooks.forms import field, form_of, lines_field, raw_params, sid_field, single_fields
from telephony.webhooks.guard import Answer, twilio_webhook
from telephony.webhooks.spool import spool_append

logger = logging.getLogger(__name__)

SPOOL = "messaging"


def _apology(request: HttpRequest, error: BaseException) -> Answer:
    response = MessagingResponse()
    response.message("We got your message but cannot read it right now. Please call us if it is urgent.")
    return response


@twilio_webhook(_apology)
def messaging_fallback(request: HttpRequest) -> Answer:
    """Twilio comes here when a message could not be delivered to another route of ours. Touches nothing but the disk:
    what came is stored by `message_restore` when it can be."""
    form = request.POST
    url = without_userinfo(field(form, "ErrorUrl", 255))
    sid, code = sid_field(form, "MessageSid"), field(form, "ErrorCode", 16)
    logger.error("fallback: message=%s error=%s url=%s", sid, code, url)
    spool_append(
        {"store": SPOOL, "kind": "fallback", "params": raw_params(form), "received_at": timezone.now().isoformat()}
    )
    return _apology(request, RuntimeError())


def message_restore(entry: dict[str, Any]) -> None:
    """Stores an entry of the spool. Raises when the database cannot be reached."""
    params: dict[str, Any] = entry["params"]
    single = single_fields(form_of(params), params)
    MessageWebhook.objects.create(
        message_sid=sid_field(single, "MessageSid"),
        kind=entry["kind"],
        sender=field(single, "From", 255),
        recipient=field(single, "To", 255),
        body=lines_field(single, "Body", 10_000),
        error_code=field(single, "ErrorCode", 16),
        error_url=without_userinfo(field(single, "ErrorUrl", 255)),
        params=params,
        received_at=datetime.fromisoformat(entry["received_at"]),
    )
