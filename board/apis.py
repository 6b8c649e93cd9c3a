"""The board over REST."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.permissions import IsSupervisorOrAdmin
from board.payloads import board_json
from board.selectors import NoSuchTeam, facts_read, scope_of
from board.serializers import BoardSerializer
from core.api.schema import raises


class BoardApi(APIView):
    """Who waits, who works, and how the day has gone: of a supervisor's own teams, or one of them; for an admin, all.

    The desk is pushed the same while it shows the board (`board.open`).
    """

    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]

    @raises("permission_denied")
    @extend_schema(
        operation_id="board_retrieve",
        tags=["board"],
        parameters=[OpenApiParameter("team", OpenApiTypes.INT, description="A team's id; without it, all")],
        responses=BoardSerializer,
    )
    def get(self, request: Request) -> Response:
        agent: Any = request.user
        try:
            scope = scope_of(agent, _team_asked(request.query_params.get("team", "")))
        except NoSuchTeam:
            raise ValidationError({"team": [_("There is no such team among yours.")]}) from None
        return Response(board_json(facts_read(scope.shown), scope))


def _team_asked(value: str) -> int | None:
    """Raises `NoSuchTeam` for what is no id."""
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 15:
        raise NoSuchTeam
    return int(value)
