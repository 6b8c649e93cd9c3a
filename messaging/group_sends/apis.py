"""Group sends over REST. Agents see those of their teams' lines; supervisors of the line's team and admins write
them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.pages import PlacePagination
from core.api.resources import BoundedJSONParser, Conflict, choose_one_of
from core.api.schema import raises
from messaging.group_sends import services
from messaging.group_sends.payloads import send_json, sends_json
from messaging.group_sends.permissions import may_send_from, sends_visible
from messaging.group_sends.results_csv import results_csv
from messaging.group_sends.selectors import SENDS_SHOWN, shown_as
from messaging.group_sends.serializers import (
    GroupSendChangeSerializer,
    GroupSendInputSerializer,
    GroupSendRowSerializer,
    GroupSendSerializer,
    GroupSendStartSerializer,
    RetryAnswerSerializer,
    ToMyselfSerializer,
)
from messaging.models import GroupSend, SendState
from messaging.threads.payloads import message_json
from messaging.threads.selectors import messages_with_details
from messaging.threads.serializers import MessageSerializer
from routing.line_names import line_id_asked, line_parameter

_LIST = [
    OpenApiParameter("state", OpenApiTypes.STR, enum=SENDS_SHOWN),
    line_parameter(),
]


class SendPages(PlacePagination):
    page_size = 25


class SendPagination(SendPages):
    ordering = ("-created_at", "-pk")


def visible_send(request: Request, pk: int) -> GroupSend:
    """The send, for those who may see it; for others there is none."""
    agent: Any = request.user
    send = sends_visible(agent).filter(pk=pk).first()
    if send is None:
        raise Http404
    return send


def own_send(request: Request, pk: int) -> GroupSend:
    """The send, for those who may write it. Raises `PermissionDenied`."""
    send = visible_send(request, pk)
    agent: Any = request.user
    if not may_send_from(agent, send.line):
        raise PermissionDenied(_("Only supervisors of the line's team and admins can write to groups."))
    return send


def _answer(send: GroupSend, *, status: int = 200) -> Response:
    return Response(send_json(sends_read(send.pk)), status=status)


def sends_read(pk: int) -> GroupSend:
    return GroupSend.objects.select_related("line", "written_by", "started_by").get(pk=pk)


class GroupSendListApi(ListAPIView[GroupSend]):
    """Texts to groups."""

    serializer_class = GroupSendRowSerializer
    pagination_class = SendPagination
    parser_classes = [BoundedJSONParser]
    queryset = GroupSend.objects.none()

    @extend_schema(operation_id="group_sends_list", tags=["group sends"], parameters=_LIST)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those of the own teams' lines, the newest first. An admin sees all. Which contacts and numbers were chosen
        says each by itself."""
        agent: Any = request.user
        sends = sends_visible(agent)
        if state := request.query_params.get("state", ""):
            if state not in SENDS_SHOWN:
                raise ValidationError({"state": choose_one_of(SENDS_SHOWN)})
            sends = sends.filter(shown_as(state))
        line = line_id_asked(request.query_params.get("line", ""))
        if line is not None:
            sends = sends.filter(line=line)
        page = self.paginate_queryset(sends.defer("contact_ids", "numbers", "chosen_ids"))
        return self.get_paginated_response(sends_json(page or []))

    @raises("permission_denied")
    @extend_schema(
        operation_id="group_sends_create",
        tags=["group sends"],
        request=GroupSendInputSerializer,
        responses={201: GroupSendSerializer},
    )
    def post(self, request: Request) -> Response:
        """Makes a draft: nothing is sent. It says who would get it, who is left out and why, and what it may cost."""
        body = GroupSendInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        agent: Any = request.user
        _require_line(agent, body.validated_data["line"])
        with said_refusals():
            send = services.send_create(values=body.validated_data, by=agent)
        return _answer(send, status=201)


def _require_line(agent: Any, line: Any) -> None:
    if not may_send_from(agent, line):
        raise PermissionDenied(_("Only supervisors of the line's team and admins can write to groups."))


class said_refusals:
    """A service's refusals as answers."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, services.SendConflict):
            raise Conflict(str(error)) from None
        if isinstance(error, services.UnknownField):
            raise ValidationError({"body": str(error)}) from None
        if isinstance(error, services.NoHours):
            raise ValidationError({"hours_until": _("The hours end when they begin.")}) from None
        if isinstance(error, GroupSend.DoesNotExist):
            raise Http404 from None


class GroupSendApi(APIView):
    """One text to many."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="group_sends_retrieve", tags=["group sends"], responses=GroupSendSerializer)
    def get(self, request: Request, pk: int) -> Response:
        send = visible_send(request, pk)
        # Everybody is gone through for this: in a list, drafts say what was known when they were last written or read.
        if send.state == SendState.DRAFT:
            services.draft_renew(send)
        return Response(send_json(send))

    @raises("permission_denied", "conflict")
    @extend_schema(
        operation_id="group_sends_update",
        tags=["group sends"],
        request=GroupSendChangeSerializer(partial=True),
        responses=GroupSendSerializer,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Changes a draft, and says again who would get it."""
        send = own_send(request, pk)
        body = GroupSendChangeSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        agent: Any = request.user
        if "line" in body.validated_data:
            _require_line(agent, body.validated_data["line"])
        with said_refusals():
            revision = body.validated_data.pop("revision", None)
            send = services.send_update(send.pk, values=body.validated_data, revision=revision)
        return _answer(send)

    @raises("permission_denied", "conflict")
    @extend_schema(
        operation_id="group_sends_delete",
        tags=["group sends"],
        responses={204: OpenApiResponse(description="It is gone.")},
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Throws a draft away."""
        send = own_send(request, pk)
        with said_refusals():
            services.send_delete(send.pk)
        return Response(status=204)


class _StepApi(APIView):
    parser_classes = [BoundedJSONParser]
    step: Callable[[int, Any], GroupSend]

    def _do(self, request: Request, pk: int) -> Response:
        send = own_send(request, pk)
        with said_refusals():
            send = type(self).step(send.pk, request.user)
        return _answer(send)


class GroupSendStartApi(APIView):
    """Begins."""

    parser_classes = [BoundedJSONParser]

    @raises("permission_denied", "conflict")
    @extend_schema(
        operation_id="group_sends_start",
        tags=["group sends"],
        request=GroupSendStartSerializer,
        responses=GroupSendSerializer,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Fixes who gets it and begins, or waits for its time. Who has started it already is answered the same."""
        send = own_send(request, pk)
        body = GroupSendStartSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        agent: Any = request.user
        with said_refusals():
            send = services.send_start(send.pk, by=agent, revision=body.validated_data.get("revision"))
        return _answer(send)


class GroupSendPauseApi(_StepApi):
    """Pauses."""

    step = staticmethod(lambda pk, agent: services.send_pause(pk))

    @raises("permission_denied", "conflict")
    @extend_schema(operation_id="group_sends_pause", tags=["group sends"], request=None, responses=GroupSendSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Sends nothing more for now. What Twilio has cannot be called back."""
        return self._do(request, pk)


class GroupSendResumeApi(_StepApi):
    """Goes on."""

    step = staticmethod(lambda pk, agent: services.send_resume(pk))

    @raises("permission_denied", "conflict")
    @extend_schema(operation_id="group_sends_resume", tags=["group sends"], request=None, responses=GroupSendSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Goes on after a pause, or once what had stopped it is mended."""
        return self._do(request, pk)


class GroupSendCancelApi(_StepApi):
    """Ends it."""

    step = staticmethod(lambda pk, agent: services.send_cancel(pk))

    @raises("permission_denied", "conflict")
    @extend_schema(operation_id="group_sends_cancel", tags=["group sends"], request=None, responses=GroupSendSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Ends it for good: whoever has not got it yet never does."""
        return self._do(request, pk)


class GroupSendRetryApi(APIView):
    """Tries again."""

    parser_classes = [BoundedJSONParser]

    @raises("permission_denied", "conflict")
    @extend_schema(
        operation_id="group_sends_retry", tags=["group sends"], request=None, responses=RetryAnswerSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Sends it again to those whose phone or network was away, and to nobody else."""
        send = own_send(request, pk)
        with said_refusals():
            send, retried = services.send_retry(send.pk)
        return Response({"retried": retried, "send": send_json(sends_read(send.pk))})


class GroupSendToMyselfApi(APIView):
    """A sample."""

    parser_classes = [BoundedJSONParser]

    @raises("permission_denied", "conflict")
    @extend_schema(
        operation_id="group_sends_to_myself",
        tags=["group sends"],
        request=ToMyselfSerializer,
        responses={201: MessageSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Sends the text to one's own number, filled in with one's own name."""
        send = own_send(request, pk)
        body = ToMyselfSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        agent: Any = request.user
        try:
            message = services.send_to_myself(send, number=body.validated_data["number"], by=agent)
        except services.SendConflict as error:
            raise Conflict(str(error)) from None
        return Response(message_json(messages_with_details().get(pk=message.pk)), status=201)


class CsvRenderer(JSONRenderer):
    """For clients that accept CSV only. The table itself is streamed past it; a problem stays JSON."""

    media_type = "text/csv"
    format = "csv"


class GroupSendResultsApi(APIView):
    """The results as a table."""

    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(
        operation_id="group_sends_results",
        tags=["group sends"],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """All people with what came of each and why, for spreadsheets: no cell is taken for a formula."""
        send = visible_send(request, pk)
        services.recipients_kept(send)
        answer = StreamingHttpResponse(results_csv(send), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="group-send-{send.pk}.csv"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
