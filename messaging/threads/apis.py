"""Threads and texts over REST."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.pages import PlacePagination
from core.api.resources import BoundedJSONParser, choose_one_of
from messaging.models import Thread
from messaging.threads import services
from messaging.threads.permissions import lines_to_text_from
from messaging.threads.selectors import (
    SHOWN,
    ThreadFilter,
    thread_get_visible,
    thread_list,
    thread_timeline,
    threads_json,
    with_details,
)
from messaging.threads.serializers import (
    CLOSED,
    AssignSerializer,
    ReadSerializer,
    ThreadClosedSerializer,
    ThreadSerializer,
    ThreadTimelineSerializer,
)
from routing.line_names import line_id_asked, line_named, line_parameter
from routing.models import Line
from routing.outgoing.roles import role_of

_MOST_TEXT = 100
_LIST = [
    OpenApiParameter("show", OpenApiTypes.STR, enum=SHOWN),
    OpenApiParameter("search", OpenApiTypes.STR, description="A word of a text, a contact's name, part of a number"),
    OpenApiParameter("unread", OpenApiTypes.BOOL, description="Only those with something to read"),
    line_parameter(),
    OpenApiParameter("number", OpenApiTypes.STR, description="The other party's, as E.164"),
]


def visible_thread(request: Request, pk: int) -> Thread:
    """The thread, for those who may see it; for others there is none."""
    thread = thread_get_visible(request.user, pk)  # type: ignore[arg-type]
    if thread is None:
        raise Http404
    return thread


def line_to_text_from(request: Request, named: str) -> Line:
    """The line of that id or number, for those who may text from it. Raises `ValidationError`."""
    agent: Any = request.user
    line = line_named(lines_to_text_from(agent), named)
    if line is None:
        raise ValidationError({"line": _("This is no line that you may text from.")})
    return line


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
    """Whether a number may be texted from a line, also when nobody has written yet."""

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
        line = line_to_text_from(request, request.query_params.get("line", ""))
        number = _number_of(request)
        agent: Any = request.user
        refused = services.text_refusal(line, number, role=role_of(agent))
        return Response(
            {
                "closed": refused.code if refused and refused.code in CLOSED else "",
                "message": refused.sentence if refused else "",
                "may_override": bool(refused and refused.may_override),
            }
        )


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
        agent: Any = request.user
        shown, more = thread_timeline(agent, thread, before=before, size=size)
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
