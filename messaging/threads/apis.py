"""Threads and texts over REST."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import FileResponse, Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.exceptions import APIException, UnsupportedMediaType, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.parsers import BaseParser
from rest_framework.request import Request, is_form_media_type
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.pages import PlacePagination
from core.api.resources import BoundedJSONParser, Conflict, choose_one_of, read_bounded
from core.api.schema import raises
from messaging.media import MOST_OUT, MediaRefused, media_response, media_upload
from messaging.models import MediaState, Message, MessageMedia, ReadyText, Thread
from messaging.outbox.lookups import ask_again
from messaging.threads import services
from messaging.threads.payloads import media_json, message_json, ready_text_json
from messaging.threads.permissions import lines_to_text_from, threads_visible
from messaging.threads.selectors import (
    SHOWN,
    ThreadFilter,
    closed_numbers,
    messages_with_details,
    ready_texts,
    thread_get_visible,
    thread_list,
    thread_timeline,
    threads_json,
    with_details,
)
from messaging.threads.serializers import (
    AssignSerializer,
    MediaSerializer,
    MessageInputSerializer,
    MessageSerializer,
    ReadSerializer,
    ReadyTextSerializer,
    ThreadClosedSerializer,
    ThreadMessageInputSerializer,
    ThreadSerializer,
    ThreadTimelineSerializer,
)
from routing.line_names import line_id_asked, line_named, line_parameter
from routing.models import Line

_MOST_TEXT = 100
_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The text's own name, chosen by you: a text that is sent again under it is not sent twice.",
)
_LIST = [
    OpenApiParameter("show", OpenApiTypes.STR, enum=SHOWN),
    OpenApiParameter("search", OpenApiTypes.STR, description="A word of a text, a contact's name, part of a number"),
    OpenApiParameter("unread", OpenApiTypes.BOOL, description="Only those with something to read"),
    line_parameter(),
    OpenApiParameter("number", OpenApiTypes.STR, description="The other party's, as E.164"),
]


class TextNotAllowed(APIException):
    """The number gets no texts, and asking again will not help."""

    status_code = 409
    default_code = "text_refused"


class TextNotAllowedNow(TextNotAllowed):
    """A rule forbids the text, and this agent may override it with a reason."""

    default_code = "text_needs_reason"


def visible_thread(request: Request, pk: int) -> Thread:
    """The thread, for those who may see it; for others there is none."""
    thread = thread_get_visible(request.user, pk)  # type: ignore[arg-type]
    if thread is None:
        raise Http404
    return thread


class ThreadPagination(PlacePagination):
    ordering: Any = ("-last_at", "-pk")
    page_size = 25


@extend_schema_view(get=extend_schema(operation_id="threads_list", tags=["texts"], parameters=_LIST))
class ThreadListApi(ListAPIView[Thread]):
    """The threads of the own teams' lines, the newest text first. An admin sees all."""

    serializer_class = ThreadSerializer
    pagination_class = ThreadPagination
    queryset = Thread.objects.none()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        agent: Any = request.user
        page = self.paginate_queryset(with_details(thread_list(agent, _filter_of(request))))
        return self.get_paginated_response(threads_json(page or []))


def _filter_of(request: Request) -> ThreadFilter:
    query = request.query_params
    show = query.get("show", "") or "all"
    if show not in SHOWN:
        raise ValidationError({"show": choose_one_of(SHOWN)})
    unread = query.get("unread", "").lower()
    if unread not in ("", "true", "false"):
        raise ValidationError({"unread": choose_one_of(["true", "false"])})
    return ThreadFilter(
        show=show,
        search=query.get("search", "").replace("\x00", "").strip()[:_MOST_TEXT],
        unread=unread == "true",
        line=line_id_asked(query.get("line", "")),
        number=_number_of(request),
    )


def _number_of(request: Request) -> str:
    # A plus that was not quoted is a space.
    return request.query_params.get("number", "").replace("\x00", "")[:64].replace(" ", "+", 1).strip()


class ThreadClosedApi(APIView):
    """Whether a number gets texts from a line, also when nobody has written yet."""

    @extend_schema(
        operation_id="threads_closed",
        tags=["texts"],
        parameters=[
            OpenApiParameter("line", OpenApiTypes.STR, required=True, description="Line's id or number"),
            OpenApiParameter("number", OpenApiTypes.STR, required=True, description="The other party's, as E.164"),
        ],
        responses=ThreadClosedSerializer,
    )
    def get(self, request: Request) -> Response:
        line = _line(request, request.query_params.get("line", ""))
        number = _number_of(request)
        return Response({"closed": closed_numbers(line, [number]).get(number, "")})


class ThreadApi(APIView):
    """One thread."""

    @extend_schema(operation_id="threads_retrieve", tags=["texts"], responses=ThreadSerializer)
    def get(self, request: Request, thread_id: int) -> Response:
        return _answer(request, thread_id)


def _answer(request: Request, thread_id: int) -> Response:
    return Response(threads_json([visible_thread(request, thread_id)])[0])


class ThreadTimelineApi(APIView):
    """What happened between a number and us: texts, calls, and what was said of texts, the newest first."""

    @extend_schema(
        operation_id="threads_timeline",
        tags=["texts"],
        parameters=[
            OpenApiParameter("before", OpenApiTypes.DATETIME, description="Older than this"),
            OpenApiParameter("page_size", OpenApiTypes.INT, description="At most 100; 50 when it is left out"),
        ],
        responses=ThreadTimelineSerializer,
    )
    def get(self, request: Request, thread_id: int) -> Response:
        thread = visible_thread(request, thread_id)
        size, before = _size(request), _before(request)
        # One more than is given: is there a next page?
        agent: Any = request.user
        entries = thread_timeline(agent, thread, before=before, size=size + 1)
        shown = entries[:size]
        more = len(entries) > size
        address = request.build_absolute_uri(reverse("api:thread-timeline", args=[thread_id]))
        return Response(
            {
                "next": f"{address}?before={_time(shown[-1]['at'])}&page_size={size}" if more else None,
                "results": [entry | {"at": _time(entry["at"])} for entry in shown],
            }
        )


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def _size(request: Request) -> int:
    text = request.query_params.get("page_size", "")
    return min(max(int(text), 1), 100) if text.isascii() and text.isdigit() and len(text) <= 4 else 50


def _before(request: Request) -> datetime | None:
    text = request.query_params.get("before", "")
    if not text:
        return None
    try:
        # A plus that was not quoted is a space.
        before = datetime.fromisoformat(text.replace(" ", "+"))
        return before.astimezone(UTC) if before.tzinfo else before.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValidationError({"before": _("Write the time like 2026-11-23T09:30:00Z.")}) from None


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
        line = _line(request, body.validated_data["line"])
        return _send(request, line, body.validated_data["to"], body.validated_data)


def _line(request: Request, named: str) -> Line:
    agent: Any = request.user
    line = line_named(lines_to_text_from(agent), named)
    if line is None:
        raise ValidationError({"line": _("This is no line that you may text from.")})
    return line


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
    return [found[pk] for pk in dict.fromkeys(ids)]


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


class ThreadAssignApi(APIView):
    """Who looks after a thread."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="threads_assign", tags=["texts"], request=AssignSerializer, responses=ThreadSerializer)
    def post(self, request: Request, thread_id: int) -> Response:
        """Gives the thread to an agent of the line's team, to an admin, or to nobody."""
        thread = visible_thread(request, thread_id)
        body = AssignSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data["agent"]
        agent = get_user_model().objects.filter(pk=wanted).first() if wanted else None
        try:
            if wanted and agent is None:
                raise services.NotTheirs
            services.thread_assign(thread, agent)
        except services.NotTheirs:
            raise ValidationError({"agent": _("This agent does not answer the line.")}) from None
        return _answer(request, thread_id)


class ThreadReadApi(APIView):
    """How far a thread is read."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="threads_read", tags=["texts"], request=ReadSerializer, responses=ThreadSerializer)
    def post(self, request: Request, thread_id: int) -> Response:
        """Says that the signed-in agent has read the thread up to this message."""
        thread = visible_thread(request, thread_id)
        body = ReadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        agent: Any = request.user
        services.thread_read(thread, agent, up_to=body.validated_data["up_to"])
        return _answer(request, thread_id)


class FileParser(BaseParser):
    """A file as it is, of a bounded size; its type is that of the request."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        # Of a form, the framework would look for fields in it before anybody is signed in.
        if is_form_media_type(media_type or ""):
            raise UnsupportedMediaType(media_type, detail=_("Send the file as it is, not in a form."))
        return read_bounded(stream, MOST_OUT)


class MediaUploadApi(APIView):
    """Files to be sent."""

    parser_classes = [FileParser]

    @raises("unsupported_media_type", "too_large")
    @extend_schema(
        operation_id="messages_media_create",
        tags=["texts"],
        request={"image/*": OpenApiTypes.BINARY, "application/pdf": OpenApiTypes.BINARY},
        responses={201: MediaSerializer},
    )
    def post(self, request: Request) -> Response:
        """Keeps a picture, PDF, sound, film or contact card of at most 5 MB for a text that is sent within a day."""
        data: Any = request.data
        if not isinstance(data, bytes) or not data:
            raise ValidationError({"file": _("There is no file in the request.")})
        try:
            media = media_upload(data, request.content_type or "", by=request.user)
        except MediaRefused as error:
            raise UnsupportedMediaType(request.content_type or "", detail=error.message) from None
        return Response(media_json(media), status=201)


class MediaApi(APIView):
    """A file of a text."""

    @extend_schema(
        operation_id="messages_media_retrieve",
        tags=["texts"],
        responses={(200, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The file as it is.")},
    )
    def get(self, request: Request, media_id: int) -> FileResponse:
        """The file, for those who may see the thread, and for whoever chose it."""
        agent: Any = request.user
        row = MessageMedia.objects.select_related("message").filter(pk=media_id).first()
        if row is None:
            raise Http404
        if row.message is None:
            may_see = row.uploaded_by_id == agent.pk
        else:
            may_see = threads_visible(agent).filter(pk=row.message.thread_id).exists()
        response = media_response(row) if may_see else None
        if response is None:
            raise Http404
        return response


@extend_schema_view(
    get=extend_schema(
        operation_id="ready_texts_list",
        tags=["texts"],
        parameters=[line_parameter("those that may be used there")],
    )
)
class ReadyTextListApi(ListAPIView[ReadyText]):
    """Texts that agents choose rather than write."""

    serializer_class = ReadyTextSerializer
    pagination_class = None
    queryset = ReadyText.objects.none()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        agent: Any = request.user
        # A plus that was not quoted is a space.
        named = request.query_params.get("line", "").replace(" ", "+", 1)
        line = _line(request, named) if named else None
        own = {each.pk for each in lines_to_text_from(agent)}
        texts = [text for text in ready_texts(line) if text.line_id is None or text.line_id in own]
        return Response([ready_text_json(text) for text in texts])
