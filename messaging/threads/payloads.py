"""Threads and messages as JSON, one function per shape in docs/desk-protocol.md. The classes in
`messaging.threads.serializers` describe the same for the API's schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from calls.payloads import agent_json, contact_json, line_json, time_json
from core.languages import sentence
from messaging.models import (
    Direction,
    MediaState,
    Message,
    MessageMedia,
    MessageStatus,
    ReadyText,
    SendState,
    Step,
    Thread,
)
from telephony.phone import display

if TYPE_CHECKING:
    from contacts.consents import Consent
    from contacts.models import Contact
    from messaging.models import GroupSend

# What the desk shows of a message of ours, from how far it has got here and at Twilio.
_BY_STEP = {
    Step.WAITING: "waiting",
    Step.HELD: "waiting",
    Step.CLAIMED: "sending",
    Step.UNCLEAR: "sending",
    Step.UNKNOWN: "unknown",
    Step.REFUSED: "failed",
    Step.CANCELED: "canceled",
}
_BY_STATUS = {
    MessageStatus.SENT: "sent",
    MessageStatus.DELIVERED: "delivered",
    MessageStatus.READ: "read",
    MessageStatus.UNDELIVERED: "failed",
    MessageStatus.FAILED: "failed",
    MessageStatus.CANCELED: "canceled",
}
STATES = ("received", "waiting", "sending", "sent", "delivered", "read", "failed", "unknown", "canceled")
_UNKNOWN = _("We do not know whether it went out. Not sent again, so that nobody gets it twice.")
# What the person at the desk, or an admin, can do about it; by Twilio's codes.
_HELP = {
    "30003": _("The phone is switched off or out of reach. Try again later, or ring."),
    "30004": _("The carrier refuses texts to this number. Ring instead."),
    "30005": _("Check the number with them, in a call or by e-mail."),
    "30006": _("This number takes no texts. Ring, or ask for a mobile number."),
    "30007": _("Write it in other words, without links and offers, and try again. Your admin can register the number."),
    "30008": _("Nobody knows why. Try again once; then ring."),
    "21408": _("Your admin can allow texts to this country at Twilio."),
    "21610": _("Only they can change that, by writing START. You may ring."),
    "21614": _("This number takes no texts. Ring, or ask for a mobile number."),
    "11751": _("Send fewer files, or smaller ones."),
    "12300": _("Send it as a JPEG picture or a PDF."),
    "21211": _("Check the number with them, in a call or by e-mail."),
}
# Trying again cannot help: the number or the person would have to change first.
_PERMANENT = frozenset({"11751", "12300", "21211", "21408", "21610", "21614", "21612", "30004", "30005", "30006"})


@dataclass
class Known:
    """What a page of threads needs beside its rows."""

    contacts: Mapping[str, Contact]
    closed: dict[tuple[int, str], str] = field(default_factory=dict)


def thread_json(thread: Thread, known: Known) -> dict[str, Any]:
    contact = known.contacts.get(thread.number)
    last = thread.last_message
    return {
        "id": thread.pk,
        "line": line_json(thread.line),
        "number": thread.number,
        "display": display(thread.number, home_region=settings.HOME_REGION),
        "contact": contact_json(contact),
        "assigned_to": agent_json(thread.assigned_to),
        "last": message_json(last) if last else None,
        "last_at": time_json(thread.last_at),
        "unread": thread.unread,
        "closed": known.closed.get((thread.line_id, thread.number), ""),
        "revision": thread.revision,
    }


def state_of(message: Message) -> str:
    if message.direction == Direction.INBOUND:
        return "received"
    if message.step in _BY_STEP:
        return _BY_STEP[Step(message.step)]
    return _BY_STATUS.get(MessageStatus(message.status), "sending") if message.status else "sending"


def message_json(message: Message) -> dict[str, Any]:
    state = state_of(message)
    problem = _UNKNOWN if state == "unknown" else message.problem
    return {
        "id": message.pk,
        "thread": message.thread_id,
        "sid": message.sid,
        "direction": message.direction,
        "body": message.body,
        "media": [media_json(media) for media in message.media.all()],
        "state": state,
        "problem": sentence(problem),
        "help": sentence(_HELP.get(message.error_code, "")) if state == "failed" else "",
        "may_retry": state == "failed" and message.error_code not in _PERMANENT and _is_sent_again_here(message),
        "error_code": message.error_code,
        "segments": message.num_segments,
        "by": agent_json(message.written_by),
        "origin": message.origin,
        "group_send": named_send_json(message.group_send),
        "at": time_json(message.created_at),
    }


def _is_sent_again_here(message: Message) -> bool:
    """Once: of the last text that was tried. Who got it as one of many is tried again where it was sent from, and
    nowhere else until that is over: else they might get it twice."""
    send = message.group_send
    if send is None:
        return not getattr(message, "is_sent_again", False)
    return send.state == SendState.CANCELED and bool(getattr(message, "is_last_tried", False))


def named_send_json(send: GroupSend | None) -> dict[str, Any] | None:
    """The send that a text was part of: whoever may see the text's thread may see it."""
    return {"id": send.pk, "title": send.title} if send is not None else None


def media_json(media: MessageMedia) -> dict[str, Any]:
    kept = media.state == MediaState.KEPT
    return {
        "id": media.pk,
        "content_type": media.content_type,
        "size": media.size,
        "state": media.state,
        "url": reverse("api:message-media", args=[media.pk]) if kept else None,
    }


def consent_json(consent: Consent) -> dict[str, Any]:
    return {
        "state": consent.state,
        "source": consent.source,
        "note": consent.note,
        "by": agent_json(consent.recorded_by),
    }


def ready_text_json(text: ReadyText) -> dict[str, Any]:
    return {"id": text.pk, "name": text.name, "body": text.body, "line": text.line_id}
