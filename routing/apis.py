"""Routes over REST."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agents.permissions import IsSupervisorOrAdmin
from core.api.resources import BoundedJSONParser
from routing.explain import explain
from routing.facts import facts_of
from routing.models import Line
from routing.permissions import lines_explained_to
from routing.serializers import ExplainInputSerializer, ExplanationSerializer, explanation_json
from telephony.party import party


class ExplainApi(APIView):
    """What happens to a call."""

    parser_classes = [BoundedJSONParser]
    permission_classes = [IsAuthenticated, IsSupervisorOrAdmin]

    @extend_schema(
        operation_id="routes_explain",
        tags=["routes"],
        request=ExplainInputSerializer,
        responses={200: ExplanationSerializer},
    )
    def post(self, request: Request) -> Response:
        """The steps that such a call would take, each with its reason, and who would ring. Nothing is changed.

        By the same code that answers calls. For admins, and for supervisors about their own teams' lines.
        """
        body = ExplainInputSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        line = _line(asked["line"], request.user)
        caller = party(asked["from"])
        facts = facts_of(line, caller=caller, at=asked.get("at"))
        found = explain(facts, caller=caller, keys=asked.get("keys", ""))
        return Response(explanation_json(line, found))


def _line(text: str, agent: Any) -> Line:
    wanted = Q(number=text)
    if text.isascii() and text.isdecimal() and len(text) < 16:
        wanted |= Q(pk=int(text))
    line = lines_explained_to(agent).select_related("route").filter(wanted).first()
    if line is None:
        raise ValidationError({"line": [_("There is no such line among those you may ask about.")]})
    return line
