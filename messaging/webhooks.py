"""What Twilio asks of us about messages."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import QueryDict
from django.utils.translation import gettext
from twilio.twiml.messaging_response import MessagingResponse

from core.sql.unit import UnitOfWork
from messaging.models import MessageWebhook
from telephony.callbacks import without_userinfo
from telephony.webhooks.forms import field, lines_field, raw_params, sid_field, single_fields
from telephony.webhooks.kinds import Answer, WebhookKind
from telephony.webhooks.received import Received

_READ = ("AccountSid", "MessageSid", "From", "To", "Body", "MessageStatus", "ErrorCode", "ErrorUrl")


def _believed(form: QueryDict) -> Mapping[str, str]:
    return single_fields(form, _READ)


def _fallback(work: UnitOfWork, received: Received) -> Answer:
    """Keeps a message that another route of ours could not take. An entry of the spool may be seen twice."""
    fields = received.fields
    sid = sid_field(fields, "MessageSid")
    if MessageWebhook.objects.filter(message_sid=sid, received_at=received.received_at).exists():
        return None
    MessageWebhook.objects.create(
        message_sid=sid,
        kind="fallback",
        sender=field(fields, "From", 255),
        recipient=field(fields, "To", 255),
        body=lines_field(fields, "Body", 10_000),
        error_code=field(fields, "ErrorCode", 16),
        error_url=without_userinfo(field(fields, "ErrorUrl", 255)),
        params=raw_params(received.form),
        received_at=received.received_at,
    )
    return None


def _apology(received: Received) -> Answer:
    response = MessagingResponse()
    response.message(gettext("We got your message but cannot read it right now. Please call us if it is urgent."))
    return str(response)


def _fallback_said(row: object, **_: object) -> str:
    return gettext("Twilio could not use an answer of ours about a message and asked for the emergency one")


KINDS = (
    WebhookKind(
        name="message-fallback",
        path="messaging/fallback/",
        url_name="messaging:fallback",
        subject="MessageSid",
        status="MessageStatus",
        read_with="messaging.view_messagewebhook",
        believed=_believed,
        work=_fallback,
        is_last_resort=True,
        emergency=_apology,
        said=_fallback_said,
    ),
)
