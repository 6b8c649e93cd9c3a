"""Texts over REST: those of a thread, sending, and asking what became of one."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.resources import BoundedJSONParser, Conflict
from core.api.schema import raises
from messaging.media import MediaRefused, media_check
from messaging.models import MediaState, Message, MessageMedia, Thread
from messaging.outbox.lookups import ask_again
from messaging.threads import services
from messaging.threads.apis import ThreadPagination, line_to_text_from, visible_thread
from messaging.threads.payloads import message_json
from messaging.threads.permissions import threads_visible
from messaging.threads.selectors import messages_with_details
from messaging.threads.serializers import (
    MessageInputSerializer,
    MessageSerializer,
    ThreadMessageInputSerializer,
)
from routing.models import Line

_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The text's own name, chosen by you: a text that is sent again under it is not sent twice.",
)


class TextNotAllowed(APIException):
    """The number gets no texts, and asking again will not help."""

    status_code = 409
    default_code = "text_refused"


class TextNotAllowedNow(TextNotAllowed):
    """A rule forbids the text, and this agent may override it with a reason."""

    default_code = "text_needs_reason"


class MessagePagination(ThreadPagination):
    ordering = ("-pk",)
    page_size = 50


class ThreadMessagesApi(ListAPIView[Any]):
    """The texts of a thread."""

    serializer_class = MessageSerializer
    pagination_class = MessagePagination
    parser_classes = [BoundedJSONParser]
    queryset = Thread.objects.none()

    @extend_schema(operation_id="threads_messages_list", tags=["texts"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The texts of a thread, the newest first."""
        thread = visible_thread(request, kwargs["thread_id"])
        page = self.paginate_queryset(messages_with_details().filter(thread=thread))
        return self.get_paginated_response([message_json(message) for message in page or []])

    @raises("conflict", "text_refused", "text_needs_reason")
    @extend_schema(
        operation_id="threads_messages_create",
        tags=["texts"],
        parameters=[_KEY],
        request=ThreadMessageInputSerializer,
        responses={201: MessageSerializer, 200: MessageSerializer},
    )
    def post(self, request: Request, thread_id: int) -> Response:
        """Sends a text to the thread's number. 200: it was sent before, under the same key."""
        thread = visible_thread(request, thread_id)
        body = ThreadMessageInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return _send(request, thread.line, thread.number, body.validated_data)


class MessagesApi(APIView):
    """Texts to anybody."""

    parser_classes = [BoundedJSONParser]

    @raises("conflict", "text_refused", "text_needs_reason")
    @extend_schema(
        operation_id="messages_create",
        tags=["texts"],
        parameters=[_KEY],
        request=MessageInputSerializer,
        responses={201: MessageSerializer, 200: MessageSerializer},
    )
    def post(self, request: Request) -> Response:
        """Sends a text to a number, from a line of the own teams. 200: it was sent before, under the same key."""
        body = MessageInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        line = line_to_text_from(request, body.validated_data["line"])
        return _send(request, line, body.validated_data["to"], body.validated_data)


def _send(request: Request, line: Line, number: str, values: dict[str, Any]) -> Response:
    agent: Any = request.user
    key = (values.get("key") or request.headers.get("Idempotency-Key", ""))[:200]
    media = _chosen(agent, values.get("media", []))
    try:
        message, is_new = services.text_send(
            *(line, number, values["body"]), by=agent, key=key, media=media, override=values.get("override", "")
        )
    except services.TextRefused as error:
        raise (TextNotAllowedNow if error.may_override else TextNotAllowed)(error.sentence) from None
    except services.KeyUsed:
        raise Conflict(_("This key belongs to another text.")) from None
    sent = messages_with_details().get(pk=message.pk)
    return Response(message_json(sent), status=201 if is_new else 200)


def _chosen(agent: Any, ids: list[int]) -> list[MessageMedia]:
    """The files, in their order: those that the agent has chosen, and those of texts that the agent may see."""
    mine = Q(uploaded_by=agent, message=None)
    seen = Q(message__in=Message.objects.filter(thread__in=threads_visible(agent)))
    found = {row.pk: row for row in MessageMedia.objects.filter(mine | seen, pk__in=ids, state=MediaState.KEPT)}
    if len(found) < len(set(ids)):
        raise ValidationError({"media": _("There is no such file. Choose it again.")})
    chosen = [found[pk] for pk in dict.fromkeys(ids)]
    try:
        media_check(chosen)
    except MediaRefused as error:
        raise ValidationError({"media": error.message}) from None
    return chosen


class MessageAskApi(APIView):
    """What Twilio says of a text that is not known."""

    @raises("twilio_unavailable")
    @extend_schema(operation_id="messages_ask", tags=["texts"], request=None, responses=MessageSerializer)
    def post(self, request: Request, message_id: int) -> Response:
        """Looks the text up at Twilio, by number and time. Sends nothing."""
        agent: Any = request.user
        message = Message.objects.filter(pk=message_id, thread__in=threads_visible(agent)).first()
        if message is None:
            raise Http404
        ask_again(message.pk)
        return Response(message_json(messages_with_details().get(pk=message.pk)))
