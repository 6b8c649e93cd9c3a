"""Which colleagues can be called now, over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.live.colleagues import colleagues_found
from calls.live.serializers import PresenceSerializer

_MOST = 20


class ColleagueSerializer(serializers.Serializer[Any]):
    """An agent whom the reader may want to call."""

    presence = PresenceSerializer()
    to = serializers.CharField(help_text="The `To` of the call that a phone makes to reach them: `client:agent_3`.")
    may = serializers.BooleanField(help_text="Whether their phone would ring now.")
    why = serializers.CharField(allow_blank=True, help_text="Why not, or how it would ring, as a sentence.")


class ColleaguesApi(APIView):
    """The colleagues who can be called, those whose phones would ring now first; twenty at the most.

    The call itself is made by the phone, as any other: with `to` as its parameter `To`. Whether it can be is decided
    again then, and said in the call's `problem`.
    """

    @extend_schema(
        operation_id="colleagues_list",
        tags=["calls"],
        parameters=[OpenApiParameter("q", OpenApiTypes.STR, description="Part of a name.")],
        responses=ColleagueSerializer(many=True),
        filters=False,
    )
    def get(self, request: Request) -> Response:
        agent: Any = request.user
        wanted = request.query_params.get("q", "")[:100].replace("\x00", "").casefold().strip()
        found = list(colleagues_found(agent, wanted))[:_MOST]
        return Response([one | {"to": f"client:{one['presence']['agent']['identity']}"} for one in found])
