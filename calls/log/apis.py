"""The call log over REST: reading it, and noting what a call came to."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from calls.control import actions
from calls.log.filters import PARAMETERS, CallFilter
from calls.log.pages import CallPagination
from calls.log.selectors import call_get_visible, call_log
from calls.log.serializers import CallChangeSerializer, CallSerializer
from calls.models import Call
from calls.payloads import call_etag, call_json
from core.api.resources import BoundedJSONParser, require_version
from core.api.schema import raises

_VERSION = OpenApiParameter(
    "ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, response=[200], description="Its version."
)
_IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that was read. With it, nothing is changed when somebody else was quicker (412).",
)


def visible_call(request: Request, sid: str) -> Call:
    """The call, for those who may see it; for others there is none."""
    call = call_get_visible(request.user, sid.replace("\x00", ""))  # type: ignore[arg-type]
    if call is None:
        raise Http404
    return call


@extend_schema_view(get=extend_schema(operation_id="calls_list", tags=["calls"], parameters=PARAMETERS))
class CallListApi(ListAPIView[Call]):
    """The calls that the signed-in agent may see, newest first.

    An agent sees the own calls, those that ring here, and finished ones of the own teams' lines; a supervisor the
    living ones of those lines, too; an admin all.
    """

    serializer_class = CallSerializer
    pagination_class = CallPagination
    queryset = Call.objects.none()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        wanted = CallFilter.from_query(request.query_params)
        pages = CallPagination()
        agent: Any = request.user
        calls = pages.read_page(request, partial(call_log, agent, wanted))
        return pages.get_paginated_response([call_json(call) for call in calls])


class CallDetailApi(RetrieveAPIView[Call]):
    """One call with its legs."""

    serializer_class = CallSerializer
    parser_classes = [BoundedJSONParser]
    lookup_url_kwarg = "sid"
    queryset = Call.objects.none()

    @extend_schema(operation_id="calls_retrieve", tags=["calls"], parameters=[_VERSION], responses=CallSerializer)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return _answer(visible_call(request, self.kwargs["sid"]))

    @raises("permission_denied")
    @extend_schema(
        operation_id="calls_update",
        tags=["calls"],
        parameters=[_IF_MATCH, _VERSION],
        request=CallChangeSerializer,
        responses=CallSerializer,
    )
    def patch(self, request: Request, sid: str) -> Response:
        """Keeps the note, the outcome, or both. Without `If-Match` the last to write wins."""
        call = visible_call(request, sid)
        agent: Any = request.user
        if not actions.call_may_be_edited(call, by=agent):
            raise PermissionDenied("Only the agent on the call, a supervisor of its team or an admin can note this.")
        body = CallChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        actions.call_edit(
            sid=call.sid,
            changes=body.validated_data,
            by=agent,
            check=lambda current: require_version(request, call_etag(current)),
        )
        return _answer(visible_call(request, sid))


def _answer(call: Call) -> Response:
    return Response(call_json(call), headers={"ETag": call_etag(call)})
