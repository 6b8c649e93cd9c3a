"""Presence over REST: what agents are now, and changing it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.permissions import may_set_presence
from agents.presence import PresenceRefused, presence_set
from agents.selectors import agent_get_active, away_reasons, colleague_ids
from calls.live.presence import presence_of
from calls.live.serializers import PresenceSerializer
from core.api.resources import BoundedJSONParser
from core.api.schema import raises
from core.languages import sentence
from desk.serializers import AwayReasonSerializer, PresenceChangeSerializer


class AgentPresenceApi(APIView):
    """What an agent of the own teams is now."""

    parser_classes = [BoundedJSONParser]

    @extend_schema(operation_id="agents_presence", responses=PresenceSerializer)
    @raises("not_found")
    def get(self, request: Request, agent_id: int) -> Response:
        self._agent(request, agent_id)
        return Response(presence_of({agent_id})[0])

    @extend_schema(
        operation_id="agents_presence_update",
        request=PresenceChangeSerializer,
        responses=PresenceSerializer,
    )
    @raises("not_found", "permission_denied")
    def patch(self, request: Request, agent_id: int) -> Response:
        """Sets the presence: agents their own, supervisors that of their teams' members, admins anybody's. The agent is
        told at once by whom. Wrap-up ends by it; a call goes on."""
        agent = self._agent(request, agent_id)
        by: Any = request.user
        if not may_set_presence(by, agent):
            raise PermissionDenied(_("Only supervisors of the agent's team and admins can do this."))
        body = PresenceChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            presence_set(agent_id=agent_id, chosen=body.chosen(), by=by)
        except PresenceRefused as error:
            raise ValidationError({error.field: [sentence(str(error))]}) from None
        return Response(presence_of({agent_id})[0])

    @staticmethod
    def _agent(request: Request, agent_id: int) -> Any:
        """Raises `Http404` for whom the one who asks does not see at the desk."""
        user: Any = request.user
        agent = agent_get_active(agent_id) if agent_id < 2**63 else None
        if agent is None or not (user.is_superuser or agent_id in colleague_ids(user)):
            raise Http404
        return agent


class AwayReasonListApi(APIView):
    """Why somebody may be away, in the order in which it is offered. Admins keep them."""

    @extend_schema(operation_id="away_reasons_list", responses=AwayReasonSerializer(many=True))
    def get(self, request: Request) -> Response:
        return Response(AwayReasonSerializer(away_reasons(), many=True).data)
