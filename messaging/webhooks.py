"""What Twilio asks of us about messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from twilio.twiml.messaging_response import MessagingResponse

from core.languages import sentence
from core.sql.unit import UnitOfWork
from messaging.models import MessageStatus, MessageWebhook
from messaging.params import (
    FALLBACK_FIELDS,
    INCOMING_FIELDS,
    MESSAGE_FIELD,
    MESSAGE_QUERY,
    STATUS_FIELDS,
    IncomingText,
    StatusUpdate,
)
from messaging.statuses import STATUS_KIND, statuses_apply
from messaging.threads.intake import texts_take_in
from telephony.callbacks import without_userinfo
from telephony.webhooks.forms import Fields, field, lines_field, raw_params, sid_field
from telephony.webhooks.kinds import Answer, Kept, WebhookKind
from telephony.webhooks.received import Received

# Nothing is written back by TwiML: answers are texts of their own, with a place in the thread.
_NO_REPLY = str(MessagingResponse())
_STATUS_WORDS: dict[str, str] = {
    MessageStatus.ACCEPTED: _("Twilio took the text"),
    MessageStatus.SCHEDULED: _("Twilio will send the text later"),
    MessageStatus.QUEUED: _("Twilio put the text in its queue"),
    MessageStatus.SENDING: _("Twilio began to send the text"),
    MessageStatus.SENT: _("The network took the text"),
    MessageStatus.DELIVERED: _("The text was delivered"),
    MessageStatus.UNDELIVERED: _("The text was not delivered"),
    MessageStatus.FAILED: _("The text could not be sent"),
    MessageStatus.CANCELED: _("The text was canceled"),
    MessageStatus.READ: _("The text was read"),
}


def _incoming(work: UnitOfWork, batch: Sequence[Received]) -> list[Kept]:
    verdicts = texts_take_in([_text(received) for received in batch])
    return [Kept(_NO_REPLY, verdict) for verdict in verdicts]


def _text(received: Received) -> IncomingText:
    return IncomingText.from_fields(received.fields, at=received.received_at)


def _status(work: UnitOfWork, batch: Sequence[Received]) -> list[Kept]:
    updates = [StatusUpdate.from_fields(received.fields, at=received.received_at) for received in batch]
    return [Kept(None, verdict) for verdict in statuses_apply(updates)]


def _fallback(work: UnitOfWork, received: Received) -> Answer:
    """Keeps a message that another route of ours could not take, and puts it into its thread after all. An entry of the
    spool may be seen twice."""
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
    texts_take_in([_text(received)], are_kept=True)
    return None


def _apology(received: Received) -> Answer:
    # True whatever comes of it: it may stand in its thread in a moment, or wait until the database is back.
    response = MessagingResponse()
    response.message(gettext("We got your message. Our answer may take longer than usual: call us if it is urgent."))
    return str(response)


def _nothing(received: Received) -> Answer:
    """Also for a text: what is put aside comes into its thread later, and what cannot even be put aside is answered
    with 503, so that Twilio goes on to the fallback."""
    return None


def _incoming_said(row: Any, **_: object) -> str:
    return gettext("A text came in")


def _status_said(row: Any, **_: object) -> str:
    said = _STATUS_WORDS.get(str(row.status).lower(), "")
    return sentence(said) or gettext("Twilio said something about a text")


def _fallback_said(row: object, **_: object) -> str:
    return gettext("Twilio could not use an answer of ours about a message and asked for the emergency one")


KINDS = (
    WebhookKind(
        name="message-incoming",
        path="messaging/incoming/",
        url_name="messaging:incoming",
        subject_field="MessageSid",
        status_field="SmsStatus",
        read_with="messaging.view_message",
        believed=Fields.of(*INCOMING_FIELDS),
        work_on_many=_incoming,
        emergency=_nothing,
        said=_incoming_said,
    ),
    WebhookKind(
        name=STATUS_KIND,
        path="messaging/status/",
        url_name="messaging:status",
        subject_field="MessageSid",
        status_field="MessageStatus",
        read_with="messaging.view_message",
        in_query={MESSAGE_QUERY: MESSAGE_FIELD},
        believed=Fields.of(*STATUS_FIELDS),
        work_on_many=_status,
        is_waited_for=False,
        emergency=_nothing,
        said=_status_said,
    ),
    WebhookKind(
        name="message-fallback",
        path="messaging/fallback/",
        url_name="messaging:fallback",
        subject_field="MessageSid",
        status_field="MessageStatus",
        read_with="messaging.view_messagewebhook",
        believed=Fields.of(*FALLBACK_FIELDS),
        work=_fallback,
        is_last_resort=True,
        emergency=_apology,
        said=_fallback_said,
    ),
)
