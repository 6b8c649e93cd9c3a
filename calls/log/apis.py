"""The call log over REST."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from calls.log.filters import PARAMETERS, CallFilter
from calls.log.pages import CallPagination
from calls.log.selectors import call_get_visible, call_log
from calls.log.serializers import CallSerializer
from calls.models import Call
from calls.payloads import call_json


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
        calls = pages.calls(request, partial(call_log, agent, wanted))
        return pages.get_paginated_response([call_json(call, agent) for call in calls])
