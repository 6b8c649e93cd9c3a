"""Shapes of threads and texts for the API's schema, and the checks of what is sent to it.

What is answered and pushed is made by `messaging.threads.payloads`, where the reason is said.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from calls.log.serializers import AgentSerializer, CallSerializer, ContactSerializer, LineSerializer
from contacts.consents import Consent
from core.api.resources import CleanField, CleanLinesField, StrictSerializer
from messaging.media import MOST_FILES_OUT
from messaging.models import Direction, MediaState, Origin
from messaging.threads.payloads import STATES
from routing.line_names import LineNameField
from routing.outgoing.overrides import MOST_REASON
from telephony.errors import InvalidNumber
from telephony.phone import parse

MOST_BODY = 1600


class MediaSerializer(serializers.Serializer[Any]):
    """A picture or another file of a text."""

    id = serializers.IntegerField()
    content_type = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(allow_null=True, help_text="Bytes.")
    state = serializers.ChoiceField(choices=MediaState.choices)
    url = serializers.CharField(allow_null=True, help_text="Where it is, for those who may see the thread.")


class NamedSendSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()


class MessageSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    thread = serializers.IntegerField(help_text="Its thread's id.")
    sid = serializers.CharField(allow_null=True, help_text="Twilio's, once it has the text.")
    direction = serializers.ChoiceField(choices=Direction.choices)
    body = serializers.CharField(allow_blank=True)
    media = MediaSerializer(many=True)
    state = serializers.ChoiceField(choices=STATES, help_text="How far it has come.")
    problem = serializers.CharField(allow_blank=True, help_text="Why it was not delivered, as a sentence.")
    help = serializers.CharField(allow_blank=True, help_text="What can be done about it, as a sentence.")
    may_retry = serializers.BooleanField(help_text="Whether sending the same again may help.")
    error_code = serializers.CharField(allow_blank=True, help_text="Twilio's.")
    segments = serializers.IntegerField(help_text="0 while that is not known.")
    by = AgentSerializer(allow_null=True)
    origin = serializers.ChoiceField(choices=Origin.choices, allow_blank=True)
    group_send = NamedSendSerializer(allow_null=True, help_text="The group send that it was part of.")
    at = serializers.DateTimeField()


CLOSED = ("stopped", "objected", "blocked", "landline", "name")


class ThreadClosedSerializer(serializers.Serializer[Any]):
    closed = serializers.ChoiceField(choices=CLOSED, allow_blank=True, help_text="Why the number can get no texts.")
    message = serializers.CharField(
        allow_blank=True, help_text="Why the agent may not text it now, as a sentence: also what the company forbids."
    )
    may_override = serializers.BooleanField(help_text="Whether it may be texted all the same, with a reason.")


class ThreadSerializer(serializers.Serializer[Any]):
    """What one number and one of our lines wrote each other."""

    id = serializers.IntegerField()
    line = LineSerializer()
    number = serializers.CharField(help_text="E.164, a short code, or a sender's name.")
    display = serializers.CharField(help_text="As read at the home region.")
    contact = ContactSerializer(allow_null=True)
    assigned_to = AgentSerializer(allow_null=True)
    last = MessageSerializer(allow_null=True)
    last_at = serializers.DateTimeField()
    unread = serializers.IntegerField(
        help_text="Texts that whoever it is assigned to, or else nobody of the team, has read."
    )
    closed = serializers.ChoiceField(choices=CLOSED, allow_blank=True, help_text="Why it can get no texts.")
    revision = serializers.IntegerField(help_text="Rises with every change: of two answers, the higher is the newer.")


class UnreadThreadSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    assigned_to = serializers.IntegerField(allow_null=True, help_text="An agent's id.")
    unread = serializers.IntegerField()


class TextConsentSerializer(serializers.Serializer[Any]):
    """That the other party allowed, or forbade, the line's texts."""

    state = serializers.ChoiceField(choices=Consent.State.choices)
    source = serializers.ChoiceField(choices=Consent.Source.choices)  # type: ignore[assignment]
    note = serializers.CharField(allow_blank=True, help_text="The word that was sent; which form.")
    by = AgentSerializer(allow_null=True)


class ThreadEntrySerializer(serializers.Serializer[Any]):
    """One of `message`, `call` and `consent` is there: that which `kind` names."""

    kind = serializers.ChoiceField(choices=["message", "call", "consent"])
    at = serializers.DateTimeField()
    id = serializers.CharField()
    message = MessageSerializer(allow_null=True)
    call = CallSerializer(allow_null=True)
    consent = TextConsentSerializer(allow_null=True)


class ThreadTimelineSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Where the older ones are.")
    results = ThreadEntrySerializer(many=True)


class ReadyTextSerializer(serializers.Serializer[Any]):
    """A text that agents choose rather than write; `{first name}` and other fields are for them to fill in."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    body = serializers.CharField()
    line = serializers.IntegerField(allow_null=True, help_text="For this line only.")


class _BodySerializer(StrictSerializer):
    body = CleanLinesField(required=False, allow_blank=True, default="", max_length=MOST_BODY, help_text="The text.")
    media = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62),
        required=False,
        max_length=MOST_FILES_OUT,
        help_text="Ids of files that were sent to `/api/v1/messages/media/` before.",
    )
    key = serializers.CharField(
        required=False,
        max_length=100,
        help_text="The text's own name, chosen by you: sent again, it is the same text. Or as `Idempotency-Key`.",
    )

    override = CleanField(
        required=False,
        allow_blank=True,
        max_length=MOST_REASON,
        help_text="Why it is sent though hours or the do-not-call list forbid it: for those who may override that.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["body"] and not attrs.get("media"):
            raise serializers.ValidationError({"body": [_("Write something, or choose a file.")]})
        return attrs


class ThreadMessageInputSerializer(_BodySerializer):
    """A text to the thread's number."""


class MessageInputSerializer(_BodySerializer):
    """A text to a number, from one of our lines."""

    line = LineNameField(help_text="The line's id, or its number as E.164.")
    to = serializers.CharField(max_length=64, help_text="E.164, or as it is dialled in the home region.")

    def validate_to(self, value: str) -> str:
        try:
            number = parse(value, home_region=settings.HOME_REGION)
        except InvalidNumber as error:
            raise serializers.ValidationError(error.message) from None
        if number.extension:
            raise serializers.ValidationError(_("An extension cannot be texted."))
        return number.e164


class AssignSerializer(StrictSerializer):
    agent = serializers.IntegerField(
        allow_null=True, min_value=1, max_value=2**62, help_text="An agent's id; null for nobody."
    )


class ReadSerializer(StrictSerializer):
    up_to = serializers.IntegerField(min_value=0, max_value=9_000_000_000_000_000_000, help_text="A message's id.")
